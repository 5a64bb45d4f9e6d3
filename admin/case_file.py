"""Whether a case's file is complete before the opinion: what must lie in it, and what still lacks (R1-14, R3-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.case_people import CasePeople
from core.authorisations.coverage import Coverage, PersonCoverage
from core.cases.models import OPEN_STATES, Case, CaseStep, StepCode, StepState
from core.cases.people import account_to_open
from core.cases.procedure import Procedure
from core.cases.steps import FINISHED
from core.catalogue import LetterKind
from core.documents.queries import papers_of_case
from core.errors import Blocked
from core.forms import Enquiry
from core.letters.queries import letters_of_case
from core.verification.asking import coverage_of
from core.visits.models import VisitKind
from core.visits.queries import enquiries_made, surveyors_of, visits_of_case
from core.web.installation import installation
from core.web.request import now, session
from core.web.texts import N_, gettext

ENQUIRY_WORDS = {Enquiry.NEIGHBOUR: N_("邻里访问 {count} 次"), Enquiry.LETTER: N_("信函索证 {count} 份")}


@dataclass(frozen=True, slots=True)
class FileItem:
    """One thing the file must hold: `mark` is yes, no, wait where no open step needs it yet, na where this case needs none,
    or note of what no step needs; `source`: the article.
    """

    code: str
    mark: str
    title: str
    found: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The check list, and who is covered by an authorisation. `due`: the opinion, which needs it whole, has come."""

    items: Sequence[FileItem]
    coverage: Coverage
    due: bool

    @property
    def needed(self) -> int:
        return sum(1 for item in self.items if item.mark not in {"na", "note"})

    @property
    def there(self) -> int:
        return sum(1 for item in self.items if item.mark == "yes")

    @property
    def lacking(self) -> list[FileItem]:
        return [item for item in self.items if item.mark == "no"]

    def item(self, code: str) -> FileItem:
        return next(item for item in self.items if item.code == code)


def file_of(case: Case, steps: Sequence[CaseStep], procedure: Procedure, people: CasePeople) -> CaseFile:
    """The check list of a case as it stands."""
    covered = coverage_of(session(), case, procedure, now=now())
    due = _has_come(steps, StepCode.OPINION)
    items = [
        FileItem(
            "application", "yes", gettext("申请书和家庭经济状况申报"), gettext("随申请冻结"), "57号 第九条"
        ),
        _acceptance(case, due),
        # the check needs the signatures before that
        _authorisations(case, covered, people, _has_come(steps, StepCode.SURVEY_START)),
        _papers(case, due),
        *_account(case),
        _verification(steps, due),
        *_visits(case, procedure, due),
        _related(case),
    ]
    return CaseFile(items, covered, due)


def _has_come(steps: Sequence[CaseStep], code: StepCode) -> bool:
    """Whether a step is open or over."""
    return any(step.code is code and step.state is not StepState.WAITING for step in steps)


def _acceptance(case: Case, due: bool) -> FileItem:
    there = any(letter.kind is LetterKind.ACCEPTANCE for letter in letters_of_case(session(), case.id))
    text = gettext("已发出") if there else gettext("还没有发出")
    return FileItem("acceptance", _mark(there, due), gettext("受理通知书"), text, "57号 第十条")


def _authorisations(case: Case, covered: Coverage, people: CasePeople, due: bool) -> FileItem:
    over = case.state not in OPEN_STATES
    signed = sum(1 for person in covered.persons if person.settled or (over and _had_signed(person)))
    count = len(covered.persons)
    text = gettext("{signed} / {count} 人", signed=signed, count=count)
    waiting = people.waiting_for(covered)
    if waiting and not over:
        text = gettext("{text}，等{names}签", text=text, names=gettext("、").join(waiting))
    mark = _mark(0 < count == signed, due)
    return FileItem("authorisations", mark, gettext("核对授权"), text, "57号 第九条")


def _had_signed(person: PersonCoverage) -> bool:
    """Hers was in force until it ended with the case: nothing is asked of her any more."""
    row = person.authorisation
    return row is not None and row.signed_at is not None and row.revoked_at is None


def _papers(case: Case, due: bool) -> FileItem:
    count = len(papers_of_case(session(), case.id))
    text = gettext("{count} 件", count=count) if count else gettext("还没有一件，请收齐或拍照存入")
    return FileItem("papers", _mark(bool(count), due), gettext("身份和情况证明材料"), text, "57号 第九条")


def _account(case: Case) -> list[FileItem]:
    """Told where one is still to be opened; no step waits for it."""
    if not account_to_open(session(), case):
        return []
    text = gettext("还没有银行账户，请帮着办一个；不影响受理和审核")
    return [FileItem("account", "note", gettext("收款账户"), text, "57号 第二十五条")]


def _verification(steps: Sequence[CaseStep], due: bool) -> FileItem:
    done = any(step.code is StepCode.VERIFICATION and step.state in FINISHED for step in steps)
    text = gettext("已出齐") if done else gettext("还没有出齐")
    return FileItem("verification", _mark(done, due), gettext("信息核对报告"), text, "57号 第十七条")


def _visits(case: Case, procedure: Procedure, due: bool) -> list[FileItem]:
    visits = visits_of_case(session(), case.id)
    homes = [visit for visit in visits if visit.kind is VisitKind.HOME]
    names = surveyors_of(session(), [visit.id for visit in homes]) if homes else {}
    most = max((len(set(found)) for found in names.values()), default=0)
    try:
        least = procedure.law.number(procedure.scheme.visitors_key)
    except Blocked:
        least = 0
    enough = bool(homes) and most >= least
    made = enquiries_made(session(), visits, installation().catalogue.form)
    asked = [gettext(ENQUIRY_WORDS[each], count=made[each]) for each in Enquiry if made[each]]
    return [
        FileItem(
            "visit",
            _mark(enough, due),
            gettext("入户调查表"),
            _visitors(most, least, bool(homes)),
            "57号 第十六条",
        ),
        FileItem(
            "neighbours",
            "yes" if asked else "na",
            gettext("邻里访问、信函索证"),
            gettext("、").join(asked) or gettext("按需要做，还没有"),
            "57号 第十六条",
        ),
    ]


def _visitors(most: int, least: int, visited: bool) -> str:
    if not visited:
        return gettext("还没有入户")
    if most < least:
        return gettext("{most} 人，少于规定的 {least} 人", most=most, least=least)
    # where no number is in force there is none to compare with
    if not least:
        return gettext("{count} 人", count=most)
    return gettext("{most} 人，达到规定的 {least} 人", most=most, least=least)


def _related(case: Case) -> FileItem:
    title = gettext("单独登记备案，县里入户核查")
    if not (case.related_party or case.complaint):
        return FileItem("related", "na", title, gettext("经办人、村干部近亲属：否，不适用"), "57号 第十一条")
    visited = case.county_visited_at is not None
    text = gettext("县里已入户核查") if visited else gettext("县里还没有入户核查，审核确认前要去")
    # the county goes when the case lies with it; the township's opinion does not wait for it
    return FileItem("related", "yes" if visited else "na", title, text, "57号 第十一条、第二十条")


def _mark(there: bool, due: bool) -> str:
    if there:
        return "yes"
    return "no" if due else "wait"
