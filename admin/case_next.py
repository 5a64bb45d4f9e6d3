"""The one next step of a case: what it is, whose, until when, what is ready and what lacks, and the one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial

from admin.addresses import first_url, in_words, url_if
from admin.case_doors import ANSWERS, DOORS, FIRST_VISIT, Door
from admin.case_file import CaseFile, file_of
from admin.case_next_survey import (
    SURVEY_ASKING,
    answers_owed,
    may_visit_for_county,
    ready_in_survey,
    what_to_ask,
)
from admin.case_people import CasePeople
from admin.case_sheet import name_of_line
from admin.case_timeline import step_title
from admin.next_step import NextStep
from core.access import ROLE_PERMISSIONS, Permission, Role
from core.accounts.role_words import ROLE_LEVELS, ROLE_WORDS
from core.cases.assessment import Assessment
from core.cases.comparison import unexplained
from core.cases.models import Authority, Case, CaseState, CaseStep, StepCode, StepState
from core.cases.opinions import current_opinion
from core.cases.procedure import Procedure
from core.cases.tasks import needs_county_visit
from core.cases.worklist import is_due_from, roles_due
from core.catalogue import LetterKind
from core.letters.queries import letters_of_case
from core.notices.changes import FIRST, standing_notice
from core.rules import Result
from core.verification.queries import first_waiting
from core.web.access_gate import may
from core.web.formats import money
from core.web.request import actor, session
from core.web.texts import N_, gettext

P = Permission


def next_step_of(
    case: Case,
    steps: Sequence[CaseStep],
    procedure: Procedure,
    people: CasePeople,
    assessment: Assessment | None,
    blocked: str,
) -> NextStep | None:
    """What comes next for who asks, or None when nothing is left to do."""
    step = _chosen(case, [each for each in steps if each.state is StepState.OPEN])
    if step is None:
        return _ended(case)
    door = _door(step)
    file = cache(partial(file_of, case, steps, procedure, people))
    if door is ANSWERS:
        return answers_owed(case, file())
    permission = _permission(step, case)
    found = NextStep(title=gettext(door.title))
    if case.state is CaseState.AWAITING_SUPPLEMENT:
        # what is due now is the family's answer, not the township's acceptance
        found.until(_answer_due(case))
        found.title = gettext("等申请人补齐材料")
        found.consequence = gettext("补齐后受理；到期没有补齐的，书面决定不予受理。一次性告知只发一次。")
    else:
        found.until(step.due_on, provisional=step.due_provisional)
    _ready(found, case, step, file, assessment, blocked)
    if not is_due_from(actor(), step.code, permission):
        found.action = found.href = ""
        found.consequence = _by_another(case, _posts(case, step))
        return found
    if step.code in SURVEY_ASKING and may(P.VERIFICATION_REQUEST):
        what_to_ask(found, case, step.code, file(), people)
    if not found.href and may(permission if permission is P.DELEGATED_CONFIRMATION_SIGN else door.permission):
        href = first_url(*door.pages, case_id=case.id)
        if href is not None:
            found.action, found.href = gettext(door.action), href
    return found


def _ready(
    found: NextStep,
    case: Case,
    step: CaseStep,
    file: Callable[[], CaseFile],
    assessment: Assessment | None,
    blocked: str,
) -> None:
    """What is there for the step, what lacks, and what follows from it."""
    if step.code is StepCode.OPINION:
        _ready_for_opinion(found, case, file(), assessment, blocked)
    elif step.code is StepCode.CONFIRMATION:
        _ready_for_confirmation(found, case)
    elif step.code is StepCode.NOTICE:
        _hanging(found, case)
    elif step.code in SURVEY_ASKING | {StepCode.VISIT}:
        ready_in_survey(found, file())
    elif step.code is StepCode.ACCEPTANCE and case.state is CaseState.SUBMITTED:
        found.consequence = gettext("受理后家庭进入档案，法定时限从次日起算。")


def _posts(case: Case, step: CaseStep) -> str:
    """`镇经办`: the posts of the office that takes a step of this case, not those to whom it may be handed."""
    delegated = case.authority is Authority.TOWNSHIP
    if step.code is StepCode.CONFIRMATION:
        office = str(case.authority)
        permission = P.DELEGATED_CONFIRMATION_SIGN if delegated else P.CONFIRMATION_SIGN
    else:
        office, permission = step.authority, DOORS[step.code].permission
    takes = {role for role in roles_due(step.code, permission) if P.CASE_READ in ROLE_PERMISSIONS[role]}
    if not delegated:
        takes.discard(Role.TOWNSHIP_CONFIRMER)
    return gettext("、").join(
        gettext(words) for role, words in ROLE_WORDS.items() if role in takes and office in ROLE_LEVELS[role]
    )


def _by_another(case: Case, post: str) -> str:
    """Whose turn it is, and what the reader may or must do all the same."""
    if not may_visit_for_county(case):
        return gettext("这一步由{post}来办，不用您办。", post=post)
    if needs_county_visit(case):
        return gettext("这一步由{post}来办。这件是近亲属备案或有举报的，县里还要自己入户核查。", post=post)
    return gettext("这一步由{post}来办，不用您办；县里要抽查的，可以登记入户。", post=post)


def _answer_due(case: Case) -> date | None:
    """The day by which the one deficiency letter asks for an answer."""
    letters = letters_of_case(session(), case.id)
    return next((letter.due_on for letter in letters if letter.kind is LetterKind.DEFICIENCY), None)


def _permission(step: CaseStep, case: Case) -> Permission:
    if step.code is StepCode.CONFIRMATION and case.authority is Authority.TOWNSHIP:
        return P.DELEGATED_CONFIRMATION_SIGN
    if step.code is StepCode.OPINION and not may(P.OPINION_SIGN):
        # who accepted it also explains differences; only the reviewer signs
        return P.CASE_ACCEPT
    return _door(step).permission


def _door(step: CaseStep) -> Door:
    if step.code is StepCode.SURVEY_START and not may(P.VERIFICATION_REQUEST):
        return FIRST_VISIT
    if step.code is StepCode.VERIFICATION and may(P.VERIFICATION_RECORD):
        return ANSWERS
    return DOORS[step.code]


def _chosen(case: Case, open_steps: Sequence[CaseStep]) -> CaseStep | None:
    """Of several open steps the first that who asks may take and that waits for nobody else, else the first."""
    mine = [
        step
        for step in open_steps
        if is_due_from(actor(), (door := _door(step)).kind or step.code, door.permission)
    ]
    if len(mine) > 1 and _door(mine[0]) is not ANSWERS and first_waiting(session(), case.id) is not None:
        # the check is asked for and out: the visit is what is left to do meanwhile
        mine.sort(key=lambda step: step.code is StepCode.VERIFICATION)
    return next(iter(mine or open_steps), None)


def _ended(case: Case) -> NextStep | None:
    words = {
        CaseState.GRANTED: N_("已确认，按月发放"),
        CaseState.REFUSED: N_("已决定不予确认"),
        CaseState.NOT_ACCEPTED: N_("已决定不予受理"),
        CaseState.WITHDRAWN: N_("申请人已撤回"),
    }
    text = words.get(case.state)
    if text is None:
        return None
    found = NextStep(title=gettext(text), due_date=in_words(case.decided_at))
    if case.state is CaseState.GRANTED:
        found.checks.append(("yes", gettext("每月 {sum} 元", sum=money(case.monthly_fen))))
    href = url_if("staff.case_letters", case_id=case.id)
    if href is not None and may(P.LETTER_READ) and case.state is not CaseState.WITHDRAWN:
        found.action, found.href = gettext("看文书、登记送达"), href
    return found


def _ready_for_opinion(
    found: NextStep,
    case: Case,
    file: CaseFile,
    assessment: Assessment | None,
    blocked: str,
) -> None:
    if assessment is None:
        found.checks.append(("no", blocked))
    else:
        found.checks.append(_income_reckoned(len(assessment.sheet.lines)))
    found.checks += file_checks(file)
    if assessment is None:
        return
    open_lines = unexplained(assessment.lines)
    if open_lines:
        first = open_lines[0]
        found.checks.append(("no", gettext("还有 {count} 项差异未说明", count=len(open_lines))))
        href = url_if("staff.case_line", case_id=case.id, line_key=first.key)
        if href is not None:
            name = name_of_line(first)
            found.action, found.href = gettext("说明“{name}”", name=name), href
            found.consequence = gettext(
                "说明后即可填写意见。{suggestion}意见由您本人作出。", suggestion=suggestion_of(assessment)
            )
        return
    found.checks.append(("yes", gettext("差异均已说明")))
    found.consequence = gettext("{suggestion}意见由您本人作出。", suggestion=suggestion_of(assessment))
    if not may(P.OPINION_SIGN):
        # nothing is left to whoever explains: no button, only whose turn it is
        found.consequence = gettext("核算已备齐，等初审人员签意见。")


def _income_reckoned(lines: int) -> tuple[str, str]:
    if not lines:
        return "na", gettext("没有收入要核算")
    return "yes", gettext("收入核算 {count} 行", count=lines)


def suggestion_of(assessment: Assessment) -> str:
    """What the rule suggests, in one sentence; it decides nothing (PIPL art. 24)."""
    decision = assessment.decision
    if decision.result is Result.NOT_ELIGIBLE:
        return gettext("规则建议：不同意。")
    if decision.result is Result.AT_LINE:
        return gettext("规则建议：正好在线上，由您决定。")
    return gettext("规则建议：同意，{sum} 元/月。", sum=money(decision.total_monthly_fen))


def file_checks(file: CaseFile) -> list[tuple[str, str]]:
    """The file's two lines of the next-step box."""
    text = gettext("档案完整 {there} / {needed} 件", there=file.there, needed=file.needed)
    if file.lacking:
        names = gettext("、").join(item.title for item in file.lacking)
        text = gettext(
            "档案 {there} / {needed} 件，缺{names}", there=file.there, needed=file.needed, names=names
        )
    authorisations = file.item("authorisations")
    return [
        ("no" if file.lacking else "yes", text),
        (authorisations.mark, gettext("授权 {found}", found=authorisations.found)),
    ]


