"""Dated cited law: faults told at load, the nearest region and the newest entry winning, every reading kept."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from core.errors import Blocked, Invalid
from core.law import Area, LawBook, LawFault, MonthBefore, Standard, Unit, path_of, read_value

NATION, GUIZHOU, ZUNYI, MEITAN = "000000000000", "520000000000", "520300000000", "520328000000"
DECLARED = """
declarations:
  - {key: dibao.standard, name: 最低生活保障标准, units: [fen_per_month, fen_per_year], per_area: true, entered_by: county, least: 1}
  - {key: supplement.rate, name: 分类施保比例, units: ratio, entered_by: county, least: 10%, most: 30%, document: 黔府发〔2016〕2号}
  - {key: edge.factor, name: 低保边缘家庭收入倍数, units: ratio}
  - {key: limit.decision, name: 办结时限, units: working_days}
  - {key: average, name: 月平均补助水平, units: fen_per_month, entered_by: county}
  - {key: delegated, name: 权限下放, units: yes_no, entered_by: county}
values:
  - {key: edge.factor, value: 1.5, unit: ratio, effective_from: 2021-07-01, document: 民发〔2021〕57号, article: 第八条}
  - {key: limit.decision, value: 30, unit: working_days, effective_from: 2021-07-01, document: 民发〔2021〕57号}
"""


def book_of(tmp_path: Path, text: str = DECLARED, more: str = "") -> LawBook:
    (tmp_path / "law.yaml").write_text(text, "utf-8")
    if more:
        (tmp_path / "more.yaml").write_text(more, "utf-8")
    return LawBook.load([(NATION, tmp_path)])


def standard(
    value: int, start: str, region: str = MEITAN, area: Area | None = Area.RURAL, **other: object
) -> Standard:
    given = {"key": "dibao.standard", "unit": Unit.FEN_PER_YEAR} | other
    return Standard(
        region_code=region, value=value, effective_from=date.fromisoformat(start), document="湄府发〔2023〕1号",
        area=area, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_monthly_standard_becomes_yearly_and_the_reading_keeps_it_as_entered(tmp_path: Path):
    book = book_of(tmp_path).with_standards(
        [standard(72_000, "2023-01-01", unit=Unit.FEN_PER_MONTH, area=Area.URBAN)]
    )
    law = book.on(date(2023, 3, 10), path_of(MEITAN))
    assert law.fen("dibao.standard", area=Area.URBAN) == 864_000
    (reading,) = law.readings.values()
    assert (reading.value, reading.unit, reading.document) == (
        72_000,
        Unit.FEN_PER_MONTH,
        "湄府发〔2023〕1号",
    )
    assert reading.as_row()["area"] == "urban"


def test_the_nearest_region_wins(tmp_path: Path):
    book = book_of(tmp_path).with_standards(
        [standard(500_000, "2023-01-01", region=ZUNYI), standard(540_000, "2023-01-01", region=MEITAN)]
    )
    path = path_of("520328100203")
    assert book.on(date(2023, 3, 10), path).fen("dibao.standard", area=Area.RURAL) == 540_000
    other_county = path_of("520303000000")
    assert book.on(date(2023, 3, 10), other_county).fen("dibao.standard", area=Area.RURAL) == 500_000


def test_a_new_standard_replaces_the_old_from_its_day_and_the_old_never_comes_back(tmp_path: Path):
    book = book_of(tmp_path).with_standards(
        [
            standard(540_000, "2023-01-01"),
            standard(600_000, "2024-01-01", effective_to=date(2024, 12, 31)),
        ]
    )

    def on(day: date) -> int:
        return book.on(day, path_of(MEITAN)).fen("dibao.standard", area=Area.RURAL)

    assert on(date(2023, 12, 31)) == 540_000
    assert on(date(2024, 1, 1)) == 600_000
    with pytest.raises(Blocked):
        on(date(2025, 1, 1))


def test_a_missing_value_blocks_with_a_sentence_naming_it_and_what_to_do(tmp_path: Path):
    law = book_of(tmp_path).on(date(2023, 3, 10), path_of(MEITAN))
    with pytest.raises(Blocked) as blocked:
        law.fen("dibao.standard", area=Area.RURAL)
    assert str(blocked.value) == (
        "农村的“最低生活保障标准”在 2023-03-10 没有生效的数值，暂不能计算。请在“设置—标准”中录入数值、生效日期和文件号。"
    )
    assert not law.has("dibao.standard", Area.RURAL)
    assert law.readings == {}


def test_what_nobody_needs_is_not_read(tmp_path: Path):
    law = book_of(tmp_path).on(date(2023, 3, 10), path_of(MEITAN))
    assert law.rate("supplement.rate", where=False) == 0
    assert law.readings == {}


def test_a_ratio_is_an_exact_pair_and_a_rate_counts_ten_thousandths(tmp_path: Path):
    law = book_of(tmp_path).on(date(2023, 3, 10), path_of(MEITAN))
    assert law.ratio("edge.factor") == (3, 2)
    assert law.rate("edge.factor") == 15_000
    assert law.days("limit.decision") == 30


def test_the_month_before_is_asked_on_its_last_day(tmp_path: Path):
    rows = [
        standard(57_000, "2023-02-01", key="average", unit=Unit.FEN_PER_MONTH, area=None),
        standard(58_000, "2023-03-01", key="average", unit=Unit.FEN_PER_MONTH, area=None),
    ]
    law = book_of(tmp_path).with_standards(rows).on(date(2023, 3, 10), path_of(MEITAN))
    assert law.fen("average", at=MonthBefore.YES) == 57_000 * 12
    assert law.fen("average") == 58_000 * 12


def test_asking_whether_a_power_is_delegated_reads_nothing_where_nobody_said_so(tmp_path: Path):
    book = book_of(tmp_path)
    assert not book.on(date(2023, 3, 10), path_of(MEITAN)).has("delegated")
    yes = standard(1, "2023-01-01", key="delegated", unit=Unit.YES_NO, area=None)
    law = book.with_standards([yes]).on(date(2023, 3, 10), path_of(MEITAN))
    assert law.has("delegated")
    assert law.yes("delegated")


OVERLAPPING = """
values:
  - {key: edge.factor, value: 2, unit: ratio, effective_from: 2022-01-01, document: 另一份文件}
