"""Transfers: a household that moved away goes to the office of its new place, which accepts it (decision 3).

Either office begins: the one that has the file offers it, or the one whose window the family came to asks for it and
learns nothing until it is handed over. The file goes: household, people, memberships, their names and numbers. Cases,
visits, notices, letters and audit stay with the office that made them.

Awards go on where they were decided: that place pays, shows the family on its long-term list and ends them, for the law
knows no move of an award. The family's group goes with the file, so that the new place cannot grant the same help a
second time; it takes a new application once the former place has ended the award.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.models import OPEN_STATES, Case, Task, TaskState
from core.cases.transfer_queries import ANSWERED, TO_ANSWER, open_transfer_tasks
from core.database import new_id
from core.errors import Blocked, Conflict, Invalid
from core.households.models import Household, HouseholdStatus, Identity, Person
from core.households.moving import move_household
from core.households.queries import household as household_in_scope
from core.households.transfer_models import WAITING, HouseholdTransfer, TransferSide, TransferState
from core.regions.changes import bump_all
from core.regions.codes import Level, level_of
from core.regions.queries import node
from core.scopes import LEVELS, level_column, region_columns
from core.sessions import ScopedSession, across, found
from core.translations import N_
from core.workdays import Deadline

P = Permission
JOB = "household-transfer"
GIVING, TAKING = TransferSide.GIVING, TransferSide.TAKING

for _act, _words in {
    "transfer.offer": N_("请求转出家庭档案"),
    "transfer.request": N_("请求转入家庭档案"),
    "transfer.accept": N_("家庭档案转移办成"),
    "transfer.decline": N_("不同意转移家庭档案"),
    "transfer.cancel": N_("撤回家庭档案的转移"),
}.items():
    audit.name_act(_act, _words)
audit.name_subject("household_transfers", N_("档案转移"))


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the household goes (12-digit code of a township or village), why, and until when the other office answers."""

    to_region: str
    reason: str
    due: Deadline


def offer_household(
    session: ScopedSession, actor: Actor, household_id: uuid.UUID, wish: Wish, *, now: datetime
) -> HouseholdTransfer:
    """Offer a household of one's own to the office it moved to; nothing moves before that office accepts.

    Raises NotFound out of scope, NotAllowed, Invalid for a wrong place or no reason, Blocked with a case under way.
    """
    actor.require(P.HOUSEHOLD_TRANSFER)
    household = household_in_scope(session, household_id)
    _check(session, wish)
    with across(session, JOB) as everywhere:
        home = _held(everywhere, household.id)
        _require_movable(everywhere, home, wish.to_region)
        if _moving(everywhere, home):
            raise Conflict(N_("这户的档案正在办转移，请看“档案转移”。"))
        return _begin(everywhere, home, wish, GIVING, now)


def request_household(
    session: ScopedSession, actor: Actor, id_number: str, wish: Wish, *, now: datetime
) -> HouseholdTransfer:
    """Ask whoever has the file of the person with `id_number` (normalised) to hand it over; returns one's own half.

    The asker learns nothing but that it was asked, and each asking leaves a look, as every question across regions does.
    Raises NotAllowed, Invalid, and one Conflict for whatever there is not to be had: unknown, closed or moving already.
    """
    actor.require(P.HOUSEHOLD_TRANSFER)
    _check(session, wish)
    if not _lies_in(wish.to_region, actor.node):
        raise Invalid(N_("只能转到您工作的地方。"), field="to_region")
    indexes = session.vault.index_all("id_number", id_number)
    with across(session, JOB) as everywhere:
        person_id = everywhere.scalar(select(Identity.person_id).where(Identity.id_index.in_(indexes)))
        audit.look(session, "identity.ask", ("person", person_id), now=now)
        person = everywhere.get(Person, person_id) if person_id else None
        home = _hold(everywhere, person.household_id) if person and person.household_id else None
        if home is not None and _lies_in(home.region_code, actor.node):
            raise Conflict(N_("这户的档案已经在您这里，不用转。"))
        if home is None or home.status is not HouseholdStatus.ACTIVE or _moving(everywhere, home):
            raise Conflict(N_("现在不能请求转入这个人的家庭档案。请和县（市、区）民政局联系。"))
        return _begin(everywhere, home, wish, TAKING, now)


