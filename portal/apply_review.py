"""Everything that was answered, in words and page by page, for looking it over before it is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.forms import Answers, Per
from core.regions import queries as regions
from core.web.formats import money
from core.web.request import session
from core.web.texts import gettext
from portal.apply_answers import answered
from portal.apply_sums import Line, sheets, stored_lines
from portal.apply_wizard import Wizard


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """One part of the page: `items` are (question, answer); `url` changes them."""

    title: str
    url: str
    items: Sequence[tuple[str, str]]


def groups(wizard: Wizard) -> list[AnswerGroup]:
    """Everything that was answered, page by page."""
    known = wizard.draft.answers(wizard.form)
    members = wizard.member_names
    found = []
    for each in wizard.pages:
        if each.name in {"papers", "check", "authorise"}:
            continue
        title, items = _items(wizard, each.name, known, members)
        found.append(AnswerGroup(title, wizard.url(each.name, then="check"), items))
    return found


def _items(
    wizard: Wizard, name: str, known: Answers, members: Sequence[str]
) -> tuple[str, list[tuple[str, str]]]:
    form = wizard.form
    match name:
        case "place":
            question = form.question("region")
            return gettext("户口所在地"), answered([question], known, known, members)
        case "you":
            row = known[Per.MEMBER.rows][0] if known.get(Per.MEMBER.rows) else {}
            return gettext("您本人"), _person(wizard, Per.MEMBER, row, known, members)
        case "people":
            cards = [*wizard.people[1:], *wizard.supporters]
            return gettext("家里人"), [(card.relation, card.name) for card in cards]
        case "incomes":
            return gettext("家里收入"), [
                (
                    sheet.person.name,
                    gettext("没有收入") if sheet.nothing else "；".join(_line(line) for line in sheet.lines),
                )
                for sheet in sheets(wizard)
                if sheet.lines or sheet.nothing
            ]
        case "expenses" | "properties":
            per = Per.EXPENSE if name == "expenses" else Per.PROPERTY
            lines = stored_lines(wizard, per)
            section = form.sections_per(per)[0]
            told = [(line.kind, _line(line)) for line in lines]
            return gettext(section.title), told or [(gettext("没有"), "")]
    page_here = next(each for each in wizard.pages if each.name == name)
    assert page_here.section is not None
    titles = {"contact": gettext("怎么找到您家"), "about": gettext("这次申请的情况")}
    title = titles.get(name, gettext(page_here.section.title))
    return title, answered(page_here.section.questions, known, known, members)


def _person(
    wizard: Wizard, per: Per, row: Answers, known: Answers, members: Sequence[str]
) -> list[tuple[str, str]]:
    questions = [
        question
        for section in wizard.form.sections_per(per)
        for question in section.questions
        if question.name not in {"relation", "counted"}
    ]
    return answered(questions, row, known, members)


def _line(line: Line) -> str:
    if not line.complete:
        return gettext("%(kind)s（没写完）", kind=line.kind)
    what = f"{line.kind} {line.detail}".strip()
    if line.yearly is not None:
        return gettext("%(what)s，一年%(sum)s元", what=what, sum=money(line.yearly))
    if line.monthly is not None:
        return gettext("%(what)s，每月%(sum)s元", what=what, sum=money(line.amount))
    return gettext("%(what)s，%(sum)s元", what=what, sum=money(line.amount))


def office_phone(wizard: Wizard) -> str:
    """The phone of the counter that will have the application, or nothing."""
    office = regions.office(session(), str(wizard.draft.state.fields["region"]))
    return office.phone if office else ""
