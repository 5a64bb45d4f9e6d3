"""Everything that was answered, in words and page by page, for looking it over before it is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.forms import Answers, Per, Section
from core.regions import queries as regions
from core.web.formats import money
from core.web.request import session
from core.web.texts import N_, gettext
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
        if each.name == "check":
            continue
        title, items = _items(wizard, each.name, known, members)
        found.append(AnswerGroup(title, wizard.url(each.name, then="check"), items))
    return found


def _items(
    wizard: Wizard, name: str, known: Answers, members: Sequence[str]
) -> tuple[str, list[tuple[str, str]]]:
    form = wizard.form
    match name:
        case "you":
            row = known[Per.MEMBER.rows][0] if known.get(Per.MEMBER.rows) else {}
            return gettext("您本人"), _person(wizard, Per.MEMBER, row, known, members)
        case "people":
            family = [(card.relation, card.name) for card in wizard.people[1:]]
            elsewhere = [(card.relation, card.name) for card in wizard.supporters]
            return gettext("家里人"), [*(family or [(gettext("只有您一个人"), "")]), *elsewhere]
        case "incomes":
            return gettext("家里收入"), _incomes(wizard)
        case "expenses" | "properties":
            per = Per.EXPENSE if name == "expenses" else Per.PROPERTY
            told = [(line.kind, _amount(line)) for line in stored_lines(wizard, per)]
            return gettext(form.sections_per(per)[0].title), told or [(gettext("没有"), "")]
        case "authorise":
            return gettext("签字同意核对"), _signed(wizard)
    section = next(each.section for each in wizard.pages if each.name == name)
    questions = section.questions if section else [form.question("region")]
    return _title(name, section), answered(questions, known, known, members)


def _title(name: str, section: Section | None) -> str:
    titles = {"place": N_("户口所在地"), "contact": N_("怎么找到您家"), "about": N_("这次申请的情况")}
    return gettext(titles.get(name) or (section.title if section else ""))


def _incomes(wizard: Wizard) -> list[tuple[str, str]]:
    told = []
    for sheet in sheets(wizard):
        lines = [line.kind + gettext("，") + _amount(line) for line in sheet.lines]
        if lines or sheet.nothing:
            told.append((sheet.person.name, gettext("；").join(lines) or gettext("没有收入")))
    return told


def _signed(wizard: Wizard) -> list[tuple[str, str]]:
    signature = wizard.draft.state.signature
    if signature is None:
        return [(gettext("还没签"), "")]
    return [(wizard.people[0].name, gettext("已签，同意查%(n)s项", n=len(signature["sources"])))]


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


def _amount(line: Line) -> str:
    """What it is, in her words, and how much."""
    if not line.complete:
        return gettext("没写完")
    if line.yearly is not None:
        told = gettext("一年%(sum)s元", sum=money(line.yearly))
    elif line.monthly is not None:
        told = gettext("每月%(sum)s元", sum=money(line.amount))
    else:
        told = gettext("%(sum)s元", sum=money(line.amount))
    return line.detail + gettext("，") + told if line.detail else told


def office_phone(wizard: Wizard) -> str:
    """The phone of the counter that will have the application, or nothing."""
    office = regions.office(session(), str(wizard.draft.state.fields["region"]))
    return office.phone if office else ""