def _hanging(found: NextStep, case: Case) -> None:
    """A notice that hangs needs nobody: it closes by itself unless somebody objects."""
    notice = standing_notice(session(), case, FIRST)
    if notice is None:
        found.consequence = gettext("先看将要公示的全部内容，再张贴。")
        return
    found.title = gettext("公示中")
    found.due_date = in_words(notice.closes_on)
    found.checks.append(("yes", gettext("已张贴，到期自动转到审核确认")))
    href = url_if("staff.print_notice", notice_id=notice.id)
    if href is not None:
        found.action, found.href = gettext("打印公示"), href


def _ready_for_confirmation(found: NextStep, case: Case) -> None:
    opinion = current_opinion(session(), case)
    if opinion is not None:
        text = (
            gettext("镇里意见：同意，{sum} 元/月", sum=money(opinion.monthly_fen))
            if opinion.eligible
            else gettext("镇里意见：不同意，没有公示")
        )
        found.checks.append(("yes" if opinion.eligible else "note", text))
    if case.related_party or case.complaint:
        visited = case.county_visited_at is not None
        found.checks.append(
            (
                "yes" if visited else "no",
                gettext("县里已入户核查") if visited else gettext("县里还没有入户核查"),
            )
        )
    found.title = step_title(StepCode.CONFIRMATION, case)
    if opinion is not None and not opinion.eligible:
        found.consequence = gettext("没有公示过，不能直接确认。要同意的，退回重提意见，公示以后再来。")
    else:
        found.consequence = gettext(
            "改金额或不同于镇里意见的，不能直接确认：退回重提意见，重新公示，再来审核确认。"
        )
