"""The procedure a case follows on a day: its scheme, the law in force, the calendar, the rules; limits as dates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.catalogue import Catalogue, Enabling, LimitCase, LimitUnit, RegionCatalogue, Scheme
from core.law import Law, LawBook, path_of
from core.rules import Rule, rule_for
from core.sessions import ScopedSession
from core.standards.calendars import calendar_in_force
from core.standards.queries import law_in_force
from core.workdays import CHINA, Calendar, Deadline


def beijing_day(moment: datetime) -> date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Procedure:
    """`scheme` says the steps and limits, `law` gives the numbers of days, `calendar` turns them into dates.

    `view` is what the enabled packs declare in the region; its rules compute and its reactions answer.
    """

    scheme: Scheme
    law: Law
    calendar: Calendar
    view: RegionCatalogue

    def deadline(
        self,
        code: str,
        start: date,
        when: LimitCase = LimitCase.ALWAYS,
        standing: Collection[date] = (),
    ) -> Deadline:
        """The last day of limit `code` counted from `start`, which itself does not count.

        On days in `standing` a clock of working days does not run; calendar days (a notice) go on.

        Raises Blocked when the law has no number of days in force, KeyError for a limit the scheme does not know.
        """
        limit = self.scheme.limit(code, when)
        days = self.law.days(limit.key)
        if limit.unit is LimitUnit.WORKING_DAYS:
            return self.calendar.add_working_days(start, days, standing)
        return self.calendar.calendar_days_deadline(start, days)

    def rule(self, variant: str) -> Rule:
        """The rule in force that decides the variant (whole household, one person alone). Raises Blocked without one."""
        return rule_for(
            self.view.rules, self.scheme.variant(variant).rule, self.law.date, path_of(self.view.region_code)
        )


def procedure_for(
    session: ScopedSession,
    catalogue: Catalogue,
    book: LawBook,
    *,
    scheme: str,
    region_code: str,
    day: date,
    pack: str = "",
    enablings: Iterable[Enabling] = (),
) -> Procedure:
    """The procedure of `scheme` in a region on a day: the law of the day of each act (decision 12).

    `pack`: the pack a case began with, kept even if disabled since (decision 15). Raises NotFound for a scheme not run there.
    """
    view = catalogue.for_case(region_code, day, pack, enablings)
    return Procedure(
        scheme=view.scheme(scheme),
        law=law_in_force(session, book, region_code, day),
        calendar=calendar_in_force(session),
        view=view,
    )