def accept_transfer(
    session: ScopedSession,
    actor: Actor,
    transfer: HouseholdTransfer,
    *,
    now: datetime,
    due: Deadline,
    to_region: str = "",
) -> None:
    """The office that was asked says yes, and the household moves at once with everybody in it.

    `to_region`: the village, where the taking office says it more exactly. Raises NotAllowed, Conflict when it was
    answered already, Invalid for a place outside the taking office, Blocked while the giving office has a case under way.
    """
    actor.require(P.HOUSEHOLD_TRANSFER)
    _require_asked(transfer)
    with across(session, JOB) as everywhere:
        giving, taking = _halves(everywhere, transfer)
        place = to_region or taking.to_region
        if not _lies_in(place, taking.township):
            raise Invalid(N_("请选本乡镇的一个村（社区）。"), field="to_region")
        home = _held(everywhere, found(giving.household_id))
        _require_movable(everywhere, home, place)
        deltas: Counter[tuple[str, str]] = Counter()
        move_household(everywhere, home, place, deltas)
        home.village_group = ""
        bump_all(everywhere, deltas)
        giving.to_region = place
        taking.household_id, taking.label, taking.from_region = home.id, giving.label, giving.from_region
        taking.to_region = place
        _answer(everywhere, actor, (giving, taking), TransferState.ACCEPTED, "", now)
        if giving.began_by is TAKING:
            _open_task(everywhere, taking, ANSWERED, due, now)
    # what this session read of the household may lie outside its scope by now
    session.expire_all()


def decline_transfer(
    session: ScopedSession,
    actor: Actor,
    transfer: HouseholdTransfer,
    reason: str,
    *,
    now: datetime,
    due: Deadline,
) -> None:
    """The office that was asked says no, with a reason the other reads. Raises NotAllowed, Invalid, Conflict."""
    actor.require(P.HOUSEHOLD_TRANSFER)
    _require_asked(transfer)
    words = _reason(reason)
    with across(session, JOB) as everywhere:
        halves = _halves(everywhere, transfer)
        _answer(everywhere, actor, halves, TransferState.DECLINED, words, now)
        asker = next(half for half in halves if half.ours)
        _open_task(everywhere, asker, ANSWERED, due, now)
    session.expire_all()


def cancel_transfer(
    session: ScopedSession, actor: Actor, transfer: HouseholdTransfer, *, now: datetime
) -> None:
    """The office that asked takes it back while nobody has answered. Raises NotAllowed, Conflict."""
    actor.require(P.HOUSEHOLD_TRANSFER)
    if not transfer.ours:
        raise Blocked(N_("只有提出的一方能撤回。"))
    with across(session, JOB) as everywhere:
        _answer(everywhere, actor, _halves(everywhere, transfer), TransferState.CANCELLED, "", now)
    session.expire_all()


def acknowledge_answer(
    session: ScopedSession, actor: Actor, transfer: HouseholdTransfer, *, now: datetime
) -> None:
    """The office that asked has read the answer: it leaves the worklist. Raises NotAllowed, Blocked without an answer."""
    actor.require(P.HOUSEHOLD_TRANSFER)
    if transfer.waiting or not transfer.ours:
        raise Blocked(N_("这件转移还没有要您看的答复。"))
    _finish(session, actor, transfer, now)
    session.flush()


# --- the steps --------------------------------------------------------------------------------------------------


def _check(session: ScopedSession, wish: Wish) -> None:
    _reason(wish.reason)
    place = node(session, wish.to_region)
    if level_of(place.code) < Level.TOWNSHIP or place.valid_to is not None:
        raise Invalid(N_("请选到搬去的乡镇（街道）。"), field="to_region")


def _reason(text: str) -> str:
    words = audit.without_numbers(text.strip())[:200]
    if not words:
        raise Invalid(N_("请写明原因，对方会看到。"), field="reason")
    return words


def _hold(everywhere: ScopedSession, household_id: uuid.UUID) -> Household | None:
    """The household, held before its people are written, as at an acceptance."""
    home: Household | None = everywhere.scalar(
        select(Household).where(Household.id == household_id).with_for_update()
    )
    return home


def _held(everywhere: ScopedSession, household_id: uuid.UUID) -> Household:
    home = _hold(everywhere, household_id)
    if home is None or home.status is not HouseholdStatus.ACTIVE:
        raise Conflict(N_("这户的档案已经注销，不能转移。"))
    return home


