"""A case: one application on its way through the procedure, its steps, pauses, tasks, opinions and confirmations."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Fen, Id, Instant, JsonColumn, PrimaryId, RegionCode, some
from core.encryption import EncryptedText
from core.households.models import Area
from core.scopes import RegionScoped, Visibility

BY_CASE = Visibility(region=True, own="owner_account_id", assigned_case="case_id")


class Channel(StrEnum):
    """How the application came (R2-07)."""

    ONLINE = "online"
    WINDOW = "window"
    PROXY = "proxy"


class CaseState(StrEnum):
    """Where the case stands, for lists; the steps say it exactly."""

    SUBMITTED = "submitted"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    SURVEY = "survey"
    OPINION = "opinion"
    NOTICE = "notice"
    CONFIRMATION = "confirmation"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset(
    {
        CaseState.SUBMITTED,
        CaseState.AWAITING_SUPPLEMENT,
        CaseState.SURVEY,
        CaseState.OPINION,
        CaseState.NOTICE,
        CaseState.CONFIRMATION,
    }
)


class StepCode(StrEnum):
    """The steps of the procedure (民发〔2021〕57号 第十至二十四条)."""

    APPLICATION = "application"
    ACCEPTANCE = "acceptance"
    SURVEY_START = "survey_start"
    VERIFICATION = "verification"
    VISIT = "visit"
    OPINION = "opinion"
    NOTICE = "notice"
    CONFIRMATION = "confirmation"
    PUBLICATION = "publication"


class StepState(StrEnum):
    """A step waits for others, is open, is done, or does not apply to this case."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"


class Authority(StrEnum):
    """Who confirms: the county, or the township where the power is delegated (57号 第二条)."""

    COUNTY = "county"
    TOWNSHIP = "township"


# the variant of a scheme that covers the whole family; packs declare others (R1-12, R2-19, R3-07)
WHOLE_HOUSEHOLD = "household"


