"""The eight steps of an application and the pages in them, for whatever form the place uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.forms import FormDeclaration, Per, Question, Section
from core.web.texts import N_, gettext

STEPS = (
    N_("您本人"),
    N_("家里人"),
    N_("家里收入"),
    N_("看病上学的花销"),
    N_("房子、车和存款"),
    N_("签字同意核对"),
    N_("收款账户"),
    N_("检查和提交"),
)
SELF = "01"
# what the page "you" does not ask of the applicant about herself
NOT_OF_SELF = frozenset({"relation", "counted", "not_counted_reason", "phone"})
_CONTACT = frozenset({"area", "village_group", "address", "phone"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `name` in its address, `step` from 1, `section`: the case-wide questions it asks, if any."""

    name: str
    step: int
    section: Section | None = None


def pages_of(form: FormDeclaration) -> tuple[Page, ...]:
    """Every page in order. A case-wide section that a pack added has a page of its own after the one it follows."""
    applicant = _questions(form, "applicant")
    contact = [each for each in applicant if each.name in _CONTACT]
    about = [each for each in applicant if each.name not in _CONTACT and each.name != "region"]
    pages = [
        Page("place", 1),
        Page("you", 1),
        Page("contact", 1, _part(form, "applicant", contact)),
        Page("about", 1, _part(form, "applicant", about)),
        Page("people", 2),
        Page("incomes", 3),
        Page("expenses", 4),
        Page("properties", 5),
        Page("authorise", 6),
        Page("account", 7, form.section("account")),
        Page("papers", 8, form.section("documents")),
        Page("check", 8, form.section("promise")),
    ]
    known = {"applicant": "about", "members": "people", "supporters": "people"}
    last = "about"
    for section in form.sections:
        name = known.get(section.name, section.name)
        position = _position(pages, name)
        if position is None and section.per is Per.CASE:
            after = _position(pages, last) or 0
            pages.insert(after + 1, Page(section.name, pages[after].step, section))
            last = section.name
        elif position is not None and name not in {"documents", "promise"}:
            last = name
    return tuple(pages)


def words_of_position(pages: Sequence[Page], page: Page) -> str:
    """Which step a page belongs to, and which page of the step it is where there are several.

    The place is chosen before there is an application: who walks through one never opens its page, unless to mend it.
    """
    names = [each.name for each in pages if each.step == page.step and each.name != "place"]
    step = gettext("第{at}步，共{total}步", at=page.step, total=len(STEPS))
    if len(names) == 1 or page.name not in names:
        return step
    return step + gettext("（第{at}页，共{total}页）", at=names.index(page.name) + 1, total=len(names))


def _position(pages: Sequence[Page], name: str) -> int | None:
    wanted = {"documents": "papers", "promise": "check"}.get(name, name)
    return next((number for number, page in enumerate(pages) if page.name == wanted), None)


def _questions(form: FormDeclaration, section: str) -> Sequence[Question]:
    return form.section(section).questions


def _part(form: FormDeclaration, name: str, questions: Sequence[Question]) -> Section:
    return replace(form.section(name), questions=tuple(questions))


def row_section(form: FormDeclaration, per: Per, *, without: frozenset[str] = frozenset()) -> Section:
    """All that is asked of one row of a kind, as one section, whichever sections packs spread it over."""
    sections = form.sections_per(per)
    questions = tuple(
        question for section in sections for question in section.questions if question.name not in without
    )
    return replace(sections[0], questions=questions)


def page_of(form: FormDeclaration, path: str) -> str:
    """The page on which the answer at `path` ("address", "incomes.0.amount") is given, for links back to it."""
    name, _, rest = path.partition(".")
    if rest or name in {per.rows for per in Per if per.rows}:
        return {Per.MEMBER.rows: "people", Per.SUPPORTER.rows: "people"}.get(name, name)
    if name == "region":
        return "place"
    for page in pages_of(form):
        if page.section is not None and any(each.name == name for each in page.section.questions):
            return page.name
    return "check"
