"""The county's desk for checks: what waits, the sheet that goes out to the bodies, and the files that come back."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Permission
from core.cases.models import Case
from core.cases.procedure import Procedure
from core.errors import Blocked, Problem
from core.translations import N_
from core.verification.exchange_files import write_report, write_sheet
from core.verification.importing import REJECTED, import_results
from core.verification.models import RequestState, VerificationRequest
from core.verification.queries import import_of, imports, limit_of, waiting_requests
from core.verification.sending import send_checks
from core.web.access_gate import access, may
from core.web.file_fields import DocumentField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import file_response, page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, today
from core.web.texts import gettext, message_text

RECORD = Permission.VERIFICATION_RECORD
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SENT = 2000
add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.verification_desk",
        N_("信息核对"),
        "sync",
        order=130,
        group=N_("办理"),
        permissions=frozenset({RECORD}),
    ),
)


class ImportForm(Form):
    """A filled sheet."""

    file = DocumentField(
        N_("填好的核对表"), required=True, render_kw={"accept": ".xlsx,.xls,.csv"}, hint=N_("Excel 或 CSV")
    )


@blueprint.get("/verification")
@access(RECORD)
def verification_desk() -> Response:
    """What waits for an answer, the most urgent first, and the last files received."""
    return _desk(ImportForm(formdata=None))


def _desk(form: ImportForm) -> Response:
    rows = waiting_requests(session())
    by_case: dict[uuid.UUID, list[int]] = {}
    first: dict[uuid.UUID, VerificationRequest] = {}
    for row in rows:
        counts = by_case.setdefault(row.case_id, [0, 0])
        counts[row.state is RequestState.SENT] += 1
        first.setdefault(row.case_id, row)
    return page(
        "admin/verification/desk.html",
        form=form,
        cases=[
            (first[case_id], *limit_of(session(), first[case_id]), queued, sent)
            for case_id, (queued, sent) in by_case.items()
        ],
        queued=sum(row.state is RequestState.QUEUED for row in rows),
        waiting=len(rows),
        imports=imports(session()),
        today=today(),
        with_case=may(Permission.AUTHORISATION_READ),
    )


@blueprint.post("/verification/sheet")
@access(RECORD)
def verification_sheet() -> Response:
    """The sheet to ask the bodies with: full names and numbers, so every line is audited for its person."""
    outgoing = send_checks(session(), actor(), waiting_requests(session(), MOST_SENT), now=now())
    if not outgoing:
        raise Blocked(N_("现在没有要发出的核对。"))
    name = gettext("核对表{day}.xlsx", day=today().isoformat())
    return file_response(write_sheet(outgoing), name, XLSX)


@blueprint.post("/verification/import")
@access(RECORD)
def verification_import() -> Response:
    """Take in a filled sheet: every line accepted or rejected with its reason."""
    form = ImportForm()
    if form.validate():
        upload = form.file.uploads[0]
        try:
            report = import_results(
                session(), actor(), upload.read(), upload.filename or "", _procedure, now=now()
            )
        except Problem as problem:
            session().rollback()
            form.mark(problem)
        else:
            flash(
                gettext(
                    "收到了：登记 {n} 行，没有登记 {bad} 行。",
                    n=report.record.accepted,
                    bad=len(report.record.rejections),
                ),
                "success" if not report.record.rejections else "warning",
            )
            return redirect_to(url_for("staff.verification_imported", import_id=report.record.id))
    return _desk(form)


def _procedure(case: Case) -> Procedure:
    return procedure_of(case)


@blueprint.get("/verification/imports/<uuid:import_id>")
@access(RECORD)
def verification_imported(import_id: uuid.UUID) -> Response:
    """What became of one file."""
    row = import_of(session(), import_id)
    return page("admin/verification/imported.html", row=row, rejections=_told(row.rejections))


@blueprint.get("/verification/imports/<uuid:import_id>/report.csv")
@access(RECORD)
def verification_report(import_id: uuid.UUID) -> Response:
    """The rejected lines with their reasons, to be mended and sent again."""
    row = import_of(session(), import_id)
    lines = [(line, gettext(REJECTED), reason) for line, reason in _told(row.rejections)]
    return file_response(write_report(lines), gettext("没有登记的行.csv"), "text/csv; charset=utf-8")


def _told(rejections: list[dict[str, object]]) -> list[tuple[int, str]]:
    return [
        (int(str(each["line"])), message_text(str(each["message"]), each["values"])) for each in rejections
    ]
