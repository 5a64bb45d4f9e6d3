"""What comes next while a family is surveyed: signatures first, then the check, the visit beside it, the county's answers."""

from __future__ import annotations

from admin.addresses import first_url, url_if
from admin.case_doors import ANSWERS, ASK, FIRST_VISIT, SIGN, Door
from admin.case_file import CaseFile
from admin.case_people import CasePeople
from admin.next_step import NextStep
from core.access import Permission
from core.authorisations.coverage import STANDING_WORDS
from core.cases.models import OPEN_STATES, Case, StepCode
from core.verification.changes import still_to_ask
from core.verification.queries import first_waiting
from core.visits.plan import by_county
from core.web.access_gate import may
from core.web.request import actor, session
from core.web.texts import gettext

# the steps in which checks are asked for
SURVEY_ASKING = frozenset({StepCode.SURVEY_START, StepCode.VERIFICATION})


def ready_in_survey(found: NextStep, file: CaseFile) -> None:
    """The three things the opinion waits for."""
    for code in ("authorisations", "verification", "visit"):
        item = file.item(code)
        found.checks.append((item.mark, f"{item.title} {item.found}"))
    found.consequence = gettext("核对和入户同时进行，两样都办完才能提初审意见。")


def what_to_ask(found: NextStep, case: Case, step: StepCode, file: CaseFile, people: CasePeople) -> None:
    """The one act by which the check goes on: never to ask while a signature is missing, and then whose it is."""
    if not file.coverage.complete:
        _go(found, case, FIRST_VISIT if step is StepCode.SURVEY_START else SIGN)
        found.consequence = gettext(
            "还差：{who}。到“核对授权”把链接再发一次，或者请本人签纸再录入；签齐以前不能发起信息核对，入户可以先做。",
            who=_missing(file, people),
        )
    elif still_to_ask(session(), case.id, file.coverage):
        _go(found, case, ASK)
    else:
        found.title, found.waits = gettext("等县里登记核对结果"), True


def _go(found: NextStep, case: Case, door: Door) -> None:
    href = first_url(*door.pages, case_id=case.id)
    if href is not None:
        found.title, found.action, found.href = gettext(door.title), gettext(door.action), href


def _missing(file: CaseFile, people: CasePeople) -> str:
    """`杨兰（等签字）、周芳（不同意）`."""
    return gettext("、").join(
        dict.fromkeys(
            gettext(
                "{name}（{state}）", name=people.signer(each), state=gettext(STANDING_WORDS[each.hindrance])
            )
            for each in file.coverage.persons
            if each.hindrance is not None
        )
    )


def answers_owed(case: Case, file: CaseFile) -> NextStep:
    """What the county has still to enter, until the first of its days."""
    found = NextStep(title=gettext(ANSWERS.title))
    ready_in_survey(found, file)
    first = first_waiting(session(), case.id)
    if first is None:
        found.consequence = gettext("没有等录的结果。要再查的，由镇里发起。")
        return found
    found.until(first.due_on, provisional=first.due_provisional)
    if not first.begun:
        found.consequence = gettext("这一天以前要开始核对；登记第一项以后，按出齐结果的日子算。")
    href = url_if("staff.verification_result", case_id=case.id, request_id=first.id)
    if href is not None:
        found.action, found.href = gettext(ANSWERS.action), href
    return found


def may_visit_for_county(case: Case) -> bool:
    """Whether who asks may make the county's own visit now: one it owes, or a sample (R3-19)."""
    open_now = case.accepted_at is not None and case.state in OPEN_STATES
    return open_now and may(Permission.VISIT_RECORD) and by_county(actor())
