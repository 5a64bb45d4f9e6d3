"""The procedure a page works with: the scheme, law and calendar in force where a case lies, under the packs enabled there."""

from __future__ import annotations

from datetime import date

from core.cases.models import Case
from core.cases.procedure import Procedure, procedure_for
from core.sessions import ScopedSession
from core.web.installation import installation
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
    home, at = installation(), day or today()
    rows = home.enablings(home.engine)
    view = home.catalogue.for_case(region_code, at, pack, rows)
    return procedure_for(
        database or session(),
        home.catalogue,
        view.book,
        scheme=scheme,
        region_code=region_code,
        day=at,
        pack=pack,
        enablings=rows,
    )
