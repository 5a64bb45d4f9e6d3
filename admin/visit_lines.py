"""What the visitors saw of each declared line: agrees, another amount, not there any more; and what nobody declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.case_sheet import value_text
from admin.visit_page import VisitDesk
from core.cases.application import LineAnswer
from core.cases.comparison import compare
from core.cases.declaration_models import COUNTED, Layer, LineKind, Period, StatementLine
from core.cases.declaration_models import Section as Sheet
from core.cases.draft_state import new_row_key
from core.cases.models import Case
from core.errors import Invalid, NotFound
from core.forms import Choice, FormDeclaration, Per, Question, QuestionKind, Section, ShownIf
from core.visits.changes import SeenLine
from core.web.form_builder import Form, form_class
from core.web.formats import money
from core.web.installation import installation
from core.web.request import session
from core.web.texts import N_, gettext

SEEN, FOUND, ADDED = "seen", "found", "@"
AGREES, OTHER, GONE = "agrees", "other", "gone"
MONTHS = 12
_ANOTHER = ShownIf("how", (OTHER,))
_AMOUNT = Question(
    "amount", N_("实际是多少"), QuestionKind.MONEY, required=True, minimum=0, shown_if=_ANOTHER
)
# houses, vehicles and firms are counted in pieces
_PIECES = Question(
    "quantity",
    N_("实际有几处、几辆"),
    QuestionKind.WHOLE_NUMBER,
    required=True,
    minimum=1,
    maximum=99,
    shown_if=_ANOTHER,
)


def _seen_section(number: Question) -> Section:
    return Section("seen", N_("申报的，看到的一样吗"), (_HOW, number, _NOTE))


_HOW = Question(
    "how",
    N_("看到的"),
    QuestionKind.CHOICE,
    choices=(
        Choice(AGREES, N_("相符")),
        Choice(OTHER, N_("数目不同")),
        Choice(GONE, N_("没有了")),
    ),
)
_NOTE = Question(
    "note", N_("看到什么凭据"), QuestionKind.TEXT, max_length=100, shown_if=ShownIf("how", (OTHER, GONE))
)
SUMS, PIECES = _seen_section(_AMOUNT), _seen_section(_PIECES)
_PERIODS = (Choice("month", N_("每月")), Choice("year", N_("每年")), Choice("once", N_("一共")))


@dataclass(slots=True)
class SeenRow:
    """One declared line with the form that asks what was seen of it: another sum, or another number of pieces."""

    line: StatementLine
    section: Section
    title: str
    description: str
    form: Form

    @property
    def number(self) -> str:
        """The question for what was declared in another number."""
        return self.section.questions[1].name


@dataclass(slots=True)
class FoundRow:
    """One thing that nobody declared."""

    key: str
    form: Form


@dataclass(slots=True)
class Lines:
    """The lines' part of the page."""

    seen: Sequence[SeenRow]
    found: Sequence[FoundRow]
    section: Section
    kinds: dict[str, str] = field(default_factory=dict)


def lines_of(desk: VisitDesk, *, sent: bool) -> Lines:
    """Every declared line of income and property, and what was found besides."""
    kinds = kind_words(desk.case)
    section = _found_section(kinds)
    found_kind, seen_kinds = form_class(section), {each: form_class(each) for each in (SUMS, PIECES)}
    people = [desk.people.name(each.id) for each in desk.people.members]
    words = {each.code: gettext(each.label) for each in _PERIODS}
    seen = []
    for compared in compare(session(), desk.case.id):
        line = compared.layers.get(Layer.DECLARED)
        if line is None or line.section is Sheet.EXPENSE:
            continue
        parts = (
            kinds.get(str(line.kind), str(line.kind)),
            desk.people.name(line.member_id),
            compared.description,
        )
        asked = PIECES if line.kind in COUNTED else SUMS
        form = _open(desk, seen_kinds[asked], asked, f"{SEEN}/{line.line_key.hex}/", (), sent=sent)
        title = " · ".join(each for each in parts if each)
        form["how"].label.text = title
        form["how"].description = _declared(line, words[str(line.period)])
        seen.append(SeenRow(line, asked, title, compared.description, form))
    found = [
        FoundRow(key, _open(desk, found_kind, section, f"{FOUND}/{key}/", people, sent=sent))
        for key in desk.draft.state.rows.get(FOUND, [])
    ]
    return Lines(seen, found, section, kinds)


def _declared(line: StatementLine, period: str) -> str:
    if line.kind in COUNTED:
        return gettext("申报：{count}", count=value_text(line))
    return gettext("申报：{sum} 元 {period}", sum=money(line.amount_fen), period=period)


def kind_words(case: Case) -> dict[str, str]:
    """Code → words of every kind of income and property, as the form asked it."""
    try:
        form: FormDeclaration = installation().catalogue.form(case.form_name, case.form_version)
    except NotFound:
        return {}
    found: dict[str, str] = {}
    for per in (Per.INCOME, Per.PROPERTY):
        for section in form.sections_per(per):
            for question in section.questions:
                if question.name == "kind":
                    found |= {each.code: gettext(each.law_label or each.label) for each in question.choices}
    return found


