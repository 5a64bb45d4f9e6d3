"""Where the office puts right what a resident says is wrong, as far as the stage of the case and the reader's role let her."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from admin.case_frame import CaseFrame, is_open
from core.access import Permission
from core.cases.models import OPEN_STATES, Case, CaseState, StepCode
from core.verification.changes import requests_of
from core.verification.models import RequestState
from core.web.access_gate import may
from core.web.request import session
from core.web.texts import gettext

P = Permission


@dataclass(frozen=True, slots=True)
class Way:
    """What is wrong, what is done about it, and the page where it is done; "" where no page changes it."""

    what: str
    how: str
    action: str = ""
    href: str = ""


def ways_of(frame: CaseFrame, back: str) -> list[Way]:
    """Every way that is open now, and for what no page changes a word on what to do instead. `back`: the request's page."""
    return [*_in_the_case(frame), *_named(frame, back), *_on_the_register(frame)]


def _in_the_case(frame: CaseFrame) -> Iterator[Way]:
    """A value of the family's economy is never overwritten: another is set beside it and adopted with a reason."""
    case = frame.case
    if is_open(frame, StepCode.OPINION) and (may(P.CASE_ACCEPT) or may(P.OPINION_SIGN)):
        yield Way(
            gettext("收入、支出、财产的数"),
            gettext("在对照表里采信对的那个，写明理由"),
            gettext("去采信"),
            url_for("staff.case_page", case_id=case.id) + "#_compared",
        )
    if case.state in {CaseState.SURVEY, CaseState.OPINION} and may(P.VISIT_RECORD):
        yield Way(
            gettext("跟家里实际不一样"),
            gettext("登记一次入户，写下看到的"),
            gettext("登记入户"),
            url_for("staff.visit_new", case_id=case.id),
        )
    if case.state in OPEN_STATES and may(P.VERIFICATION_REQUEST) and _has_results(case):
        yield Way(
            gettext("核对来的结果不对"),
            gettext("请出结果的单位复查"),
            gettext("去核对结果"),
            url_for("staff.case_verification", case_id=case.id),
        )


def _has_results(case: Case) -> bool:
    return any(row.state is RequestState.ANSWERED for row in requests_of(session(), case.id))


def _named(frame: CaseFrame, back: str) -> Iterator[Way]:
    """What was declared is frozen: before acceptance it is made anew, afterwards the register is put right."""
    who, relation = gettext("姓名、证件号、出生日期、性别"), gettext("家庭关系")
    if frame.case.state in {CaseState.SUBMITTED, CaseState.AWAITING_SUPPLEMENT}:
        what, how = (
            gettext("、").join((who, relation)),
            gettext("还没受理：请本人撤回，写对了再交，窗口也可以代为登记"),
        )
        if may(P.CASE_INTAKE):
            yield Way(what, how, gettext("窗口受理"), url_for("staff.intake"))
        else:
            yield Way(what, how)
        return
    if frame.household_id is not None and may(P.CASE_ACCEPT):
        members = url_for("staff.case_members", case_id=frame.case.id, next=back)
        yield Way(
            who, gettext("在成员里点这个人的“更正身份”，对照原件改，原件留底"), gettext("去更正"), members
        )
    elif frame.household_id is None:
        yield Way(who, gettext("没有登记在这里：对照证件原件核实，把对的写进答复，随案存档"))
    yield Way(relation, gettext("系统里改不了：对照证件原件核实，把对的写进答复，随案存档"))


def _on_the_register(frame: CaseFrame) -> Iterator[Way]:
    """The household's file follows what is accepted; where it went, its new office keeps it."""
    case, what = frame.case, gettext("家庭档案")
    if case.household_id is None:
        return
    if frame.household_id is None:
        yield Way(what, gettext("已经转到别处，由那边的乡镇（街道）更正，请在答复里告诉本人"))
    elif case.state not in OPEN_STATES and may(P.CASE_INTAKE):
        yield Way(
            what,
            gettext("这件已经办结：成员、残疾、重病、就学就业的变化，随新的申请更新"),
            gettext("窗口受理"),
            url_for("staff.intake"),
        )
