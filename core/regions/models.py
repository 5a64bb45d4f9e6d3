"""The tree of places, what this site changed in it, each place's office, and counters kept per node."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Date, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import AwareDateTime, Base, EnumText, PrimaryId, RegionCode, new_id, some
from core.regions.codes import is_heading
from core.scopes import Visibility

# everyone reads places and offices; a staff session writes only those at or below its node
READ_BY_ALL = Visibility(region=True, reference=True)
# a count is read at or below one's node, but one application counts in every node above it too
COUNTED_UPWARDS = Visibility(region=True, counter=True)


class PlaceColumns:
    """The level columns without RegionScoped, whose row-level security would hide places and offices from residents."""

    province: Mapped[RegionCode]
    city: Mapped[RegionCode]
    county: Mapped[RegionCode]
    township: Mapped[RegionCode]
    village: Mapped[RegionCode] = mapped_column(default="")


class CodeSystem(StrEnum):
    """Who gave a node its code and name; a `site` row is never overwritten by a load."""

    STATISTICS = "statistics"
    CIVIL_AFFAIRS = "civil_affairs"
    SITE = "site"


class RegionChangeKind(StrEnum):
    """What a site did to a node."""

    RENAMED = "renamed"
    ADDED = "added"
    MERGED = "merged"


class Region(PlaceColumns, Base):
    """One place. `valid_from` and `valid_to` are its first and last day (None: not known, none set).

    `full_name` leaves out the nation and headings: 贵州省遵义市湄潭县永兴镇. `name_pinyin_initials` (townships and above)
    begin case numbers and are unique among the children of one parent: YX, the next one YX2.
    """

    __tablename__ = "regions"
    __table_args__ = (
        Index("ix_regions_parent_code", "parent_code", "code"),
        Index("ix_regions_province", "province", "level"),
        Index("ix_regions_city", "city", "level"),
        Index("ix_regions_county", "county", "level"),
        Index("ix_regions_township", "township", "level"),
        some("ix_regions_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    )
    __visible__ = READ_BY_ALL

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(240))
    name_pinyin_initials: Mapped[str] = mapped_column(String(12), default="")
    level: Mapped[int] = mapped_column(SmallInteger)
    parent_code: Mapped[str | None] = mapped_column(String(12))
    code_system: Mapped[CodeSystem] = mapped_column(EnumText(CodeSystem), default=CodeSystem.STATISTICS)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    merged_into: Mapped[str | None] = mapped_column(String(12))

    @property
    def is_heading(self) -> bool:
        """Whether this city-level node only heads a list (市辖区) and is skipped on screens."""
        return is_heading(self.code)

    def in_force(self, on: date) -> bool:
        """Whether the place exists on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or self.valid_to >= on
        )


class RegionChange(PlaceColumns, Base):
    """One dated change a site made, with the document that ordered it. `old_name` holds until the day before `since`."""

    __tablename__ = "region_changes"
    __table_args__ = (Index("ix_region_changes_region_code", "region_code", "since"),)
    __visible__ = READ_BY_ALL

    id: Mapped[PrimaryId] = mapped_column(default=new_id)
    region_code: Mapped[RegionCode]
    kind: Mapped[RegionChangeKind] = mapped_column(EnumText(RegionChangeKind))
    since: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(120))
    old_name: Mapped[str] = mapped_column(String(60), default="")
    merged_into: Mapped[str | None] = mapped_column(String(12))
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime] = mapped_column(AwareDateTime())


class RegionOffice(PlaceColumns, Base):
    """The counter a resident can go to or call: public data, printed on letters and notices."""

    __tablename__ = "region_offices"
    __visible__ = READ_BY_ALL

    region_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    office_name: Mapped[str] = mapped_column(String(80))
    window_name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200), default="")
    opening_hours: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime())


class RegionCounter(PlaceColumns, Base):
    """How many of something a node holds, kept as it changes, so that a page never counts rows."""

    __tablename__ = "region_counters"
    __visible__ = COUNTED_UPWARDS

    region_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
