"""The demo's places and their offices: phones that cannot exist, made-up standards with a made-up document number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from core.access import job_actor
from core.catalogue import Catalogue
from core.law import Area, LawBook, Standard, Unit
from core.packs.changes import enable_pack
from core.regions.changes import set_office
from core.regions.queries import children, node
from core.sessions import ScopedSession
from core.standards.changes import enter_standard

ACTOR = job_actor("demo")
DOCUMENT = "演示文件〔2026〕1号（编造）"
BEGINNING = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A county with one town at work: codes, area phone, monthly standards in yuan, the pack that speaks for it."""

    county: str
    township: str
    pack: str
    id_prefix: str
    area_code: str
    rural_yuan: int
    urban_yuan: int
    delegated_township: str = ""


DEMO_PLACES = (
    DemoPlace("520328000000", "520328101000", "guizhou", "5203", "0055", 450, 720, "520328102000"),
    DemoPlace("441823000000", "441823105000", "guangdong", "4418", "0055", 700, 900),
)


def make_offices(session: ScopedSession, catalogue: Catalogue, now: datetime) -> None:
    """Office phones of the counties and all their towns, standards, and the provinces' packs enabled."""
    book = LawBook.load(catalogue.parameter_folders())
    for place in DEMO_PLACES:
        for number, code in enumerate(
            [place.county, *(each.code for each in children(session, place.county))]
        ):
            _office(session, place, code, number, now)
        for standard in _standards(place):
            enter_standard(session, ACTOR, book, standard, now=now)
        province = place.county[:2].ljust(12, "0")
        enable_pack(session, ACTOR, catalogue, place.pack, province, BEGINNING, now=now)


def _office(session: ScopedSession, place: DemoPlace, code: str, number: int, now: datetime) -> None:
    name = node(session, code).name
    county = code == place.county
    set_office(
        session,
        ACTOR,
        code,
        office_name=f"{name}民政局" if county else f"{name}人民政府",
        window_name=f"{name}社会救助{'中心' if county else '窗口'}",
        phone=f"{place.area_code}-8800{number:04d}",
        address=f"{name}政府一楼2号窗口（演示）",
        opening_hours="星期一至星期五 8:30—12:00、14:30—17:30",
        now=now,
    )


def _standards(place: DemoPlace) -> Iterator[Standard]:
    base = Standard("", place.county, 0, Unit.COUNT, BEGINNING, DOCUMENT)
    monthly = {Area.RURAL: place.rural_yuan, Area.URBAN: place.urban_yuan}
    for area, yuan in monthly.items():
        yield replace(base, key="dibao.standard", value=yuan * 100, unit=Unit.FEN_PER_MONTH, area=area)
        yield replace(base, key="dibao.average_subsidy", value=yuan * 60, unit=Unit.FEN_PER_MONTH, area=area)
    rates = {"severe_disability": 30, "serious_illness": 30, "elderly": 20, "minor": 10, "student": 10}
    for group, rate in rates.items():
        yield replace(base, key=f"supplement.rate.{group}", value=Fraction(rate, 100), unit=Unit.RATIO)
    yield replace(base, key="assets.financial_months", value=24, unit=Unit.MONTHS)
    for key, most in (("assets.dwellings", 1), ("assets.other_property", 0), ("assets.vehicles", 0)):
        yield replace(base, key=key, value=most)
    for key, days in (("limit.acceptance", 5), ("limit.deficiency_answer", 10)):
        yield replace(base, key=key, value=days, unit=Unit.WORKING_DAYS)
    for code, delegated in ((place.county, 0), (place.delegated_township, 1)):
        if code:
            yield replace(base, key="confirm.delegated", region_code=code, value=delegated, unit=Unit.YES_NO)
