"""Settings: the standards in force in a place and where each comes from; entering one with its document number."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.standard_words import (
    AREA_WORDS,
    GROUPS,
    LEVEL_WORDS,
    OTHERS,
    UNIT_WORDS,
    hint_of,
    in_words,
    typed_value,
)
from core.access import Permission
from core.accounts.queries import names_of
from core.errors import Blocked, NotFound, Problem
from core.forms import Choice
from core.law import Area, Declaration, Law, LawBook, Reading, Standard, Unit, path_of
from core.regions import queries as regions
from core.scopes import LEVELS, level_column
from core.standards.changes import enter_standard, may_enter_at, withdraw_standard
from core.standards.models import EnteredStandard
from core.standards.queries import as_standard, entries_of, law_in_force, standards_of
from core.translations import N_
from core.web.access_gate import access, may
from core.web.choice_fields import ChoiceField
from core.web.fields import DateField, TextField
from core.web.form_builder import Form
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import gettext

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
)


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One parameter as it stands here today: its value in words (None: nothing is in force), and what comes later."""

    declaration: Declaration
    area: Area | None
    value: str | None
    reading: Reading | None
    coming: Sequence[tuple[str, date]]

    @property
    def group(self) -> str:
        """The heading it stands under."""
        return GROUPS.get(self.declaration.key.partition(".")[0], OTHERS)


def book_here() -> LawBook:
    home = installation()
    return home.catalogue.for_region(actor().node, today(), home.enablings(home.engine)).book


@blueprint.get("/settings/standards")
@access(Permission.STANDARD_READ)
def standards() -> Response:
    """Every parameter declared here: first what is entered on screen, then what the texts give."""
    book = book_here()
    law = law_in_force(session(), book, actor().node, today())
    later = [row for row in standards_of(session(), actor().node) if row.effective_from > today()]
    lines = [
        line
        for declaration in book.declared(path_of(actor().node))
        for line in _lines(declaration, law, later)
    ]
    return page(
        "admin/standards.html",
        entered=_grouped([line for line in lines if line.declaration.entered_by]),
        given=_grouped([line for line in lines if not line.declaration.entered_by]),
        may_enter=may(Permission.STANDARD_ENTER),
        below=_entered_below,
        enterable={line.declaration.key for line in lines if may_enter_at(line.declaration, actor().node)},
        area_words=AREA_WORDS,
        level_words=LEVEL_WORDS,
    )


def _entered_below(declaration: Declaration) -> bool:
    """Whether it is the places below this one that enter it, so that nothing is missing here."""
    level = level_column(actor().node)
    return bool(declaration.entered_by) and (
        not level or LEVELS.index(level) < LEVELS.index(declaration.entered_by)
    )


def _lines(declaration: Declaration, law: Law, later: Sequence[EnteredStandard]) -> list[StandardLine]:
    areas: tuple[Area | None, ...] = (Area.URBAN, Area.RURAL) if declaration.per_area else (None,)
    lines = []
    for area in areas:
        known = [as_standard(row) for row in reversed(later) if row.key == declaration.key]
        coming = [(in_words(row.value, row.unit), row.effective_from) for row in known if row.area == area]
        try:
            reading = law.read(declaration.key, area)
        except Blocked:
            lines.append(StandardLine(declaration, area, None, None, coming))
        else:
            value = in_words(reading.value, reading.unit)
            lines.append(StandardLine(declaration, area, value, reading, coming))
    return lines


def _grouped(lines: list[StandardLine]) -> list[tuple[str, list[StandardLine]]]:
    order = [*dict.fromkeys(GROUPS.values()), OTHERS]
    ordered = sorted(lines, key=lambda line: order.index(line.group))
    return [(group, list(rows)) for group, rows in groupby(ordered, key=lambda line: line.group)]


class StandardForm(Form):
    """A value, where it holds, its first day, and the document that says so."""

    place = ChoiceField(N_("管哪里"))
    area = ChoiceField(N_("城镇还是农村"), required=True)
    value = TextField(N_("数值"), required=True)
    answer = ChoiceField(N_("数值"), required=True)
    unit = ChoiceField(N_("按什么算"), required=True)
    effective_from = DateField(N_("从哪天起"), required=True)
    document = TextField(N_("文件号"), required=True)
    article = TextField(N_("条款"))


