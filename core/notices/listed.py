"""The name on a public list, put right when the applicant's was registered wrongly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core import audit
from core.cases.models import Case
from core.cases.procedure import Procedure
from core.notices.changes import FIRST, LONG_TERM, public_row_of, standing_notice
from core.notices.content import public_values, raw_values, require_clean
from core.sessions import ScopedSession
from core.translations import N_

audit.name_act("notice.correct", N_("公示的姓名随档案更正"))


def correct_listed_name(
    session: ScopedSession, case: Case, procedure: Callable[[], Procedure], *, now: datetime
) -> None:
    """What hangs of a case names the applicant as she is known today; the rest of the row, and its days, stay.

    It is fetched and scanned as a visitor sees it once more. Needs a System session.
    """
    for code in (FIRST, LONG_TERM):
        notice = standing_notice(session, case, code)
        if notice is None:
            continue
        row, law = public_row_of(session, notice), procedure()
        values = public_values(session, case, law.scheme.notice(code), law, row.monthly_fen)
        require_clean(values, raw_values(session, case))
        row.listed_name, notice.checked_at = values["listed_name"], None
        session.flush()
        audit.record(session, "notice.correct", notice, now=now, case_id=case.id)
