"""What leaves the process as a log line: one JSON object, without anything that names or numbers a person."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.leak_scan import scan_text
from core.web.logs import MASK, MaskingHandler, bare_sentence, configure_logs, log_into, mask_numbers

ID = "520399199001011234"
PHONE = "19900001234"


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    for handler in [each for each in logging.getLogger().handlers if isinstance(each, MaskingHandler)]:
        logging.getLogger().removeHandler(handler)
        handler.close()


@pytest.mark.parametrize(
    "value",
    [
        ID, "５２０３９９１９９００１０１１２３４", "520399 19900101 1234", "520399-19900101-123X", PHONE, "199 0000 1234",
        "0851-00550126", "6222 0200 0000 0000 123", int(ID[:17]), [ID], {"phone": PHONE}, "abc" + PHONE,
    ],
)  # fmt: skip
def test_a_number_of_a_person_never_reaches_a_log(lines, value):
    structlog.get_logger("doudi.test").info(f"saw {value}", answer=value)
    logging.getLogger("a.library").warning("saw %s", value)
    for line in lines():
        text = json.dumps(line, ensure_ascii=False)
        assert "1234" not in text
        assert not [leak for leak in scan_text(text) if leak.kind in {"id_number", "mobile", "bank_card"}]


def test_a_log_kept_in_a_file_leaves_the_terminal_to_what_is_wrong_and_masks_both(lines, tmp_path):
    log_into(tmp_path / "demo.log")
    log = structlog.get_logger("doudi.test")
    log.info("request", answer=PHONE)
    log.error("fault", answer=PHONE)
    kept = [json.loads(line) for line in (tmp_path / "demo.log").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in kept] == ["request", "fault"]
    assert [line["event"] for line in lines()] == ["fault"]
    assert {line["answer"] for line in (*kept, *lines())} == {MASK}


def test_a_fault_is_logged_by_kind_and_place_without_its_values(lines):
    try:
        int("张三 520399199001011234")
    except ValueError:
        structlog.get_logger("doudi.test").exception("fault", report="a1")
        logging.getLogger("a.library").exception("it failed")
    ours, theirs = lines()
    for line in (ours, theirs):
        assert line["fault"] == "ValueError"
        assert any("test_web_logs.py" in frame for frame in line["frames"])
        assert "张三" not in json.dumps(line, ensure_ascii=False)
        assert "1234" not in json.dumps(line["sentence"])
    assert ours["report"] == "a1"


@pytest.mark.parametrize(
    "sentence",
    [
        'duplicate key value violates unique constraint "x"\nDETAIL: Key (name)=(张三) already exists.',
        "Key (name)=(张三) already exists",
        "KeyError: '张三'",
        "no person 张三",
    ],
)
def test_the_sentence_of_a_fault_holds_no_name(sentence):
    assert "张" not in bare_sentence(RuntimeError(sentence))


def test_a_request_is_one_line_without_address_query_or_person(browser, lines):
    browser.sign_in_staff()
    browser.get(f"/staff/any?q={ID}&name=张三")
    [line] = [each for each in lines() if each["event"] == "request"]
    assert (line["endpoint"], line["status"], line["method"]) == ("pages.staff_page", 200, "GET")
    assert "/staff/any" not in json.dumps(line)
    assert ID not in json.dumps(line)
    assert "王小雨" not in json.dumps(line, ensure_ascii=False)


def test_an_unforeseen_fault_in_a_page_leaves_one_clean_line_with_its_report_number(browser, lines):
    answer = browser.get("/broken")
    faults = [line for line in lines() if line["level"] == "error"]
    assert len(faults) == 1
    assert faults[0]["report"] in answer.text
    assert faults[0]["endpoint"] == "pages.broken"
    text = json.dumps({key: value for key, value in faults[0].items() if key != "report"}, ensure_ascii=False)
    assert "张三" not in text
    assert "520399" not in text


@given(st.text(alphabet="0123456789 -年x,", max_size=40))
def test_masking_never_raises_and_leaves_no_long_number(text):
    assert not [
        leak for leak in scan_text(mask_numbers(text)) if leak.kind in {"id_number", "mobile", "bank_card"}
    ]


@pytest.mark.parametrize("text", ["11月22日", "MT-2026", "共 12 户", "1,240"])
def test_what_is_no_number_of_a_person_stays_readable(text):
    assert mask_numbers(text) == text
