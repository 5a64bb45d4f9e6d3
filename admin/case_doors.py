"""Who takes each step of a case, and the page where it is taken."""

from __future__ import annotations

from dataclasses import dataclass

from core.access import Permission
from core.cases.models import StepCode
from core.translations import N_
from core.verification.worklist import RESULTS

P = Permission


@dataclass(frozen=True, slots=True)
class Door:
    """Who takes a step and where: `pages` take `case_id`. `kind`: of the line on her worklist, where it is not the step's."""

    title: str
    permission: Permission
    action: str
    pages: tuple[str, ...]
    kind: str = ""


DOORS = {
    StepCode.ACCEPTANCE: Door(N_("决定是否受理"), P.CASE_ACCEPT, N_("办理受理"), ("staff.case_acceptance",)),
    StepCode.SURVEY_START: Door(
        N_("启动调查"), P.VERIFICATION_REQUEST, N_("看核对进度"), ("staff.case_verification",)
    ),
    StepCode.VERIFICATION: Door(
        N_("信息核对"), P.VERIFICATION_REQUEST, N_("看核对进度"), ("staff.case_verification",)
    ),
    StepCode.VISIT: Door(
        N_("入户调查"), P.VISIT_RECORD, N_("登记入户调查"), ("staff.visit_new", "staff.case_visits")
    ),
    StepCode.OPINION: Door(N_("提出初审意见"), P.OPINION_SIGN, N_("填写初审意见"), ("staff.case_opinion",)),
    StepCode.NOTICE: Door(N_("初审公示"), P.NOTICE_PUBLISH, N_("去公示"), ("staff.case_notice",)),
    StepCode.CONFIRMATION: Door(
        N_("审核确认"), P.CONFIRMATION_SIGN, N_("填写审核确认"), ("staff.case_confirmation",)
    ),
    StepCode.PUBLICATION: Door(N_("公布与发放"), P.LETTER_SEND, N_("去公布"), ("staff.case_notice",)),
}

# whoever may not ask for checks begins the survey by agreeing on the first visit
FIRST_VISIT = Door(N_("约好上门"), P.VISIT_RECORD, N_("约好上门"), ("staff.case_visits",))
# what the check needs, in this order
SIGN = Door(N_("请家里人签核对授权"), P.AUTHORISATION_READ, N_("去核对授权"), ("staff.case_authorisations",))
ASK = Door(N_("发起信息核对"), P.VERIFICATION_REQUEST, N_("发起信息核对"), ("staff.case_verification",))

# the county's part of the same step
ANSWERS = Door(
    N_("录入核对结果"), P.VERIFICATION_RECORD, N_("录入结果"), ("staff.case_verification",), kind=RESULTS
)