@blueprint.route("/settings/standards/<key>", methods=["GET", "POST"])
@access(Permission.STANDARD_ENTER)
def enter(key: str) -> Response:
    """Enter a value from a day on, beside all that was entered before; what was decided keeps the value of its day."""
    book = book_here()
    declaration = next((each for each in book.declared(path_of(actor().node)) if each.key == key), None)
    if declaration is None or not may_enter_at(declaration, actor().node):
        raise NotFound(N_("这一项不在这里录入。"))
    form = _form(declaration)
    if request.method == "POST" and form.validate():
        given = form.answers()
        try:
            enter_standard(session(), actor(), book, _standard(declaration, given), now=now())
        except Problem as problem:
            field = getattr(problem, "field", "") or "value"
            form.mark(problem, beside=field if field in form else "answer")
        else:
            flash(gettext("已录入，从生效日起按它算。"), "success")
            return redirect_to(url_for("staff.enter", key=key))
    rows = entries_of(session(), actor().node, key)
    accounts = [each for row in rows for each in (row.entered_by, row.withdrawn_by) if each]
    return page(
        "admin/standard_enter.html",
        form=form,
        declaration=declaration,
        unit=UNIT_WORDS[declaration.units[0]] if len(declaration.units) == 1 else "",
        place=regions.node(session(), actor().node).full_name,
        hint=hint_of(declaration),
        entries=[(row, in_words(as_standard(row).value, Unit(row.unit))) for row in rows],
        places=regions.full_names(session(), [row.region_code for row in rows]),
        staff=names_of(session(), accounts),
        area_words={area.name.lower(): word for area, word in AREA_WORDS.items()},
        mine={
            row.id
            for row in rows
            if row.withdrawn_at is None and actor().may(Permission.STANDARD_ENTER, row.region_code)
        },
    )


def _form(declaration: Declaration) -> StandardForm:
    here = actor().node
    form = StandardForm() if request.method == "POST" else StandardForm(data={"place": here})
    below = regions.children(session(), here)
    form.place.options = [Choice(here, gettext("全境")), *(Choice(each.code, each.name) for each in below)]
    form.area.options = [Choice(area.name.lower(), gettext(word)) for area, word in AREA_WORDS.items()]
    form.answer.options = [Choice("yes", gettext("是")), Choice("no", gettext("否"))]
    form.unit.options = [Choice(unit.value, gettext(UNIT_WORDS[unit])) for unit in declaration.units]
    asked = {
        "area": declaration.per_area,
        "value": Unit.YES_NO not in declaration.units,
        "answer": Unit.YES_NO in declaration.units,
        "unit": len(declaration.units) > 1,
        "place": len(below) > 0,
    }
    for name, wanted in asked.items():
        if not wanted:
            del form[name]
    return form


class WithdrawForm(Form):
    """Why an entry is taken back."""

    reason = TextField(N_("为什么作废"), required=True)


@blueprint.route("/settings/standards/entries/<uuid:entry_id>/withdraw", methods=["GET", "POST"])
@access(Permission.STANDARD_ENTER)
def withdraw_entry(entry_id: uuid.UUID) -> Response:
    """Take back what was entered by mistake, with a reason that stays."""
    row = session().get(EnteredStandard, entry_id)
    if row is None or not actor().may(Permission.STANDARD_ENTER, row.region_code):
        raise NotFound(N_("没有找到这条录入。"))
    form = WithdrawForm()
    if request.method == "POST" and form.validate():
        try:
            withdraw_standard(session(), actor(), entry_id, str(form.answers()["reason"]), now=now())
        except Problem as problem:
            form.mark(problem)
        else:
            flash(gettext("已作废，不再按它算。"), "success")
            return redirect_to(url_for("staff.enter", key=row.key))
    return page(
        "admin/standard_withdraw.html",
        form=form,
        row=row,
        name=book_here().declaration(row.key, path_of(row.region_code)).name,
        value=in_words(as_standard(row).value, Unit(row.unit)),
    )


def _standard(declaration: Declaration, given: dict[str, object]) -> Standard:
    unit = Unit(str(given.get("unit") or declaration.units[0]))
    return Standard(
        key=declaration.key,
        region_code=str(given.get("place") or actor().node),
        value=typed_value(str(given.get("value") or given.get("answer")).strip(), unit),
        unit=unit,
        effective_from=date.fromisoformat(str(given["effective_from"])),
        document=str(given["document"]),
        article=str(given.get("article") or ""),
        area=Area[str(given["area"]).upper()] if given.get("area") else None,
    )