def _require_movable(everywhere: ScopedSession, home: Household, to_region: str) -> None:
    if region_columns(to_region)["township"] == home.township:
        raise Invalid(N_("还在本乡镇，不用转移；换了村的，随下一次申请更新。"), field="to_region")
    number = everywhere.scalar(
        select(Case.number).where(Case.household_id == home.id, Case.state.in_(sorted(OPEN_STATES))).limit(1)
    )
    if number is not None:
        raise Blocked(
            N_("这户在原地还有没办完的申请（{number}）。请原地先办结，或者请申请人撤回，再转移。"),
            number=number,
        )


def _moving(everywhere: ScopedSession, home: Household) -> bool:
    statement = select(HouseholdTransfer.id).where(
        HouseholdTransfer.household_id == home.id,
        HouseholdTransfer.side == GIVING,
        HouseholdTransfer.state.in_(sorted(WAITING)),
    )
    return everywhere.scalar(statement) is not None


def _begin(
    everywhere: ScopedSession, home: Household, wish: Wish, began_by: TransferSide, now: datetime
) -> HouseholdTransfer:
    offered = began_by is GIVING
    label = f"{home.head_masked}|{home.size}|{home.number}"
    shared = {
        "transfer_id": new_id(),
        "began_by": began_by,
        "state": TransferState.OFFERED if offered else TransferState.REQUESTED,
        "to_region": wish.to_region,
        "reason": _reason(wish.reason),
        "asked_at": now,
    }
    giving = HouseholdTransfer(
        **region_columns(home.region_code),
        **shared,
        id=new_id(),
        side=GIVING,
        household_id=home.id,
        label=label,
        from_region=home.region_code,
    )
    township = region_columns(wish.to_region)["township"]
    taking = HouseholdTransfer(
        **region_columns(township),
        **shared,
        id=new_id(),
        side=TAKING,
        # who asked learns nothing of the file before it is handed over (decision 2)
        label=label if offered else "",
        from_region=home.region_code if offered else "",
    )
    everywhere.add_all([giving, taking])
    everywhere.flush()
    mine, other = (giving, taking) if offered else (taking, giving)
    _open_task(everywhere, other, TO_ANSWER, wish.due, now)
    act = "transfer.offer" if offered else "transfer.request"
    for half in (mine, other):
        audit.record(everywhere, act, half, now=now, reason=wish.reason)
    everywhere.flush()
    return mine


def _halves(
    everywhere: ScopedSession, transfer: HouseholdTransfer
) -> tuple[HouseholdTransfer, HouseholdTransfer]:
    """Both halves, held; raises Conflict unless they still wait."""
    rows = everywhere.scalars(
        select(HouseholdTransfer)
        .where(HouseholdTransfer.transfer_id == transfer.transfer_id)
        .order_by(HouseholdTransfer.side)
        .with_for_update()
    ).all()
    giving, taking = rows
    if not giving.waiting:
        raise Conflict(N_("这件转移已经办过了。请刷新看结果。"))
    return giving, taking


def _require_asked(transfer: HouseholdTransfer) -> None:
    if transfer.ours:
        raise Blocked(N_("这件转移要等对方答复。"))


def _answer(
    everywhere: ScopedSession,
    actor: Actor,
    halves: Sequence[HouseholdTransfer],
    state: TransferState,
    words: str,
    now: datetime,
) -> None:
    acts = {
        TransferState.ACCEPTED: "transfer.accept",
        TransferState.DECLINED: "transfer.decline",
        TransferState.CANCELLED: "transfer.cancel",
    }
    for half in halves:
        half.state, half.answer, half.answered_at = state, words, now
        _finish(everywhere, actor, half, now)
        audit.record(everywhere, acts[state], half, now=now, reason=words)
    everywhere.flush()


def _open_task(
    everywhere: ScopedSession, half: HouseholdTransfer, kind: str, due: Deadline, now: datetime
) -> None:
    everywhere.add(
        Task(
            **{level: getattr(half, level) for level in LEVELS},
            id=new_id(),
            kind=kind,
            subject_id=half.id,
            permission=P.HOUSEHOLD_TRANSFER,
            label=half.label,
            state=TaskState.OPEN,
            opened_at=now,
            due_on=due.date,
            due_provisional=due.provisional,
        )
    )


def _finish(session: ScopedSession, actor: Actor, half: HouseholdTransfer, now: datetime) -> None:
    for task in open_transfer_tasks(session, half, TO_ANSWER, ANSWERED):
        task.state, task.done_at, task.done_by = TaskState.DONE, now, actor.account_id


def _lies_in(code: str, place: str) -> bool:
    column = level_column(place)
    return not column or region_columns(code)[column] == place
