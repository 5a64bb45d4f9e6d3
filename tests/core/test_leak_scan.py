"""Personal data is found however it was typed; what only looks like it is left alone."""

import random
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.identity_numbers import PROVINCES, check_character, make_demo_id
from core.leak_scan import is_id_number, masked_text, scan_text
from core.masking import Kind, mask_id_number

births = st.dates(date(1900, 1, 1), date(2026, 1, 31))
ids = st.builds(make_demo_id, st.sampled_from(["5203", "4401", "1308", "8100"]), births, st.integers(0, 999))
mobiles = st.integers(1_990_000_0000, 1_990_000_9999).map(str)
fixed_phones = st.integers(0, 9999).map(lambda n: f"0851-0055 {n:04d}")
prose = st.text(alphabet="申请人户主电话：，。；（）茅坝村三组低保公示\n\t 𠮷·", max_size=12)


def luhn_card(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


cards = st.builds(
    lambda rest, length: luhn_card(f"62{rest:016d}"[: length - 1]),
    st.integers(0, 10**16 - 1),
    st.integers(16, 19),
).filter(lambda card: not any(is_id_number(card[first : first + 18]) for first in range(len(card) - 17)))
full_width = {ord(char): chr(ord(char) + 0xFEE0) for char in "0123456789Xx-"}


def in_groups(number, sizes, gap):
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return gap.join([part for part in [*parts, number[at:]] if part])


gaps = st.sampled_from([" ", "-", "  ", " - ", "\u3000", "\u00a0", "\u200b", "—", "－", "‑"])
id_sizes = st.sampled_from([(6, 8), (6, 4, 4), (4, 4, 4, 4), (3, 3, 4, 4), (6,), (10,), (1,) * 17])
dresses = st.one_of(
    st.just(lambda number: number),
    st.just(str.lower),
    st.just(lambda number: number.translate(full_width)),
    st.builds(lambda sizes, gap: lambda number: in_groups(number, sizes, gap), id_sizes, gaps),
)


@given(prose, ids, dresses, prose)
def test_an_id_number_is_found_in_any_dress(before, number, dress, after):
    text = f"{before}{dress(number)}{after}"
    found = scan_text(text)
    assert [leak.kind for leak in found] == [Kind.ID_NUMBER]
    assert text[found[0].start : found[0].end].strip() == dress(number)
    assert found[0].masked == f"{number[:3]}***********{number[-4:]}"


@given(prose, ids, st.integers(1, 7), st.integers(1, 4), st.sampled_from(["", "B1"]), dresses)
def test_a_disability_certificate_is_told_from_an_id_number(before, number, kind, grade, again, dress):
    found = scan_text(f"{before}{dress(f'{number}{kind}{grade}{again}')}。")
    assert [leak.kind for leak in found] in ([Kind.DISABILITY_CERTIFICATE], [Kind.ID_NUMBER])
    plain = scan_text(f"{before}{number}{kind}{grade}{again}。")
    assert [leak.kind for leak in plain] == [Kind.DISABILITY_CERTIFICATE]
    assert plain[0].masked.endswith("**")


@given(prose, ids, prose)
def test_a_15_digit_number_is_found(before, number, after):
    assume(number[6:8] == "19")
    assume(number[:2] not in {"81", "82", "83"})
    old = number[:6] + number[8:17]
    for dress in (old, old.translate(full_width), in_groups(old, (6, 6), " "), in_groups(old, (6, 6), "-")):
        assert [leak.kind for leak in scan_text(f"{before}{dress}{after}")] == [Kind.ID_NUMBER]


@given(prose, mobiles, st.sampled_from([(), (3, 4), (3, 3), (4, 3), (7,), (3,)]), gaps, prose)
def test_a_mobile_is_found(before, number, sizes, gap, after):
    gap = "-" if sizes not in {(), (3, 4)} else gap
    for dress in (
        in_groups(number, sizes, gap),
        f"+86 {number}",
        f"tel:{number}",
        number.translate(full_width),
    ):
        found = scan_text(f"{before}{dress}{after}")
        assert [leak.kind for leak in found] == [Kind.MOBILE]
        assert found[0].masked == f"199****{number[-4:]}"


@given(prose, fixed_phones, prose)
def test_a_fixed_phone_is_found(before, number, after):
    tight = number.replace(" ", "").replace("-", "")
    for dress in (
        number,
        tight,
        f"({tight[:4]}){tight[4:]}",
        f"（{tight[:4]}）{tight[4:]}",
        f"+86 {number[1:]}",
    ):
        assert [leak.kind for leak in scan_text(f"{before}{dress}{after}")] == [Kind.FIXED_PHONE]


@given(prose, cards, prose)
def test_a_bank_card_is_found_whole_and_in_groups(before, number, after):
    for dress in (
        number,
        in_groups(number, (4, 4, 4, 4), " "),
        in_groups(number, (6,), " "),
        number.translate(full_width),
    ):
        found = scan_text(f"{before}{dress}{after}")
        assert [leak.kind for leak in found] == [Kind.BANK_CARD]
        assert found[0].masked == f"**** **** **** {number[-4:]}"


@given(
    st.lists(
        st.tuples(st.one_of(ids, mobiles, cards), st.sampled_from(["，", "\n", "；电话", "|"])), max_size=8
    )
)
def test_every_one_of_many_is_found_in_order(pairs):
    text = "".join(f"{number}{gap}" for number, gap in pairs)
    found = scan_text(text)
    assert [text[leak.start : leak.end] for leak in found] == [number for number, _ in pairs]


@given(ids, births)
def test_an_id_number_beside_a_date_or_an_amount_is_found(number, day):
    for text in (
        f"{day} {number}",
        f"{number} {day}",
        f"12 {number} 3500.00",
        f"第1户-{number}-张*",
        f"ID{number}号",
    ):
        assert Kind.ID_NUMBER in {leak.kind for leak in scan_text(text)}, text


def test_no_finding_holds_the_raw_value():
    number = make_demo_id("5203", date(1990, 1, 1), 123)
    shown = repr(scan_text(f"{number} 19900001234 0851-00550126 4111111111111111"))
    assert not any(raw in shown for raw in (number, "19900001234", "00550126", "4111111111111111"))


# --- no false alarm -----------------------------------------------------------------------------------------------

region_codes = st.builds(
    lambda province, rest: f"{province}{rest:010d}",
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 10**10 - 1),
)
stamps = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2040-01-01"))
harmless = st.one_of(
    region_codes,
    region_codes.map(lambda code: code[:6]),
    births.map(str),
    births.map(lambda day: f"{day:%Y%m%d}"),
    births.map(lambda day: f"{day:%Y年%m月%d日}"),
    stamps.map(lambda stamp: stamp.isoformat()),
    stamps.map(lambda stamp: stamp.replace(tzinfo=UTC).isoformat(timespec="microseconds")),
    stamps.map(lambda stamp: f"{stamp:%Y%m%d%H%M%S%f}"[:17]),
    stamps.map(lambda stamp: str(int(stamp.replace(tzinfo=UTC).timestamp()))),
    stamps.map(lambda stamp: str(int(stamp.replace(tzinfo=UTC).timestamp() * 1000))),
    st.integers(0, 10**14).map(lambda fen: f"{fen / 100:,.2f}"),
    st.integers(0, 10**12).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
    st.integers(0, 10**11).map(lambda yuan: f"{yuan}元"),
    st.floats(0, 1).map(str),
    st.builds(lambda year, number: f"民发〔{year}〕{number}号", st.integers(1999, 2030), st.integers(1, 999)),
    st.builds(
        lambda year, number: f"MT-{year}-{number:06d}", st.integers(2020, 2030), st.integers(0, 999999)
    ),
    st.uuids().map(str),
    st.uuids().map(lambda value: value.hex),
    st.integers(0, 2**256 - 1).map(lambda value: f"{value:064x}"),
    st.sampled_from(
        ["12345", "110", "400-800-1234", "95588", "GB/T 35273-2020", "第七条第（一）项", "91110000600037341L"]
    ),
)


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(harmless, st.sampled_from(["，", "\n", "、", "。", "|", "（", " 户，", "\r\n"])), max_size=6
    )
)
def test_codes_dates_amounts_and_numbers_of_documents_raise_no_alarm(pairs):
    assert scan_text("".join(f"{text}{gap}" for text, gap in pairs)) == []


