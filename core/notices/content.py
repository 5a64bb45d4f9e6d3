"""The content of a notice: built field by field from the whitelist of its kind, then scanned for what must not be there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.cases import people
from core.cases.models import Case
from core.cases.procedure import Procedure
from core.catalogue import ChildNameRule, NoticeField, NoticeKind
from core.errors import Blocked
from core.households.names import age_on
from core.leak_scan import Leak, scan_text
from core.regions import queries as regions
from core.sessions import ScopedSession
from core.translations import N_

ADULT_AGE = "adult.age"  # the law's (Civil Code art. 17); a child's name is never listed in full (domain 2.8)
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "长孙",
        "宇文",
        "司徒",
        "夏侯",
        "端木",
        "百里",
        "呼延",
        "南宫",
        "钟离",
        "独孤",
    ]
)


def listed_name(full_name: str, age: int, rule: ChildNameRule, adult_age: int) -> str:
    """The applicant's name as its notice lists it: in full, or a child's (ages in years) as surname and 某, or not at all."""
    if age >= adult_age:
        return full_name
    if rule is ChildNameRule.NO_NAME:
        return ""
    surname = full_name[:2] if full_name[:2] in COMPOUND_SURNAMES else full_name[:1]
    return f"{surname}某"


def public_values(
    session: ScopedSession, case: Case, kind: NoticeKind, procedure: Procedure, monthly_fen: int
) -> dict[str, Any]:
    """The columns of the public row; a field that the kind does not list stays empty, whatever the case holds."""
    applicant = people.applicant(session, case.id)
    place = people.place_fields(session, case.region_code)
    office = regions.office(session, case.region_code)
    known: dict[NoticeField, tuple[str, Any]] = {
        NoticeField.APPLICANT_NAME: (
            "listed_name",
            listed_name(
                people.full_name(session, applicant),
                age_on(applicant.born, procedure.law.date),
                kind.child_name_rule,
                procedure.law.number(ADULT_AGE),
            ),
        ),
        NoticeField.VILLAGE: ("village_name", place["village_name"] or place["township_name"]),
        NoticeField.VILLAGE_GROUP: ("village_group", str(case.answers.get("village_group") or "")),
        NoticeField.HOUSEHOLD_SIZE: ("household_size", case.household_size),
        NoticeField.KIND: ("public_kind", procedure.scheme.public_kind),
        NoticeField.MONTHLY_AMOUNT: ("monthly_fen", monthly_fen),
        NoticeField.OFFICE_PHONE: ("office_phone", office.phone if office else ""),
    }
    empty = {
        "listed_name": "",
        "village_name": "",
        "village_group": "",
        "household_size": 0,
        "public_kind": "",
    }
    shown = {column: value for field, (column, value) in known.items() if field in kind.fields}
    return empty | {"monthly_fen": 0, "office_phone": "", "title": kind.title} | shown


def raw_values(session: ScopedSession, case: Case) -> frozenset[str]:
    """Every raw value of every person of the case: numbers, phones, names; only the listed name may be shown."""
    values: set[str] = set()
    for member in people.members(session, case.id):
        values |= _strings(people.declared(session, member).values())
        values |= _strings(people.secrets(session, member).values())
    values |= _strings(people.sensitive_answers(session, case).values())
    return frozenset(values)


def _strings(values: Iterable[Any]) -> set[str]:
    return {value for value in values if isinstance(value, str) and len(value) > 1}


def leaks_in(text: str, values: dict[str, Any], forbidden: frozenset[str]) -> list[Leak]:
    """What must not stand in `text`; the whitelisted name and the office phone of the settings may."""
    allowed = {str(values["listed_name"]), str(values["office_phone"])} - {""}
    return scan_text(text, allow=allowed, forbidden=forbidden - allowed)


def require_clean(values: dict[str, Any], forbidden: frozenset[str]) -> None:
    """Raise Blocked, naming the field but not the value, when a field holds personal data."""
    for column in ("listed_name", "village_name", "village_group", "public_kind", "title", "office_phone"):
        if leaks_in(str(values[column]), values, forbidden):
            raise Blocked(
                N_("公示内容的“{field}”里有不该公开的个人信息，已拦下。请改正后再张贴。"),
                field=FIELD_NAMES[column],
            )


FIELD_NAMES = {
    "listed_name": N_("申请人"),
    "village_name": N_("村（社区）"),
    "village_group": N_("村民组"),
    "public_kind": N_("救助种类"),
    "title": N_("标题"),
    "office_phone": N_("单位电话"),
}
