"""A case's notices: what the next one would list, word for word, before it hangs; and those that hung."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from werkzeug.wrappers import Response

from admin.addresses import url_if
from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame, is_open
from core.access import Permission
from core.cases.models import CaseState, StepCode
from core.cases.opinions import current_opinion
from core.catalogue import NoticeField, NoticeKind
from core.errors import Blocked, Problem
from core.notices.changes import FIRST, LONG_TERM, standing_notice
from core.notices.content import public_values, raw_values, require_clean
from core.notices.models import NoticeState
from core.notices.queries import notices_of_case
from core.web.access_gate import access, may
from core.web.formats import money
from core.web.page import page
from core.web.request import session, today
from core.web.texts import N_, gettext, text_of

STATE_WORDS = {
    NoticeState.PUBLISHED: N_("在公示"),
    NoticeState.CLOSED: N_("已期满"),
    NoticeState.WITHDRAWN: N_("已撤下"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The notice as it would hang: `rows` are (label, text) of exactly what its kind lists.

    `hindrance` says why it may not hang; `action` is where it is published.
    """

    kind: str
    title: str
    rows: Sequence[tuple[str, str]]
    opens_on: date
    closes_on: date | None
    hindrance: str
    action: str | None


@blueprint.get("/cases/<uuid:case_id>/notice")
@access(Permission.NOTICE_READ)
def case_notice(case_id: uuid.UUID) -> Response:
    """The preview and the button, or what hangs already."""
    frame = case_frame(case_id, "notice")
    return page(
        "admin/cases/notice.html",
        frame=frame,
        preview=_preview(frame),
        standing=standing_notice(session(), frame.case, FIRST),
        notices=notices_of_case(session(), case_id),
        words={state: gettext(text) for state, text in STATE_WORDS.items()},
        objections_url=url_if("staff.objections", case_id=case_id)
        if may(Permission.OBJECTION_HANDLE)
        else None,
    )


def _preview(frame: CaseFrame) -> Preview | None:
    """None when nothing is to be hung now, or not by who asks."""
    case, procedure = frame.case, frame.procedure
    if is_open(frame, StepCode.NOTICE) and standing_notice(session(), case, FIRST) is None:
        opinion = current_opinion(session(), case)
        code, endpoint, permission = FIRST, "staff.publish_notice", Permission.NOTICE_PUBLISH
        monthly = opinion.monthly_fen if opinion is not None else 0
        opens_on, closes_on = today() + timedelta(days=1), _closes(frame)
    elif is_open(frame, StepCode.PUBLICATION) and case.state is CaseState.GRANTED:
        code, endpoint, permission = LONG_TERM, "staff.publish_granted", Permission.LETTER_SEND
        monthly, opens_on, closes_on = case.monthly_fen or 0, today(), None
    else:
        return None
    kind = procedure.scheme.notice(code)
    values = public_values(session(), case, kind, procedure, monthly)
    hindrance = ""
    try:
        require_clean(values, raw_values(session(), case))
    except Problem as problem:
        hindrance = text_of(problem)
    action = url_if(endpoint, case_id=case.id) if may(permission) and not hindrance else None
    return Preview(code, gettext(kind.title), _listed(kind, values), opens_on, closes_on, hindrance, action)


def _listed(kind: NoticeKind, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, text) of what the kind lists and of nothing else, in a reader's order."""
    public_kind = str(values["public_kind"])
    texts = {
        NoticeField.APPLICANT_NAME: (N_("申请人"), values["listed_name"] or gettext("不列姓名")),
        NoticeField.VILLAGE: (N_("村（社区）"), values["village_name"]),
        NoticeField.VILLAGE_GROUP: (N_("村民组"), values["village_group"] or "—"),
        NoticeField.HOUSEHOLD_SIZE: (N_("家庭人口"), gettext("{count} 人", count=values["household_size"])),
        NoticeField.KIND: (N_("救助种类"), gettext(public_kind)),
        NoticeField.MONTHLY_AMOUNT: (N_("每月金额"), gettext("{sum} 元", sum=money(values["monthly_fen"]))),
        NoticeField.OFFICE_PHONE: (N_("异议电话"), values["office_phone"] or "—"),
    }
    return [(gettext(label), text) for field, (label, text) in texts.items() if field in kind.fields]


def _closes(frame: CaseFrame) -> date | None:
    try:
        return frame.procedure.deadline("notice", today()).date
    except Blocked:
        return None
