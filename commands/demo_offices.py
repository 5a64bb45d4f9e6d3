"""The demo's offices: phones that cannot exist, made-up standards with a made-up document number, staff of every role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from commands.accounts_card import FirstAccount
from core.access import Role, job_actor
from core.accounts.changes import create_staff
from core.accounts.models import StaffAccount
from core.accounts.person_links import open_account
from core.accounts.role_changes import grant_role
from core.catalogue import Catalogue
from core.law import Area, LawBook, Standard, Unit
from core.packs.changes import enable_pack
from core.regions.changes import set_office
from core.regions.queries import children, node
from core.sessions import ScopedSession, found
from core.standards.changes import enter_standard
from core.translations import N_

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
    short: str
    delegated_township: str = ""
    delegated_short: str = ""


DEMO_PLACES = (
    DemoPlace(
        "520328000000", "520328101000", "guizhou", "5203", "0055", 450, 720, "mt", "520328102000", "fx"
    ),
    DemoPlace("441823000000", "441823105000", "guangdong", "4418", "0055", 700, 900, "ys"),
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


# what a newcomer needs to walk the whole journey, and one of each administrator
TOWNSHIP_STAFF: tuple[tuple[str, str, Role], ...] = (
    (N_("受理员"), "shouli", Role.TOWNSHIP_CLERK),
    (N_("入户调查员"), "ruhu", Role.TOWNSHIP_CLERK),
    (N_("初审签字人"), "chushen", Role.TOWNSHIP_REVIEWER),
)
DELEGATED = (N_("镇审核确认人（权限下放）"), "queren", Role.TOWNSHIP_CONFIRMER)
COUNTY_STAFF = (
    (N_("县核对员"), "hedui", Role.COUNTY_OFFICER),
    (N_("县审核确认人"), "queren", Role.COUNTY_CONFIRMER),
)
ASSISTANT = (N_("村级救助协理员"), "xieli", Role.VILLAGE_ASSISTANT)
CITY_STAFF = ((N_("市业务督导"), "dudao-zy", Role.CITY_SUPERVISOR),)
PROVINCE_STAFF = (
    (N_("省系统管理员"), "xitong-gz", Role.SYSTEM_ADMINISTRATOR),
    (N_("省安全管理员"), "anquan-gz", Role.SECURITY_ADMINISTRATOR),
    (N_("省审计管理员"), "shenji-gz", Role.AUDIT_ADMINISTRATOR),
    (N_("省业务督导"), "dudao-gz", Role.PROVINCE_SUPERVISOR),
)
# the first has nothing yet and applies; the second's application has come to its letter
NEWCOMER, APPLICANT = "19900000001", "19900000002"
NAMES = ("石梅", "韦强", "龙海", "覃芳", "罗平", "田英", "潘杰", "何芸", "陈国", "邓明", "黄琴", "谢刚")


def make_staff(session: ScopedSession, now: datetime) -> list[FirstAccount]:
    """Accounts of every role in the demo places; each password is random and told once."""
    made: list[FirstAccount] = []
    names = iter(NAMES * 3)

    def hire(code: str, staff: Sequence[tuple[str, str, Role]], short: str = "") -> None:
        for title, stem, role in staff:
            made.append(_account(session, f"{stem}{short}", next(names), title, role, code, now))

    for place in DEMO_PLACES:
        hire(place.township, TOWNSHIP_STAFF, f"-{place.short}")
        hire(place.county, COUNTY_STAFF, f"-{place.short}")
        if place.delegated_township:
            hire(place.delegated_township, (*TOWNSHIP_STAFF, DELEGATED), f"-{place.delegated_short}")
    first = DEMO_PLACES[0]
    hire(children(session, first.township)[0].code, (ASSISTANT,), f"-{first.short}")
    hire(first.county[:4].ljust(12, "0"), CITY_STAFF)
    hire(first.county[:2].ljust(12, "0"), PROVINCE_STAFF)
    return made


def make_residents(session: ScopedSession, now: datetime) -> list[FirstAccount]:
    """Two residents, told by their phones; codes come to the page that shows what would have been sent."""
    for phone in (NEWCOMER, APPLICANT):
        open_account(session, phone, now=now)
    return [
        FirstAccount(N_("居民 · 来申请的（用手机号登录，验证码在 /outbox）"), NEWCOMER, ""),
        FirstAccount(N_("居民 · 已办完的（查进度、看信）"), APPLICANT, ""),
    ]


def _account(
    session: ScopedSession, username: str, name: str, title: str, role: Role, code: str, now: datetime
) -> FirstAccount:
    made = create_staff(session, ACTOR, username=username, full_name=name, office=code, now=now)
    grant_role(session, ACTOR, made.account_id, role, code, now=now)
    # the password was made a moment ago for this reader alone: a demo need not ask for another
    account: StaffAccount = found(session.get(StaffAccount, made.account_id))
    account.must_change_password = False
    session.flush()
    return FirstAccount(f"{node(session, code).name} · {title}", username, made.password)
