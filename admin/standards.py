"""Settings: the standards in force in a place and where each comes from; entering one with its document number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Permission
from core.errors import Blocked, Invalid, Problem
from core.forms import Choice, parse_money
from core.law import Area, Declaration, Law, LawBook, Reading, Standard, Unit, path_of, read_value
from core.regions import queries as regions
from core.standards.changes import confirm_calendar, enter_standard
from core.standards.queries import law_in_force, standards_of
from core.translations import N_
from core.web.access_gate import access, may
from core.web.choice_fields import ChoiceField
from core.web.fields import DateField, LongTextField, TextField, WholeNumberField
from core.web.form_builder import Form
from core.web.formats import money
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import gettext
from core.workdays import read_confirmed_years

MONEY = frozenset({Unit.FEN_PER_MONTH, Unit.FEN_PER_YEAR, Unit.FEN})
AREA_WORDS = {Area.URBAN: N_("城镇"), Area.RURAL: N_("农村")}
UNIT_WORDS = {
    Unit.FEN_PER_MONTH: N_("元/月"),
    Unit.FEN_PER_YEAR: N_("元/年"),
    Unit.FEN: N_("元"),
    Unit.RATIO: "%",
    Unit.DAYS: N_("天"),
    Unit.WORKING_DAYS: N_("个工作日"),
    Unit.MONTHS: N_("个月"),
    Unit.YEARS: N_("年"),
    Unit.COUNT: "",
    Unit.GRADE: N_("级"),
    Unit.YES_NO: "",
    Unit.TEXT: "",
}

add_to_navigation(
    blueprint,
    NavEntry(
        face="staff",
        endpoint="staff.standards",
        label=N_("标准和期限"),
        icon="book",
        order=900,
        group=N_("设置"),
        permissions=frozenset({Permission.STANDARD_READ}),
    ),
    NavEntry(
        face="staff",
        endpoint="staff.calendar",
        label=N_("工作日历"),
        icon="calendar",
        order=910,
        group=N_("设置"),
        permissions=frozenset({Permission.CALENDAR_ENTER}),
    ),
)


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One parameter as it stands here today: the value in words, or None where nothing is in force."""

    declaration: Declaration
    area: Area | None
    value: str | None
    reading: Reading | None


def _book() -> LawBook:
    home = installation()
    return home.catalogue.for_region(actor().node, today(), home.enablings(home.engine)).book


@blueprint.get("/settings/standards")
@access(Permission.STANDARD_READ)
def standards() -> Response:
    """Every parameter declared here: first what the county enters, then what the texts give."""
    book = _book()
    law = law_in_force(session(), book, actor().node, today())
    lines = [
        line for declaration in book.declared(path_of(actor().node)) for line in _lines(declaration, law)
    ]
    return page(
        "admin/standards.html",
        entered=[line for line in lines if line.declaration.entered_by],
        given=[line for line in lines if not line.declaration.entered_by],
        history=standards_of(session(), actor().node),
        unit_words=UNIT_WORDS,
        may_enter=may(Permission.STANDARD_ENTER),
        area_words=AREA_WORDS,
    )


def _lines(declaration: Declaration, law: Law) -> list[StandardLine]:
    areas: tuple[Area | None, ...] = (Area.URBAN, Area.RURAL) if declaration.per_area else (None,)
    lines = []
    for area in areas:
        try:
            reading = law.read(declaration.key, area)
        except Blocked:
            lines.append(StandardLine(declaration, area, None, None))
        else:
            lines.append(StandardLine(declaration, area, in_words(reading), reading))
    return lines


def in_words(reading: Reading) -> str:
    """A value as people write it: 450.00 元/月, 30 %, 3 个工作日, 是."""
    unit = gettext(UNIT_WORDS[reading.unit]) if UNIT_WORDS[reading.unit] else ""
    if reading.unit in MONEY:
        return f"{money(int(reading.value))} {unit}"
    if reading.unit is Unit.YES_NO:
        return gettext("是") if reading.value else gettext("否")
    if reading.unit is Unit.RATIO:
        share = Fraction(reading.value) * 100
        return f"{share.numerator}%" if share.denominator == 1 else str(Fraction(reading.value))
    return f"{reading.value} {unit}".strip()


