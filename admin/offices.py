"""Settings: where people can go or call, place by place: printed on notices and letters, shown at the foot of pages."""

from __future__ import annotations

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.places_to_choose import name_of_place, place_in_reach, places_below, way_to
from core.access import Permission
from core.errors import Invalid, NotFound
from core.regions import queries as regions
from core.regions.changes import set_office
from core.web.access_gate import access
from core.web.fields import TextField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

add_to_navigation(
    blueprint,
    NavEntry(
        face="staff",
        endpoint="staff.offices",
        label=N_("办公地点和电话"),
        icon="phone",
        order=905,
        group=N_("设置"),
        permissions=frozenset({Permission.OFFICE_EDIT}),
    ),
)


class OfficeForm(Form):
    """An office as residents read it."""

    office_name = TextField(N_("单位名称"), required=True, max_length=80)
    window_name = TextField(
        N_("窗口名称"), max_length=80, hint=N_("居民看到的名字，例如“永兴镇社会救助窗口”；不填就用单位名称")
    )
    phone = TextField(
        N_("办公电话"),
        required=True,
        max_length=40,
        hint=N_("固定电话，印在公示和书信上；不要填写个人手机号"),
        render_kw={"inputmode": "tel"},
    )
    address = TextField(N_("地址"), max_length=200)
    opening_hours = TextField(N_("办公时间"), max_length=200)


@blueprint.get("/settings/offices")
@access(Permission.OFFICE_EDIT)
def offices() -> Response:
    """The office of a place and of each one below it; who has none of her own is told whose stands in its stead."""
    place = place_in_reach(request.args.get("in", ""))
    below = places_below(place)
    here = [(place, regions.node(session(), place).name), *below]
    return page(
        "admin/offices.html",
        way=way_to(place),
        below=below,
        places=here,
        entered=regions.offices_of(session(), [code for code, _ in here]),
        instead=regions.office(session(), place),
    )


@blueprint.route("/settings/offices/<place>", methods=["GET", "POST"])
@access(Permission.OFFICE_EDIT)
def office(place: str) -> Response:
    """Enter or change the office of one place."""
    if place_in_reach(place) != place:
        raise NotFound(N_("没有找到这个地方。"))
    known = regions.offices_of(session(), [place]).get(place)
    form = OfficeForm() if request.method == "POST" or known is None else OfficeForm(data=vars(known))
    if form.validate_on_submit():
        try:
            set_office(session(), actor(), place, now=now(), **form.answers())
        except Invalid as problem:
            form.mark(problem)
        else:
            flash(gettext("已保存。以后的公示和书信用新的；已经张贴的不变。"), "success")
            return redirect_to(_list_with(place))
    return page("admin/office.html", form=form, place_name=name_of_place(place), back=_list_with(place))


def _list_with(code: str) -> str:
    """The address of the list that holds a place: of the one above it, or its own where it is the node at work."""
    place, _name = way_to(code)[-2:][0]
    return f"{url_for('staff.offices')}?in={place}"
