"""The residents' first page: what help exists in plain words, where to ask, and what to do today in need (R2-27)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from core.access import NATION
from core.catalogue import Guide, RegionCatalogue
from core.catalogue.local_words import guide_summary
from core.law import Law
from core.regions import queries as regions
from core.standards.queries import law_in_force
from core.translations import N_
from core.web.access_gate import PUBLIC, access
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import session, today
from core.web.texts import gettext
from portal.blueprint import blueprint
from portal.places import chosen_place

add_to_navigation(
    blueprint,
    NavEntry(face="portal", endpoint="portal.my_cases", label=N_("查进度"), icon="list-check", order=20),
    NavEntry(face="portal", endpoint="portal.notices", label=N_("看公示"), icon="megaphone", order=30),
    NavEntry(face="portal", endpoint="portal.help_someone", label=N_("帮别人求助"), icon="people", order=40),
)


def place_view() -> RegionCatalogue:
    """What the enabled packs declare at the chosen place, or for the nation."""
    home = installation()
    return home.catalogue.for_region(chosen_place() or NATION, today(), home.enablings(home.engine))


def place_law(view: RegionCatalogue) -> Law:
    """The law of today at the chosen place."""
    return law_in_force(session(), view.book, view.region_code, today())


def summary_of(guide: Guide, law: Law) -> str:
    """Who a help is for, with the amounts in force there when they were entered."""
    text, values = guide_summary(guide, law)
    return gettext(text).format(**values)


@blueprint.get("/")
@access(PUBLIC)
def home() -> Response:
    """The first page."""
    view = place_view()
    law = place_law(view)
    code = chosen_place()
    return page(
        "portal/home.html",
        helps=[(guide, summary_of(guide, law)) for guide in view.guides],
        place=regions.node(session(), code) if code else None,
        office=regions.office(session(), code) if code else None,
    )


@blueprint.get("/help/<code>")
@access(PUBLIC)
def guide(code: str) -> Response:
    """One kind of help, step by step, with its source and where to go."""
    view = place_view()
    found = view.guide(code)
    place = chosen_place()
    return page(
        "portal/guide.html",
        guide=found,
        summary=summary_of(found, place_law(view)),
        office=regions.office(session(), place) if place else None,
    )


@blueprint.get("/help-someone")
@access(PUBLIC)
def help_someone() -> Response:
    """Whom to tell of someone in need: the window's phone, the village, and what may be said without a name."""
    place = chosen_place()
    return page("portal/help_someone.html", office=regions.office(session(), place) if place else None)


@blueprint.get("/privacy")
@access(PUBLIC)
def privacy() -> Response:
    """How personal information is used: the headings of PIPL articles 17 and 30, in plain words."""
    return page("portal/privacy.html")


@blueprint.get("/complaints")
@access(PUBLIC)
def complaints() -> Response:
    """Where to complain, and the rights of review."""
    place = chosen_place()
    return page("portal/complaints.html", office=regions.office(session(), place) if place else None)


@blueprint.get("/accessibility")
@access(PUBLIC)
def accessibility() -> Response:
    """What the pages offer to those who see, hear or move with difficulty."""
    return page("portal/accessibility.html")
