"""The job behind a newly announced calendar: every case with an open date in its year is counted anew."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from core.cases.recounting import cases_to_recount, hold_case, recount_case
from core.errors import Problem
from core.jobs import Run, Tally, Work, job
from core.jobs_values import Small, row_id
from core.sessions import update_rows
from core.standards.models import ConfirmedCalendar
from core.web.installation import Installation
from core.web.procedures import procedure_beside

RECOUNT = "calendar.recount"
CHUNK = 50


def declare_recounting(home: Installation) -> None:
    """Declare the job for this installation; the row it works for is the entry of the calendar."""

    def recount_some(work: Work, after: Small, last: Small) -> Tally:
        return recount_between(home, work, after, last)

    @job(RECOUNT)
    def recount(run: Run) -> None:
        """So many cases a step, in the order of their ids."""
        run.expect(run.count(how_many))
        after: Small = None
        while last := run.step(end_of_chunk, after):
            run.step(recount_some, after, last)
            after = last


def how_many(work: Work) -> int:
    """How many cases there are to look at."""
    return len(cases_to_recount(work.session, _entry(work)[0]))


def end_of_chunk(work: Work, after: Small) -> Small:
    """The id of the last case of the next chunk, or None at the end."""
    ids = cases_to_recount(work.session, _entry(work)[0], after=row_id(after), limit=CHUNK)
    return str(ids[-1]) if ids else None


def recount_between(home: Installation, work: Work, after: Small, last: Small) -> Tally:
    """Count the cases of one chunk anew; one that cannot be counted (a parameter is missing) stays as it was."""
    first_day, document = _entry(work)
    ids = cases_to_recount(work.session, first_day, after=row_id(after), up_to=row_id(last))
    moved = failed = 0
    for case_id in ids:
        try:
            with work.session.begin_nested():
                moved += _recount(home, work, case_id, document)
        except Problem:
            failed += 1
    entry = ConfirmedCalendar
    update_rows(work.session, entry, {"moved": entry.moved + moved}, entry.id == work.row_id)
    return Tally(done=len(ids), rejected=failed)


def _recount(home: Installation, work: Work, case_id: uuid.UUID, document: str) -> bool:
    case = hold_case(work.session, case_id)
    procedure = procedure_beside(home, work.session, case, work.now)
    return recount_case(work.session, case, procedure, document=document, now=work.now)


def _entry(work: Work) -> tuple[date, str]:
    """The first day of the year that was announced, and the document."""
    year, document = work.session.execute(
        select(ConfirmedCalendar.year, ConfirmedCalendar.document).where(ConfirmedCalendar.id == work.row_id)
    ).one()
    return date(year, 1, 1), document