class Case(RegionScoped, Base):
    """One application. `owner_account_id` is the resident account that made it, none for a walk-in."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_township_state", "township", "state", "id"),
        Index("ix_cases_county_state", "county", "state", "id"),
        # a city without counties has the work of a county
        Index("ix_cases_city_state", "city", "state", "id"),
        Index("ix_cases_village_state", "village", "state", "id"),
        UniqueConstraint("township", "number"),
    )
    __visible__ = Visibility(region=True, own="owner_account_id", assigned_case="id")

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(24))
    scheme: Mapped[str] = mapped_column(String(40))
    variant: Mapped[str] = mapped_column(String(40), default=WHOLE_HOUSEHOLD)
    area: Mapped[Area] = mapped_column(EnumText(Area))
    pack: Mapped[str] = mapped_column(String(40))
    form_name: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(20))
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    origin: Mapped[str] = mapped_column(String(40), default="application")
    state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    authority: Mapped[Authority] = mapped_column(EnumText(Authority), default=Authority.COUNTY)
    region_code: Mapped[RegionCode]
    owner_account_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    intake_account_id: Mapped[uuid.UUID | None]
    proxy_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    applicant_masked: Mapped[str] = mapped_column(String(60))
    household_size: Mapped[int] = mapped_column(SmallInteger)
    household_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    related_party: Mapped[bool] = mapped_column(default=False)
    complaint: Mapped[bool] = mapped_column(default=False)
    hard_survey: Mapped[bool] = mapped_column(default=False)
    county_visited_at: Mapped[Instant | None]
    submitted_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]
    due_on: Mapped[date | None] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[Instant | None]
    monthly_fen: Mapped[Fen | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default=dict)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default=list)
    answers_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CaseStep(RegionScoped, Base):
    """One step of one case, with its legal limit; only `cases.changes.complete_step` moves it."""

    __tablename__ = "case_steps"
    __table_args__ = (UniqueConstraint("case_id", "code", "round"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    code: Mapped[StepCode] = mapped_column(EnumText(StepCode))
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    position: Mapped[int] = mapped_column(SmallInteger)
    authority: Mapped[str] = mapped_column(String(20))
    state: Mapped[StepState] = mapped_column(EnumText(StepState))
    opened_at: Mapped[Instant | None]
    due_on: Mapped[date | None] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[Instant | None]
    done_by: Mapped[uuid.UUID | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default=dict)


class Pause(RegionScoped, Base):
    """Days on which the clock of an accepted case stands, from a listed reason (decision 11).

    `counted_on`: the day up to which a running pause stands in the case's deadlines.
    """

    __tablename__ = "case_pauses"
    __table_args__ = (some("uq_case_pauses_running", "case_id", where="to_day IS NULL", unique=True),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
    counted_on: Mapped[date] = mapped_column(Date)
    by: Mapped[uuid.UUID | None]


class TaskState(StrEnum):
    """A task is open until done or no longer needed."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(RegionScoped, Base):
    """One thing due from an office: the worklist is this table (decision 9). `permission` says whose it is."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_township_open", "township", "state", "due_on", "id"),
        Index("ix_tasks_county_open", "county", "state", "due_on", "id"),
        Index("ix_tasks_city_open", "city", "state", "due_on", "id"),
        Index("ix_tasks_province_open", "province", "state", "due_on", "id"),
        Index("ix_tasks_village_open", "village", "state", "due_on", "id"),
        Index("ix_tasks_done_by", "done_by", "done_at"),
    )
    # the applicant's own acts (submitting, answering the one letter) open and close tasks of her case
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    permission: Mapped[str] = mapped_column(String(40))
    assigned_to: Mapped[uuid.UUID | None]
    label: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[TaskState] = mapped_column(EnumText(TaskState), default=TaskState.OPEN)
    opened_at: Mapped[Instant]
    due_on: Mapped[date] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[Instant | None]
    done_by: Mapped[uuid.UUID | None]


class Opinion(RegionScoped, Base):
    """The township's opinion (初审意见): for or against, how much a month, why, and every value it read."""

    __tablename__ = "opinions"
    __table_args__ = (UniqueConstraint("case_id", "round"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    owner_account_id: Mapped[uuid.UUID | None]
    round: Mapped[int] = mapped_column(SmallInteger)
    eligible: Mapped[bool]
    variant: Mapped[str] = mapped_column(String(40))
    monthly_fen: Mapped[Fen]
    reason: Mapped[str] = mapped_column(Text)
    rule_name: Mapped[str] = mapped_column(String(80))
    rule_version: Mapped[str] = mapped_column(String(40))
    law_day: Mapped[date] = mapped_column(Date)
    computation: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    signed_by: Mapped[Id]
    signed_at: Mapped[Instant]
    superseded_at: Mapped[Instant | None]


class Outcome(StrEnum):
    """What the confirming authority decided."""

    GRANTED = "granted"
    REFUSED = "refused"


class Confirmation(RegionScoped, Base):
    """The decision (审核确认) of the county, or of the township where delegated; never by who signed the opinion."""

    __tablename__ = "confirmations"
    __table_args__ = (UniqueConstraint("case_id"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    owner_account_id: Mapped[uuid.UUID | None]
    opinion_id: Mapped[Id]
    outcome: Mapped[Outcome] = mapped_column(EnumText(Outcome))
    monthly_fen: Mapped[Fen]
    starts_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    law_day: Mapped[date] = mapped_column(Date)
    computation: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    signed_by: Mapped[Id]
    signed_at: Mapped[Instant]


class CaseSeries(Base):
    """The last number given in a township and year; `prefix`: what all of them begin with, whatever a place is called later."""

    __tablename__ = "case_series"
    __visible__ = Visibility(counter=True)

    township: Mapped[RegionCode] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last: Mapped[int]
    prefix: Mapped[str] = mapped_column(String(40), default="")


class DataRequest(RegionScoped, Base):
    """A resident's request to put her data right, and the office's answer (PIPL art. 46, 50)."""

    __tablename__ = "data_requests"
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    text_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    answer_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    asked_at: Mapped[Instant]
    due_on: Mapped[date] = mapped_column(Date)
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[uuid.UUID | None]