def test_a_hundred_thousand_harmless_numbers_raise_hardly_an_alarm():
    chance = random.Random(20260131)
    alarms = 0
    for _ in range(20_000):
        day = f"20{chance.randrange(10, 30):02d}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        text = (
            f"52{chance.randrange(10**10):010d} {day} {chance.randrange(10**6) / 100:.2f} "
            f"{uuid.UUID(int=chance.getrandbits(128))} 黔民发〔2023〕{chance.randrange(99)}号"
        )
        alarms += len(scan_text(text))
    assert alarms <= 1


@given(ids, st.integers(1, 10))
def test_a_number_with_a_wrong_check_digit_is_no_id_number(number, shift):
    wrong = number[:17] + "0123456789X"[("0123456789X".index(number[17]) + shift) % 11]
    assert scan_text(wrong) == []


def test_amounts_in_columns_are_no_card_and_organisations_no_person():
    body = "4500 5200 3600 2800"
    assert scan_text(f"{body} 1200") == []
    assert scan_text("6200 1300 1500 1800 950 1200") == []
    # region, date and serial with a wrong check digit: one in ten would pass as a card
    serials = [f"520328202107{day:02d}{n:04d}" for day in range(1, 29) for n in range(40)]
    wrong = [serial for serial in serials if check_character(serial[:17]) != serial[17]]
    assert scan_text("\n".join(wrong)) == []