def _found_section(kinds: dict[str, str]) -> Section:
    return Section(
        "found",
        N_("没有申报、但看到的"),
        (
            Question(
                "kind",
                N_("是什么"),
                QuestionKind.CHOICE,
                required=True,
                choices=tuple(Choice(code, label) for code, label in kinds.items()),
            ),
            Question("member", N_("谁的"), QuestionKind.CHOICE, choices_from="@members"),
            Question("amount", N_("多少"), QuestionKind.MONEY, required=True, minimum=0),
            Question("period", N_("多久的"), QuestionKind.CHOICE, required=True, choices=_PERIODS),
            Question("description", N_("怎么看出来的"), QuestionKind.TEXT, required=True, max_length=100),
        ),
    )


def _open(
    desk: VisitDesk, kind: type[Form], section: Section, prefix: str, people: Sequence[str], *, sent: bool
) -> Form:
    fields = desk.draft.state.fields
    stored = {
        each.name: desk.merged.get(prefix + each.name, fields.get(prefix + each.name))
        for each in section.questions
        if not sent
    }
    more: dict[str, Any] = {} if sent else {"formdata": None}
    data = {name: value for name, value in stored.items() if value is not None}
    return kind(data=data, prefix=prefix, members=people, **more)


def line_values(lines: Lines) -> dict[str, Any]:
    """Path → value of what was sent about the lines, right or wrong; validates each row."""
    values: dict[str, Any] = {}
    for row in lines.seen:
        row.form.validate()
        if row.form["how"].typed is None and row.form["note"].typed is None:
            continue
        for question in row.section.questions:
            values[f"{SEEN}/{row.line.line_key.hex}/{question.name}"] = row.form.typed().get(question.name)
    for extra in lines.found:
        extra.form.validate()
        for question in lines.section.questions:
            values[f"{FOUND}/{extra.key}/{question.name}"] = extra.form.typed().get(question.name)
    return values


def add_found(desk: VisitDesk) -> str:
    """A new empty row for something nobody declared; its key."""
    key = new_row_key()
    desk.keep({f"{FOUND}/{key}/{ADDED}": True})
    return key


def blank_found(desk: VisitDesk) -> list[str]:
    """Rows that were added and left empty."""
    state = desk.draft.state
    return [
        f"{FOUND}/{key}"
        for key in state.rows.get(FOUND, [])
        if not any(value not in (None, "") for name, value in state.row(FOUND, key).items() if name != ADDED)
    ]


def seen_lines(desk: VisitDesk, lines: Lines) -> list[SeenLine]:
    """What goes on record. Raises Invalid naming the line for what cannot stand."""
    return [
        *(made for row in lines.seen if (made := _seen(desk, row)) is not None),
        *(_found(desk, row) for row in lines.found),
    ]


def _seen(desk: VisitDesk, row: SeenRow) -> SeenLine | None:
    given = desk.draft.state.row(SEEN, row.line.line_key.hex)
    how = given.get("how")
    if how not in {AGREES, OTHER, GONE}:
        return None
    line = row.line
    counted = row.section is PIECES
    number = {AGREES: line.quantity if counted else line.amount_fen, GONE: 0}.get(how, given.get(row.number))
    if not isinstance(number, int):
        raise Invalid(
            N_("“{title}”：请写实际是多少。"),
            field=f"{SEEN}/{line.line_key.hex}/{row.number}",
            title=row.title,
        )
    kept = 0 if how == GONE else line.amount_fen if counted else line.quantity
    return SeenLine(
        line=LineAnswer(
            section=line.section,
            kind=line.kind,
            amount_fen=kept if counted else number,
            period=line.period,
            quantity=number if counted else kept,
            months=line.months,
            item=line.item,
            description=row.description,
        ),
        member_id=line.member_id,
        line_key=line.line_key,
        note=str(given.get("note") or ""),
    )


def _found(desk: VisitDesk, row: FoundRow) -> SeenLine:
    if row.form.errors:
        raise Invalid(N_("没有申报、但看到的：请填全，或者去掉这一项。"), field=f"{FOUND}/{row.key}/kind")
    given = desk.draft.state.row(FOUND, row.key)
    kind = LineKind(given["kind"])
    owned = kind_is_property(kind)
    people = desk.people.members
    number = str(given.get("member") or "")
    return SeenLine(
        line=LineAnswer(
            section=Sheet.PROPERTY if owned else Sheet.INCOME,
            kind=kind,
            amount_fen=given["amount"],
            period=Period.ONCE if owned else Period(given["period"]),
            description=str(given["description"]),
        ),
        member_id=people[int(number)].id if number.isdigit() and int(number) < len(people) else None,
        note=str(given["description"]),
    )


def kind_is_property(kind: LineKind) -> bool:
    """Whether a kind stands on the property sheet."""
    return kind in {
        LineKind.DEPOSIT,
        LineKind.SECURITIES,
        LineKind.INSURANCE,
        LineKind.DWELLING,
        LineKind.OTHER_HOUSE,
        LineKind.VEHICLE,
        LineKind.ENTERPRISE,
    }
