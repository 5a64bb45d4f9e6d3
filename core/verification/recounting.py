"""Counts anew until when the county is to begin checks that are still out, when the calendar has changed (57号 第十七条)."""

from __future__ import annotations

from core.cases.models import Case
from core.cases.procedure import Procedure, beijing_day
from core.cases.tasks import open_tasks
from core.sessions import ScopedSession
from core.verification import worklist
from core.verification.changes import CHECK_START, requests_of
from core.verification.sending import OPEN


def recount_checks(session: ScopedSession, case: Case, procedure: Procedure) -> bool:
    """Every request still out and the line of the worklist that waits for it; whether one got another date."""
    changed = False
    for row in requests_of(session, case.id):
        if row.state in OPEN:
            due = procedure.deadline(CHECK_START, beijing_day(row.requested_at))
            changed |= (row.due_on, row.due_provisional) != (due.date, due.provisional)
            row.due_on, row.due_provisional = due.date, due.provisional
    for task in open_tasks(session, case, worklist.RESULTS):
        due = procedure.deadline(CHECK_START, beijing_day(task.opened_at))
        task.due_on, task.due_provisional = due.date, due.provisional
    session.flush()
    return changed