class StandardForm(Form):
    """A value, its first day, and the document that says so."""

    area = ChoiceField(N_("城镇还是农村"))
    value = TextField(N_("数值"), required=True)
    effective_from = DateField(N_("从哪天起"), required=True)
    document = TextField(N_("文件号"), required=True)
    article = TextField(N_("条款"))


@blueprint.route("/settings/standards/<key>", methods=["GET", "POST"])
@access(Permission.STANDARD_ENTER)
def enter(key: str) -> Response:
    """Enter a value from a day on; what was in force before stays in force for what was decided before."""
    book = _book()
    declaration = book.declaration(key, path_of(actor().node))
    form = StandardForm()
    form.area.options = [Choice(area.name.lower(), gettext(word)) for area, word in AREA_WORDS.items()]
    if not declaration.per_area:
        del form.area
    if request.method == "POST" and form.validate():
        given = form.answers()
        try:
            enter_standard(session(), actor(), book, _standard(declaration, given), now=now())
        except Problem as problem:
            form.mark(problem, beside=getattr(problem, "field", "") or "value")
        else:
            flash(gettext("已录入，从生效日起按它算。"), "success")
            return redirect_to(url_for("staff.standards"))
    return page(
        "admin/standard_enter.html",
        form=form,
        declaration=declaration,
        unit=UNIT_WORDS[declaration.units[0]],
        place=regions.node(session(), actor().node).full_name,
        hint=_hint(declaration),
    )


def _hint(declaration: Declaration) -> str:
    unit = declaration.units[0]
    if unit is Unit.YES_NO:
        return N_("写“是”或者“否”")
    if unit is Unit.RATIO:
        return N_("写百分数，比如 30%")
    return N_("只写数字") if unit is not Unit.TEXT else ""


def _standard(declaration: Declaration, given: dict[str, object]) -> Standard:
    unit = declaration.units[0]
    text = str(given["value"]).strip()
    base = Standard(
        key=declaration.key,
        region_code=actor().node,
        value=0,
        unit=unit,
        effective_from=date.fromisoformat(str(given["effective_from"])),
        document=str(given["document"]),
        article=str(given.get("article") or ""),
        area=Area[str(given["area"]).upper()] if given.get("area") else None,
    )
    return replace(base, value=_value(text, unit))


def _value(text: str, unit: Unit) -> int | str | Fraction:
    if unit in MONEY:
        return parse_money(text)
    if unit is Unit.YES_NO:
        return read_value({"是": True, "否": False}.get(text), unit)
    return read_value(text, unit)


class CalendarForm(Form):
    """A year as the State Council announced it."""

    year = WholeNumberField(N_("哪一年"), required=True)
    document = TextField(N_("通知文号"), required=True)
    days_off = LongTextField(N_("放假的日子"), required=True)
    make_up_days = LongTextField(N_("调休上班的日子"))


@blueprint.route("/settings/calendar", methods=["GET", "POST"])
@access(Permission.CALENDAR_ENTER)
def calendar() -> Response:
    """The confirmed years, and entering the next one when it is announced."""
    form = CalendarForm()
    if request.method == "POST" and form.validate():
        given = form.answers()
        try:
            confirm_calendar(
                session(),
                actor(),
                int(given["year"]),
                str(given["document"]),
                _days(str(given["days_off"])),
                _days(str(given.get("make_up_days") or "")),
                now=now(),
            )
        except Problem as problem:
            form.mark(problem)
        else:
            flash(gettext("已录入。这一年的期限不再是暂定的。"), "success")
            return redirect_to(url_for("staff.calendar"))
    return page("admin/calendar.html", form=form, years=read_confirmed_years())


def _days(text: str) -> list[date]:
    try:
        return [date.fromisoformat(word) for word in text.replace("，", " ").replace(",", " ").split()]
    except ValueError:
        raise Invalid(N_("日期写成 2027-01-01 的样子，用空格隔开。"), field="days_off") from None
