"""Five questions that promise nothing and store nothing, and say which office decides (R2-27)."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from core.catalogue import RegionCatalogue, SelfCheck
from core.errors import NotFound
from core.regions import queries as regions
from core.translations import N_
from core.web.access_gate import PUBLIC, access
from core.web.form_builder import form_class
from core.web.page import page
from core.web.request import session
from portal.apply import SCHEME
from portal.blueprint import blueprint
from portal.home import place_law, place_view, summary_of
from portal.places import chosen_place


@blueprint.route("/check", methods=["GET", "POST"])
@access(PUBLIC)
def self_check() -> Response:
    """The questions, and below them what may be worth applying for. Answers are read and forgotten."""
    view = place_view()
    check = view.self_check
    if check is None:
        raise NotFound(N_("这里还没有自查问题。请打窗口电话问一问。"))
    form = form_class(check.form.sections[0])()
    hints = None
    if request.method == "POST" and form.validate():
        law = place_law(view)
        hints = [
            (view.guide(code), summary_of(view.guide(code), law), text)
            for code, text in _fitting(check, form.answers())
        ]
    place = chosen_place()
    return page(
        "portal/self_check.html",
        form=form,
        hints=hints,
        otherwise=check.otherwise,
        standard=_standard(view) if place else "",
        office=regions.office(session(), place) if place else None,
    )


def _standard(view: RegionCatalogue) -> str:
    """The line that one question asks about, where the place has entered it."""
    guide = next((each for each in view.guides if each.scheme == SCHEME), None)
    return summary_of(guide, place_law(view)) if guide else ""


def _fitting(check: SelfCheck, answers: dict[str, object]) -> list[tuple[str, str]]:
    """(guide, sentence) of every hint whose conditions all hold, each guide once."""
    found: dict[str, str] = {}
    for hint in check.hints:
        if all(answers.get(condition.question) in condition.values for condition in hint.when):
            found.setdefault(hint.guide, hint.text)
    return list(found.items())
