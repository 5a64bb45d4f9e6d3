"""The case page: income sheet, conditions and comparison; its members; its letters; what was done on it."""

from __future__ import annotations

import uuid

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_file import CaseFile, file_of
from admin.case_frame import CaseFrame, case_frame, is_open
from admin.case_people import relation_words
from admin.case_sheet import (
    ComparedRow,
    ConditionRow,
    Sheet,
    compared_rows,
    condition_rows,
    reading_rows,
    sheet_of,
)
from core.access import Permission
from core.authorisations.coverage import STANDING_WORDS
from core.cases.comparison import compare
from core.cases.models import StepCode
from core.households.names import age_on
from core.verification.asking import coverage_of
from core.web.access_gate import access, may, safe_next
from core.web.page import page
from core.web.request import now, session, today
from core.web.texts import gettext


@blueprint.get("/cases/<uuid:case_id>")
@access(Permission.CASE_READ)
def case_page(case_id: uuid.UUID) -> Response:
    """The calculation: the income sheet first, for income is what decides (R3-02)."""
    frame = case_frame(case_id, "economy")
    only_differences = request.args.get("only") == "differences"
    file = file_of(frame.case, frame.steps, frame.procedure, frame.people)
    sheet, conditions, compared = _calculation(frame, file)
    return page(
        "admin/cases/economy.html",
        fragment="admin/cases/_compared.html",
        frame=frame,
        file=file,
        only_differences=only_differences,
        may_adopt=(may(Permission.CASE_ACCEPT) or may(Permission.OPINION_SIGN))
        and is_open(frame, StepCode.OPINION),
        sheet=sheet,
        conditions=conditions,
        compared=[row for row in compared if row.state != "same" or not only_differences],
        differing=sum(1 for row in compared if row.state != "same"),
        unexplained=sum(1 for row in compared if row.state == "open"),
    )


def _calculation(
    frame: CaseFrame, file: CaseFile
) -> tuple[Sheet | None, list[ConditionRow], list[ComparedRow]]:
    """The sheet, the conditions and the comparison; no sheet while a parameter is missing."""
    if frame.assessment is None:
        lines = compare(session(), frame.case.id)
        return None, [], compared_rows(lines, frame.people)
    return (
        sheet_of(frame.case, frame.assessment, frame.people, frame.procedure),
        condition_rows(frame.assessment, file, frame.people),
        compared_rows(frame.assessment.lines, frame.people),
    )


@blueprint.get("/cases/<uuid:case_id>/members")
@access(Permission.CASE_READ)
def case_members(case_id: uuid.UUID) -> Response:
    """Who lives together, who supports them from elsewhere, and who has signed."""
    frame = case_frame(case_id, "members")
    covered = coverage_of(session(), frame.case, frame.procedure, now=now())
    standing = {}
    for person in covered.persons:
        hindrance = person.hindrance
        words = gettext(STANDING_WORDS[hindrance]) if hindrance else gettext("已签")
        standing[person.member_id] = ("yes" if hindrance is None else "no", words)
    return page(
        "admin/cases/members.html",
        frame=frame,
        relations=relation_words(frame.case),
        ages={each.id: age_on(each.born, today()) for each in frame.people.everyone},
        standing=standing,
        correctable=_correctable(frame),
        # who puts something right for a resident's request goes back to it
        back=safe_next(request.args.get("next")) or url_for("staff.case_members", case_id=case_id),
    )


def _correctable(frame: CaseFrame) -> set[uuid.UUID]:
    """The people whose registered identity the reader may put right: those of a file that is kept here."""
    if frame.household_id is None or not may(Permission.CASE_ACCEPT):
        return set()
    return {each.person_id for each in frame.people.members if each.person_id is not None}


@blueprint.get("/cases/<uuid:case_id>/income-sheet")
@access(Permission.CASE_READ)
def income_sheet(case_id: uuid.UUID) -> Response:
    """The calculation alone, for paper."""
    frame = case_frame(case_id, "economy")
    file = file_of(frame.case, frame.steps, frame.procedure, frame.people)
    sheet, conditions, _compared = _calculation(frame, file)
    return page(
        "admin/cases/income_sheet.html",
        frame=frame,
        sheet=sheet,
        conditions=conditions,
        readings=reading_rows(frame.assessment) if frame.assessment else [],
        printed_on=today(),
        back=url_for("staff.case_page", case_id=case_id),
    )
