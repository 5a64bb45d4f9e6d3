"""What each kind of task is called on the worklist, why it cannot wait, and the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from admin.addresses import open_url
from core.cases.worklist import WorkRow
from core.web.texts import N_, gettext


@dataclass(frozen=True, slots=True)
class TaskWords:
    """`group`: the pill it is counted under; `title`: what is due; `action`: the button; msgids all.

    `pages`: endpoints that take `case_id`, the first one that her rights open, else the case itself. `subject`: the
    argument by which they also take what of the case the task is about, or instead of a case what it is about.
    """

    group: str
    title: str
    action: str
    why: str = ""
    pages: tuple[str, ...] = ()
    subject: str = ""


# not a kind of its own: a notice task whose notice hangs already, so that nobody hangs it twice
HANGING = "notice_hanging"
# nor these: a check that waits for signatures, and one that is asked for and waits for the county
UNSIGNED, ASKED = "verification_unsigned", "verification_asked"
# nor this: a survey whose signatures are there, so that the check may start it
START_BY_CHECK = "survey_start_check"

# either of the two finishes it
_START = N_("启动调查：发起信息核对或约好上门")

TASK_WORDS: dict[str, TaskWords] = {
    "acceptance": TaskWords(
        N_("受理"), N_("看申请，决定是否受理"), N_("办理受理"), N_("受理以后才起算全程时限"), ("staff.case_acceptance",)
    ),
    "supplement": TaskWords(
        N_("补正"), N_("等申请人补齐材料"), N_("查看"), N_("只告知一次，到期要书面决定"), ("staff.case_acceptance",)
    ),
    "survey_start": TaskWords(
        N_("入户"), _START, N_("约好上门"), N_("受理后就要启动"), ("staff.case_visits", "staff.visit_new")
    ),
    START_BY_CHECK: TaskWords(
        N_("入户"), _START, N_("发起信息核对"), N_("受理后就要启动"), ("staff.case_verification",)
    ),
    "verification": TaskWords(
        N_("核对"), N_("发起信息核对"), N_("发起信息核对"), N_("签齐了，可以查了"), ("staff.case_verification",)
    ),
    UNSIGNED: TaskWords(
        N_("核对"), N_("请家里人签核对授权"), N_("去核对授权"), N_("签齐才能发起信息核对"), ("staff.case_authorisations",)
    ),
    ASKED: TaskWords(
        N_("核对"), N_("等县里登记核对结果"), N_("看核对进度"), N_("已经发起，不用再办"), ("staff.case_verification",)
    ),
    "verification_results": TaskWords(
        N_("核对"), N_("录入核对结果"), N_("录入结果"), N_("结果出齐才能提初审意见"),
        ("staff.case_verification", "staff.verification_desk"),
    ),
    "authorisation_refused": TaskWords(
        N_("核对"), N_("有人不同意核对，请写明决定"), N_("去决定"), "", ("staff.case_authorisations",)
    ),
    "authorisation_withdrawn": TaskWords(
        N_("核对"), N_("有人撤回了授权，请写明决定"), N_("去决定"), N_("排队的查询已经停下"), ("staff.case_authorisations",)
    ),
    "visit": TaskWords(
        N_("入户"), N_("入户调查（至少2名工作人员）"), N_("登记入户"), N_("和信息核对同时进行"),
        ("staff.visit_new",),
    ),
    "county_visit": TaskWords(
        N_("入户"), N_("县里入户核查（单独登记备案或有举报）"), N_("登记入户"), N_("核查后才能审核确认"), ("staff.visit_new",)
    ),
    "opinion": TaskWords(
        N_("初审"), N_("说明差异，提出初审意见"), N_("继续办理"), N_("再晚，公示和审核的天数就不够了")
    ),
    "notice": TaskWords(
        N_("公示"), N_("张贴初审公示"), N_("去公示"), N_("公示期满才能报县审核"), ("staff.case_notice",)
    ),
    HANGING: TaskWords(
        N_("公示"), N_("正在公示，期满自动转审核确认"), N_("查看公示"), N_("有异议的先调查答复"), ("staff.case_notice",)
    ),
    "notice_leak": TaskWords(
        N_("公示"), N_("公示含有个人信息，已自动撤下，请改后重发"), N_("去改"), "", ("staff.case_notice",)
    ),
    "objection": TaskWords(
        N_("异议"), N_("调查公示异议并答复"), N_("写答复"), N_("异议没有答复，公示不能结束"), ("staff.objections",)
    ),
    "recheck": TaskWords(
        N_("异议"), N_("长期公布的意见属实，复查这一户"), N_("登记复查结果"), N_("情况变了的要停发或者变更"), ("staff.objections",)
    ),
    "confirmation": TaskWords(
        N_("审核确认"), N_("作出确认或者不予确认的决定"), N_("审核"), N_("公示已满，档案齐了再签"), ("staff.case_confirmation",)
    ),
    "refusal_letter": TaskWords(
        N_("审核确认"), N_("把不予确认告知书送到本人手里"), N_("登记送达"), N_("三个工作日内书面告知"), ("staff.case_letters",)
    ),
    "data_correction": TaskWords(
        N_("更正申请"), N_("答复本人的更正申请"), N_("写答复"), N_("改不改都要书面答复，写明理由"), ("staff.case_correction",),
        "correction_id"
    ),
    "transfer": TaskWords(
        N_("转移"), N_("答复家庭档案的转移"), N_("答复"), N_("答复以前档案不动"), ("staff.transfer",), "transfer_id"
    ),
    "transfer_answered": TaskWords(
        N_("转移"), N_("看家庭档案转移的答复"), N_("查看"), "", ("staff.transfer",), "transfer_id"
    ),
    "publication": TaskWords(
        N_("公示"), N_("在村里长期公布"), N_("去公布"), N_("确认的次月起发放"), ("staff.case_notice",)
    ),
}  # fmt: skip
_OTHER = TaskWords(N_("其他"), N_("有一件事要办"), N_("打开"))


def words_of(kind: str) -> TaskWords:
    """The words of a kind; an unknown one (of a pack, of a later version) gets plain ones."""
    return TASK_WORDS.get(kind, _OTHER)


def kinds_of_group(group: str) -> frozenset[str]:
    """Every kind counted under one pill."""
    return frozenset(kind for kind, words in TASK_WORDS.items() if words.group == group)


def page_of(kind: str, case_id: UUID | None, subject_id: UUID | None = None) -> str:
    """Where a task is done."""
    words = words_of(kind)
    about = {words.subject: subject_id} if words.subject else {}
    if case_id is None:
        return open_url(*words.pages, **about) or "/staff/"
    found = open_url(*words.pages, case_id=case_id, **about)
    return found or open_url("staff.case_page", case_id=case_id) or "/staff/"


def place_and_case(row: WorkRow, village: str) -> str:
    """`吴*贵 家 · 4 人 · 红岩村 · MTYX-2026-000142`."""
    who = gettext("{name} 家", name=row.applicant_masked) if row.applicant_masked else ""
    people = gettext("{count} 人", count=row.household_size) if row.household_size else ""
    return " · ".join(part for part in (who, people, village, row.number) if part)
