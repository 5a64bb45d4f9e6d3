"""Files of answers: the sheet that goes out comes back filled in; each line is accepted or rejected with its reason."""

from __future__ import annotations

import io

import pytest
import python_calamine
import xlsxwriter

from core.access import Role
from core.cases.models import StepCode, StepState
from core.cases.steps import step_of
from core.errors import Invalid, NotAllowed
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    FAMILY,
    accept,
    sign_at_window,
    submit_and_ask,
    wizard_signature,
)
from core.testing.town import staff
from core.verification.changes import request_checks, requests_of
from core.verification.exchange_files import COLUMNS, read_sheet, write_report, write_sheet
from core.verification.importing import ACCEPTED, DISCARDED, REJECTED, import_results
from core.verification.models import RequestState, ResultImport
from core.verification.sending import send_checks
from core.verification.withdrawals import withdraw_authorisation

pytestmark = pytest.mark.row("R2-17", "R1-14")


@pytest.fixture
def out(town):
    """A case whose checks are out, and the sheet that went with them."""
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    sign_at_window(asked)
    desk = town.at_work(town.clerk)
    request_checks(desk, town.clerk, town.case(desk, asked.case_id), town.procedure(desk), now=town.now)
    desk.commit()
    county = town.at_work(town.officer)
    outgoing = send_checks(county, town.officer, list(requests_of(county, asked.case_id)), now=town.now)
    sheet = write_sheet(outgoing)
    county.commit()
    return asked, sheet


def cells_of(sheet):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def filled(rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write_string(line, column, value)
    book.close()
    return buffer.getvalue()


def put(town, content, actor=None):
    county = town.at_work(actor or town.officer)
    report = import_results(
        county, county.actor, content, "结果.xlsx", lambda _case: town.procedure(county), now=town.now
    )
    county.commit()
    return report


def reply(row, *answer):
    return [*row[:5], *answer, *[""] * (6 - len(answer))]


def test_the_sheet_keeps_every_digit_as_text_and_asks_by_full_name(out):
    _asked, sheet = out
    rows = cells_of(sheet)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(FAMILY) * len(BODIES)
    assert {row[2] for row in rows[1:]} == {each.id_number for each in FAMILY}


def test_a_whole_filled_sheet_is_recorded_and_completes_the_step(town, out):
    asked, sheet = out
    heading, *rows = cells_of(sheet)
    answers = [reply(row, "无") for row in rows]
    bank = next(i for i, row in enumerate(rows) if row[3] == "银行" and row[2] == FAMILY[APPLICANT].id_number)
    answers[bank] = reply(rows[bank], "有", "存款、理财", "8,000", "余额", "1", "活期")
    report = put(town, filled([heading, *answers]))
    assert {outcome for _line, outcome, _reason, _values in report.lines} == {ACCEPTED}
    assert (report.record.accepted, report.record.rejections) == (40, [])
    assert step_of(town.at_work(town.clerk), asked.case_id, StepCode.VERIFICATION).state is StepState.DONE


def test_each_bad_line_has_its_own_reason_and_the_good_ones_stand(town, out):
    asked, sheet = out
    heading, *rows = cells_of(sheet)
    bad = [
        reply(["not-a-number", *rows[0][1:]], "无"),
        reply([rows[1][0], rows[1][1], FAMILY[3].id_number, *rows[1][3:]], "无"),
        reply(rows[2], "大概有"),
        reply(rows[3], "有", "金条", "1", "余额"),
        reply(rows[4], "有", "存款、理财", "许多", "余额"),
        reply(rows[5], "有", "工资", "1", "每天"),
        reply(rows[6], "有", "存款、理财", "-5", "余额"),
        reply(rows[7], "有", "工资", "1", "每月", "一两个"),
    ]
    report = put(town, filled([heading, *bad, reply(rows[8], "无")]))
    told = {line: reason for line, outcome, reason, _values in report.lines if outcome == REJECTED}
    assert sorted(told) == list(range(2, 10))
    assert len(set(told.values())) == 8
    assert [line for line, outcome, *_ in report.lines if outcome == ACCEPTED] == [10]
    assert report.record.accepted == 1
    everything = f"{report.record.rejections}"
    assert not any(each.id_number in everything or each.name in everything for each in FAMILY)
    county = town.at_work(town.officer)
    states = [row.state for row in requests_of(county, asked.case_id)]
    assert states.count(RequestState.ANSWERED) == 1


def test_the_lines_of_one_request_stand_or_fall_together(town, out):
    _asked, sheet = out
    heading, *rows = cells_of(sheet)
    one = [
        reply(rows[6], "有", "存款、理财", "100", "余额"),
        reply(rows[6], "有", "存款、理财", "错", "余额"),
    ]
    report = put(town, filled([heading, *one]))
    assert [outcome for _line, outcome, *_ in report.lines] == [REJECTED, REJECTED]
    assert report.record.accepted == 0
    mixed = [reply(rows[6], "有", "存款、理财", "100", "余额"), reply(rows[6], "无")]
    assert {outcome for _line, outcome, *_ in put(town, filled([heading, *mixed])).lines} == {REJECTED}


def test_a_second_import_of_the_same_file_changes_nothing_and_says_so(town, out):
    _asked, sheet = out
    heading, *rows = cells_of(sheet)
    content = filled([heading, reply(rows[0], "无")])
    put(town, content)
    again = put(town, content)
    assert [outcome for _line, outcome, *_ in again.lines] == [REJECTED]


def test_a_late_answer_after_a_withdrawal_is_discarded_unread(town, out):
    asked, sheet = out
    session = town.resident(asked.account_id)
    withdraw_authorisation(session, session.actor, asked.ids[APPLICANT], now=town.now)
    session.commit()
    heading, *rows = cells_of(sheet)
    mine = next(row for row in rows if row[2] == FAMILY[APPLICANT].id_number)
    report = put(town, filled([heading, reply(mine, "有", "存款、理财", "100", "余额")]))
    assert [outcome for _line, outcome, *_ in report.lines] == [DISCARDED]
    assert (report.record.accepted, report.record.discarded) == (0, 1)


def test_another_county_is_told_of_our_requests_as_of_unknown_ones(town, out):
    _asked, sheet = out
    heading, *rows = cells_of(sheet)
    stranger = staff(Role.COUNTY_OFFICER, "441823000000")
    unknown = reply(["0" * 32, *rows[0][1:]], "无")
    report = put(town, filled([heading, reply(rows[0], "无"), unknown]), stranger)
    assert len({reason for _line, _outcome, reason, _values in report.lines}) == 1
    assert town.at_work(town.officer).get(ResultImport, report.record.id) is None
    with pytest.raises(NotAllowed):
        put(town, filled([heading]), town.clerk)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a renamed program\x00\x00",
        b"PK\x03\x04 broken",
        "姓名,金额\n张三,1\n".encode(),
        b"\xff\xfe\x00\x01",
    ],
)
def test_a_file_that_is_no_sheet_of_ours_is_told_in_words(town, content):
    with pytest.raises(Invalid) as told:
        read_sheet(content)
    assert told.value.field == "file"


def test_a_csv_in_the_encoding_of_old_excel_is_read_too():
    text = ",".join(COLUMNS) + "\n" + "abc,周明,5203,银行,存款,无\n"
    assert read_sheet(text.encode("gb18030"))[0].found == "无"
    assert read_sheet(b"\xef\xbb\xbf" + text.encode())[0].line == 2


def test_the_report_cannot_start_a_formula():
    report = write_report([(2, "没有登记", "=HYPERLINK()")]).decode("utf-8-sig")
    assert "'=HYPERLINK()" in report
