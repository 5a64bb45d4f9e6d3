"""What was done on a case, line by line, from its own rows; no line holds a number of a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import select

from core import audit
from core.cases.data_requests import requests_of_case
from core.cases.message_models import CaseMessage, MessageEvent, MessageOutcome
from core.cases.messages import messages_of_case
from core.cases.models import Case, Confirmation, Opinion, Outcome, Pause, StepCode, StepState
from core.cases.steps import STEP_NAMES, steps_of
from core.letters.queries import letters_of_case
from core.sessions import ScopedSession
from core.translations import N_
from core.workdays import CHINA


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened: `text` is a msgid for `values`; `kind` a msgid of one word; `by` a staff account."""

    at: datetime
    kind: str
    text: str
    values: dict[str, object] = field(default_factory=dict)
    by: uuid.UUID | None = None


def history_of(session: ScopedSession, case: Case) -> list[HistoryLine]:
    """Everything the room knows of a case, the last first: steps, letters, messages, pauses, opinions, the decision, corrections."""
    lines = [
        *_steps(session, case),
        *_letters(session, case),
        *_messages(session, case),
        *_pauses(session, case),
        *_opinions(session, case),
        *_decisions(session, case),
        *_corrections(session, case),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _steps(session: ScopedSession, case: Case) -> list[HistoryLine]:
    lines = []
    for step in steps_of(session, case.id):
        if step.done_at is None:
            continue
        text = N_("办完“{step}”") if step.state is StepState.DONE else N_("“{step}”这件不用办")
        if step.code is StepCode.APPLICATION:
            text = N_("交来申请")
        lines.append(
            HistoryLine(step.done_at, N_("进度"), text, {"step": STEP_NAMES[step.code]}, step.done_by)
        )
    return lines


def _letters(session: ScopedSession, case: Case) -> list[HistoryLine]:
    lines = []
    for letter in letters_of_case(session, case.id):
        values: dict[str, object] = {"title": letter.title, "number": letter.number}
        lines.append(
            HistoryLine(letter.issued_at, N_("文书"), N_("发出《{title}》{number}"), values, letter.issued_by)
        )
        if letter.delivered_at is not None:
            lines.append(HistoryLine(letter.delivered_at, N_("文书"), N_("《{title}》已送达"), values))
        if letter.read_at is not None:
            lines.append(HistoryLine(letter.read_at, N_("文书"), N_("收信人打开了《{title}》"), values))
    return lines


_EVENTS = {
    MessageEvent.RECEIVED: N_("申请收到了"),
    MessageEvent.DEFICIENCY: N_("有一次性告知书"),
    MessageEvent.ACCEPTED: N_("受理了"),
    MessageEvent.VISIT: N_("上门的日子"),
    MessageEvent.DECIDED: N_("办完了"),
    MessageEvent.ANSWERED: N_("更正申请有答复了"),
}
_ENDS = {
    MessageOutcome.SENT: N_("已发短信到{phone}：{event}"),
    MessageOutcome.NO_PHONE: N_("没有手机号，请电话或上门告知：{event}"),
    MessageOutcome.EXPIRED: N_("短信一直发不出去，已过时不再发，请电话或上门告知：{event}"),
}


def _messages(session: ScopedSession, case: Case) -> Iterator[HistoryLine]:
    for message in messages_of_case(session, case.id):
        values: dict[str, object] = {"event": _EVENTS[message.event], "phone": message.phone_masked}
        yield HistoryLine(message.ended_at or message.written_at, N_("短信"), _state(message), values)


def _state(message: CaseMessage) -> str:
    if message.outcome is not None:
        return _ENDS[message.outcome]
    if message.tries:
        return N_("短信暂时发不出去，会再试；要紧的请电话或上门告知：{event}")
    return N_("等着发短信：{event}")


def _pauses(session: ScopedSession, case: Case) -> Iterator[HistoryLine]:
    # who ended one is told by the trail alone
    for pause in session.scalars(select(Pause).where(Pause.case_id == case.id)):
        began = datetime.combine(pause.from_day, time(), CHINA)
        yield HistoryLine(began, N_("计时"), N_("暂停计时"), {}, pause.by)


def _opinions(session: ScopedSession, case: Case) -> list[HistoryLine]:
    lines = []
    for opinion in session.scalars(select(Opinion).where(Opinion.case_id == case.id)):
        text = N_("签署初审意见：同意") if opinion.eligible else N_("签署初审意见：不同意")
        lines.append(HistoryLine(opinion.signed_at, N_("初审"), text, {}, opinion.signed_by))
        if opinion.superseded_at is not None:
            lines.append(HistoryLine(opinion.superseded_at, N_("初审"), N_("初审意见作废，要重提")))
    return lines


def _decisions(session: ScopedSession, case: Case) -> Sequence[HistoryLine]:
    rows = session.scalars(select(Confirmation).where(Confirmation.case_id == case.id))
    words = {Outcome.GRANTED: N_("审核确认：确认"), Outcome.REFUSED: N_("审核确认：不予确认")}
    return [HistoryLine(row.signed_at, N_("审核确认"), words[row.outcome], {}, row.signed_by) for row in rows]


def _corrections(session: ScopedSession, case: Case) -> Iterator[HistoryLine]:
    for row in requests_of_case(session, case.id):
        yield HistoryLine(row.asked_at, N_("更正申请"), N_("本人要求更正资料"))
        if row.answered_at is not None:
            yield HistoryLine(row.answered_at, N_("更正申请"), N_("答复本人的更正申请"), {}, row.answered_by)


audit.name_subject("declared_members", N_("申报的人"))