# --- allowed and forbidden ----------------------------------------------------------------------------------------


def test_the_office_phone_and_the_whitelisted_name_may_stand():
    text = "申请人：张三丰，茅坝村三组，4人，咨询电话：0851－0055 0126"
    assert scan_text(text, allow=["0851-00550126"]) == []
    found = scan_text(text, allow=["085100550126"], forbidden={"张三丰", "张三"})
    assert {leak.kind for leak in found} == {Kind.LISTED_VALUE}
    assert scan_text(text, allow=["085100550126", "张三丰"], forbidden={"张三丰", "张三"}) == []


def test_an_allowed_phone_allows_no_other_phone():
    found = scan_text("0851-00550126 或 0851-00550127", allow=["0851-00550126"])
    assert [leak.masked for leak in found] == ["0851-******27"]
    assert len(scan_text("19900001234", allow=["1234", "199"])) == 1
    assert len(scan_text("19900001234", allow=["", " ", "-"])) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("户主 王 小 芳 家", "王小芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽买买提", "阿依古丽·买买提"),
        ("住茅坝村三组１２号", "茅坝村三组12号"),
        ("尾号00000126", "00000126"),
        ("卡号 9558 8000 0000 0000", "9558800000000000"),
        ("存折 a-77 1", "A771"),
        ("𠮷野家", "𠮷野"),
        ("王\u200b芳", "王芳"),
    ],
)
def test_a_raw_value_of_a_listed_person_is_found_however_it_was_typed(text, value):
    found = scan_text(text, forbidden={value})
    assert [leak.kind for leak in found] == [Kind.LISTED_VALUE]
    assert value not in found[0].masked


def test_a_listed_value_is_found_each_time_and_short_digits_only_alone():
    assert len(scan_text("王芳、李四、王芳", forbidden={"王芳"})) == 2
    assert scan_text("0851-1234567 号", forbidden={"1234"}, allow=["0851-1234567"]) == []
    assert scan_text("编号12345", forbidden={"1234"}) == []
    assert scan_text("王、芳", forbidden={"王芳", "王", ""}) == []


def test_a_number_found_by_its_shape_is_not_told_twice():
    number = make_demo_id("5203", date(1990, 1, 1), 123)
    assert [leak.kind for leak in scan_text(number, forbidden={number})] == [Kind.ID_NUMBER]


@given(st.text())
def test_any_text_is_scanned_without_failing(text):
    for leak in scan_text(text, allow=["张三"], forbidden={"李四"}):
        assert 0 <= leak.start < leak.end <= len(text)


def test_a_long_page_is_scanned_quickly_enough_to_do_it_at_every_publishing():
    number = make_demo_id("5203", date(1990, 1, 1), 123)
    page = "湄潭县永兴镇茅坝村三组，4 人，低保，1,234.00 元；520328101001 2026-01-31 " * 3000 + number
    begin = datetime.now(UTC)
    assert [leak.kind for leak in scan_text(page)] == [Kind.ID_NUMBER]
    assert (datetime.now(UTC) - begin).total_seconds() < 5


def test_a_permit_of_hong_kong_and_a_foreigners_permit_are_found():
    for prefix in ("810000", "911156"):
        body = f"{prefix}19880808002"
        assert [leak.kind for leak in scan_text(body + check_character(body))] == [Kind.ID_NUMBER]


def test_a_text_keeps_everything_but_its_numbers():
    number = make_demo_id("5203", date(1980, 5, 1), 11)
    text = "身份证是{}，不对；\n电话{}。2026年3月8日生，一年6000元"
    shown = text.format(mask_id_number(number), "199****0077")
    assert masked_text(text.format(number, "199 0000 0077")) == shown
    assert masked_text(shown) == shown


def test_the_digits_of_a_card_are_no_id_number_of_somebody_born_in_a_later_age():
    assert [leak.kind for leak in scan_text("卡号 6243816119021414323，")] == [Kind.BANK_CARD]
