"""Settings: the packs of a province, what each would change, and enabling or disabling one from a day on (decision 15)."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Permission
from core.catalogue import Pack
from core.errors import Invalid, NotFound
from core.packs.changes import disable_pack, enable_pack
from core.packs.contract import check_pack
from core.packs.preview import ChangeLine, Words, changes_when_disabled, changes_when_enabled
from core.packs.queries import enablings
from core.packs.standing import Standing, is_deciding_level, standing, standings
from core.regions import queries as regions
from core.web.access_gate import access
from core.web.fields import DateField
from core.web.form_builder import Form
from core.web.formats import day as in_words
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, language

add_to_navigation(
    blueprint,
    NavEntry(
        face="staff",
        endpoint="staff.packs",
        label=N_("省级包"),
        icon="box",
        order=920,
        group=N_("设置"),
        permissions=frozenset({Permission.PACK_MANAGE}),
    ),
)


class DayForm(Form):
    """From which day on."""

    day = DateField(N_("哪天开始"), required=True)

    @property
    def chosen(self) -> date:
        """The day that was read; only after `validate`."""
        return date.fromisoformat(str(self.day.data))


@blueprint.get("/settings/packs")
@access(Permission.PACK_MANAGE)
def packs() -> Response:
    """The installed packs that concern this region, and how each stands."""
    node = actor().node
    rows = standings(installation().catalogue, node, today(), enablings(session()))
    return page(
        "admin/packs.html",
        rows=[(row, len(_faults(row.pack))) for row in rows],
        pinned=bool(installation().catalogue.pinned),
        deciding=is_deciding_level(node),
    )


@blueprint.get("/settings/packs/<name>")
@access(Permission.PACK_MANAGE)
def pack(name: str) -> Response:
    """One pack: what it holds, its contract, what enabling or disabling it changes."""
    row = _standing(name)
    return page("admin/pack.html", row=row, faults=_faults(row.pack), may_change=_may_change(row))


@blueprint.route("/settings/packs/<name>/enable", methods=["GET", "POST"])
@access(Permission.PACK_MANAGE)
def pack_enable(name: str) -> Response:
    """First the day and what it changes, then the button that does it."""
    return _change(name, enabling=True)


@blueprint.route("/settings/packs/<name>/disable", methods=["GET", "POST"])
@access(Permission.PACK_MANAGE)
def pack_disable(name: str) -> Response:
    """The same for ending it: new cases only."""
    return _change(name, enabling=False)


def _change(name: str, *, enabling: bool) -> Response:
    row = _standing(name)
    if row.in_force == enabling or not _may_change(row):
        # nothing to do here: an old page, or someone was faster
        return redirect_to(url_for("staff.pack", name=name))
    form = DayForm() if request.method == "POST" else DayForm(data={"day": _asked_day().isoformat()})
    if request.method == "POST" and form.validate():
        try:
            _do(name, form.chosen, enabling=enabling)
        except Invalid as problem:
            problem.field = "day"
            form.mark(problem)
        else:
            flash(_done(row.pack, form.chosen, enabling=enabling), "success")
            return redirect_to(url_for("staff.packs"))
    day = _asked_day() if request.method == "GET" or form.errors else form.chosen
    tell = changes_when_enabled if enabling else changes_when_disabled
    lines = tell(installation().catalogue, name, actor().node, day, enablings(session()))
    return page(
        "admin/pack_change.html",
        row=row,
        form=form,
        enabling=enabling,
        day=day,
        groups=_grouped(lines),
        faults=_faults(row.pack) if enabling else [],
        region=regions.node(session(), actor().node).full_name,
    )


def _do(name: str, day: date, *, enabling: bool) -> None:
    do = enable_pack if enabling else disable_pack
    do(session(), actor(), installation().catalogue, name, actor().node, day, now=now())


def _done(changed: Pack, day: date, *, enabling: bool) -> str:
    text = N_("“{pack}”从{day}起启用。") if enabling else N_("“{pack}”从{day}起停用，办理中的不受影响。")
    return gettext(text, pack=gettext(changed.info.title), day=in_words(day, language()))


def _standing(name: str) -> Standing:
    row = standing(installation().catalogue, name, actor().node, today(), enablings(session()))
    if not row.pack.concerns(actor().node):
        raise NotFound(N_("这个包里没有这个地方的内容。"))
    return row


def _may_change(row: Standing) -> bool:
    fixed = row.pack.is_ground or bool(installation().catalogue.pinned)
    return not fixed and is_deciding_level(actor().node)


def _asked_day() -> date:
    """The day in the address or the form, else today; a day past stands for today in the preview."""
    try:
        return max(date.fromisoformat(request.values.get("day", "")), today())
    except ValueError:
        return today()


def _faults(checked: Pack) -> list[str]:
    return [
        gettext(fault.message, **fault.values)
        for fault in check_pack(checked, installation().catalogue, region_exists=_is_place)
    ]


def _is_place(code: str) -> bool:
    return code in regions.full_names(session(), [code])


def _grouped(lines: list[ChangeLine]) -> list[tuple[str, list[str]]]:
    ordered = sorted(lines, key=lambda line: [each.part for each in lines].index(line.part))
    return [
        (gettext(part), [_said(line.words) for line in rows])
        for part, rows in groupby(ordered, key=lambda line: line.part)
    ]


def _said(words: Words | str) -> str:
    """A sentence in the reader's language, translated from the inside out."""
    if isinstance(words, str):
        return gettext(words)
    return gettext(words.text, **{name: _said(value) for name, value in words.values.items()})
