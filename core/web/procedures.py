"""The procedure a page works with: the scheme, law and calendar in force where a case lies, under the packs enabled there."""

from __future__ import annotations

from datetime import date, datetime

from core.cases.models import Case
from core.cases.procedure import Procedure, beijing_day, procedure_for
from core.sessions import ScopedSession
from core.web.installation import Installation, installation
from core.web.request import session, today


def procedure_of(case: Case, day: date | None = None, *, database: ScopedSession | None = None) -> Procedure:
    """The procedure of `case` on `day` (today: the law of the day of each act, decision 12), kept to its own pack.

    `database`: the session to read with, else the request's own.
    """
    return procedure_in(case.scheme, case.region_code, day, pack=case.pack, database=database)


def procedure_in(
    scheme: str,
    region_code: str,
    day: date | None = None,
    *,
    pack: str = "",
    database: ScopedSession | None = None,
) -> Procedure:
    """The procedure of `scheme` in a region (12-digit code). Raises NotFound for a scheme that is not run there."""
    return _procedure(installation(), database or session(), scheme, region_code, day or today(), pack)


def procedure_beside(home: Installation, database: ScopedSession, case: Case, now: datetime) -> Procedure:
    """As `procedure_of`, for work that no request asked for: the watch and jobs."""
    return _procedure(home, database, case.scheme, case.region_code, beijing_day(now), case.pack)


def _procedure(
    home: Installation, database: ScopedSession, scheme: str, region_code: str, day: date, pack: str
) -> Procedure:
    rows = home.enablings(home.engine)
    view = home.catalogue.for_case(region_code, day, pack, rows)
    return procedure_for(
        database,
        home.catalogue,
        view.book,
        scheme=scheme,
        region_code=region_code,
        day=day,
        pack=pack,
        enablings=rows,
    )