"""


def test_overlapping_dates_are_a_fault_naming_file_and_key(tmp_path: Path):
    with pytest.raises(LawFault, match=r"more\.yaml.*edge\.factor.*重叠"):
        book_of(tmp_path, more=OVERLAPPING)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{key: nobody.declared, value: 1, unit: count, effective_from: 2021-07-01, document: x}", "nobody.declared"),
        ("{key: limit.decision, value: 1.5, unit: working_days, effective_from: 2020-07-01, document: x}", "整数"),
        ("{key: limit.decision, value: many, unit: working_days, effective_from: 2020-07-01, document: x}", "准确"),
        ("{key: limit.decision, value: 1, unit: fortnights, effective_from: 2020-07-01, document: x}", "fortnights"),
        ("{key: limit.decision, value: 1, unit: count, effective_from: 2020-07-01, document: x}", "单位"),
        ("{key: limit.decision, value: 1, unit: working_days, effective_from: 2020-07-01}", "document"),
        ("{key: limit.decision, value: 1, unit: working_days, effective_from: soon, document: x}", "2021-07-01"),
        ("{key: limit.decision, value: 1, unit: working_days, effective_from: 2020-07-01, effective_to: 2020-01-01, document: x}", "早于"),
        ("{key: limit.decision, value: 1, unit: working_days, effective_from: 2020-07-01, document: x, colour: red}", "colour"),
        ("just words", "just words"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_a_fault_that_names_it(tmp_path: Path, entry: str, fault: str):
    with pytest.raises(LawFault, match=fault):
        book_of(tmp_path, more=f"values:\n  - {entry}\n")


def test_a_file_that_is_no_yaml_is_a_fault_that_names_it(tmp_path: Path):
    with pytest.raises(LawFault, match=r"more\.yaml"):
        book_of(tmp_path, more="values: [unclosed")


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path):
    with pytest.raises(LawFault, match="不存在"):
        LawBook.load([(NATION, tmp_path / "nowhere")])


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (standard(0, "2023-01-01"), "value"),
        (standard(540_000, "2023-01-01", area=None), "area"),
        (standard(540_000, "2023-01-01", unit=Unit.COUNT), "unit"),
        (standard(540_000, "2023-01-01", effective_to=date(2022, 1, 1)), "effective_to"),
        (
            standard(Fraction(31, 100), "2023-01-01", key="supplement.rate", unit=Unit.RATIO, area=None),
            "value",
        ),
        (
            standard(Fraction(9, 100), "2023-01-01", key="supplement.rate", unit=Unit.RATIO, area=None),
            "value",
        ),
        (standard(30, "2023-01-01", key="limit.decision", unit=Unit.WORKING_DAYS, area=None), "key"),
        (standard(600_000, "2022-01-01"), "effective_from"),
    ],
)
@pytest.mark.row("R3-12")
def test_what_a_county_enters_is_checked_against_the_texts(tmp_path: Path, row: Standard, field: str):
    book = book_of(tmp_path).with_standards([standard(500_000, "2022-01-01")])
    with pytest.raises(Invalid) as refused:
        book.check_standard(row, path_of(MEITAN))
    assert refused.value.field == field


def test_the_edges_of_the_range_may_be_entered(tmp_path: Path):
    book = book_of(tmp_path)
    for rate in (Fraction(10, 100), Fraction(30, 100)):
        row = standard(rate, "2023-01-01", key="supplement.rate", unit=Unit.RATIO, area=None)  # type: ignore[arg-type]
        book.check_standard(row, path_of(MEITAN))


def test_a_stored_value_out_of_range_blocks_instead_of_paying(tmp_path: Path):
    row = standard(Fraction(1, 2), "2023-01-01", key="supplement.rate", unit=Unit.RATIO, area=None)  # type: ignore[arg-type]
    law = book_of(tmp_path).with_standards([row]).on(date(2023, 3, 10), path_of(MEITAN))
    with pytest.raises(Blocked, match="超出"):
        law.rate("supplement.rate")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", Fraction(3, 2)), ("60%", Fraction(3, 5)), ("3/2", Fraction(3, 2)), (2, Fraction(2))],
)
def test_a_ratio_may_be_written_as_people_write_it(text: str | int, value: Fraction):
    assert read_value(text, Unit.RATIO) == value


@pytest.mark.parametrize("text", ["", "1/0", "一半", 0.1])
def test_what_is_no_exact_number_is_refused(text: str | float):
    with pytest.raises(Invalid):
        read_value(text, Unit.RATIO)


def test_the_shipped_packs_load_and_hold_no_amount_of_money():
    plugins = Path(__file__).parents[2] / "plugins"
    folders = [(NATION, "national"), (GUIZHOU, "guizhou"), ("440000000000", "guangdong")]
    book = LawBook.load([(code, plugins / name / "parameters") for code, name in folders])
    assert not [each for each in book._values if each.unit.is_money]
    assert all(each.document for each in book._values)
