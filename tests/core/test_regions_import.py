"""Importing villages: good rows in, bad rows back with their reason; the conversion that made the shipped file."""

from __future__ import annotations

import argparse

import pytest
from sqlalchemy import func, select

from commands.region_conversion import convert, initials_of
from commands.regions import add_arguments, run
from core.access import NOBODY
from core.database import Base, make_engine
from core.errors import Invalid, Problem
from core.regions import queries
from core.regions.changes import load_divisions
from core.regions.divisions import read_divisions
from core.regions.models import CodeSystem, Region
from core.regions.overrides import merge_region, rename_region
from core.regions.village_import import VillageRow, import_villages, load_demo_villages, read_villages
from core.scopes import Public, System
from core.sessions import OutOfScope, open_session

YONGXING = "520328101000"


@pytest.fixture
def guizhou(system):
    load_divisions(system, ["52"])
    system.commit()
    return system


def imported(session, text: str):
    return import_villages(session, read_villages(text.encode()))


def test_the_demo_counties_have_all_their_villages(system):
    load_divisions(system, ["52", "44"])
    assert load_demo_villages(system).added == 137 + 167
    assert load_demo_villages(system).unchanged == 304
    counties = dict(
        system.execute(
            select(Region.county, func.count(Region.code)).where(Region.level == 5).group_by(Region.county)
        ).all()
    )
    assert counties == {"520328000000": 137, "441823000000": 167}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("52032810121,德隆村村委会,", "12位"),
        ("5203281012129,德隆村村委会,", "12位"),
        ("52032810121X,德隆村村委会,", "12位"),
        (",德隆村村委会,", "12位"),
        ("5.20328E+11,德隆村村委会,", "科学计数"),
        ("520328101000,永兴镇,", "000"),
        ("520328999212,德隆村村委会,", "520328999000"),
        ("440103101201,外省的村村委会,", "440103101000"),
        ("520328101212,,", "没有名称"),
        (f"520328101212,{'长' * 61},", "60"),
        ("520328101212,Delong,", "汉字"),
        ("520328101212,\ue170村村委会,", "无法显示"),
        ("520328101212,德隆村\u202e村委会,", "无法显示"),
        ("520328101212,德隆村村委会,村子", "类别应为"),
        ("520328101212,德隆村村委会,居委会", "不符"),
    ],
)
def test_a_bad_row_comes_back_with_its_line_and_reason_and_the_good_ones_go_in(guizhou, row, reason):
    done = imported(
        guizhou,
        f"code,name,kind\n520328101200,马义村村委会,村委会\n{row}\n520328101001,街道社区居委会,居委会\n",
    )
    assert (done.added, done.rows) == (2, 3)
    [rejected] = done.rejected
    assert rejected.row.line == 3
    assert reason in str(rejected.problem)
    assert [each.code for each in queries.children(guizhou, YONGXING)] == ["520328101001", "520328101200"]


def test_a_code_given_twice_is_taken_once_and_the_second_line_names_the_first(guizhou):
    done = imported(guizhou, "code,name\n520328101200,马义村村委会\n520328101200,马义村\n")
    assert done.added == 1
    assert "第2行" in str(done.rejected[0].problem)
    assert queries.node(guizhou, "520328101200").name == "马义村村委会"


def test_a_second_import_changes_nothing_and_a_new_name_replaces_the_old(guizhou):
    rows = "code,name\n520328101200,马义村村委会\n520328101201,流河渡村村委会\n"
    imported(guizhou, rows)
    assert imported(guizhou, rows).unchanged == 2
    done = imported(guizhou, rows.replace("马义村村委会", "马义社区居委会"))
    assert (done.renamed, done.unchanged) == (1, 1)
    guizhou.expire_all()
    assert queries.node(guizhou, "520328101200").full_name == "贵州省遵义市湄潭县永兴镇马义社区居委会"


def test_what_the_site_renamed_or_merged_is_not_overwritten_by_a_file(guizhou, now):
    rows = "code,name\n520328101200,马义村村委会\n"
    imported(guizhou, rows)
    given = {"since": now.date(), "document": "湄府函〔2026〕1号", "now": now}
    rename_region(guizhou, guizhou.actor, "520328101200", "马义社区居委会", **given)
    assert "马义社区居委会" in str(imported(guizhou, rows).rejected[0].problem)
    merge_region(guizhou, guizhou.actor, YONGXING, "520328102000", **given)
    done = imported(guizhou, "code,name\n520328101205,分水村村委会\n")
    assert "撤并" in str(done.rejected[0].problem)


def test_rare_characters_and_full_width_digits_are_taken(guizhou):
    done = imported(guizhou, "code,name\n５２０３２８１０１２００,𠮷㳇村村委会\n")
    assert (done.added, done.rejected) == (1, [])
    assert queries.node(guizhou, "520328101200").name == "𠮷㳇村村委会"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_chinese_spreadsheets_are_read_with_chinese_headings(encoding):
    text = "区划代码,名称,类别,备注\r\n520328101200,马义村村委会,村委会,无\r\n"
    assert list(read_villages(text.encode(encoding))) == [
        VillageRow(2, "520328101200", "马义村村委会", "村委会")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"PK\x03\x04\x00\x00\x00\x08\xff\xff\xff", b"\xff\xfe\x00"]
)
def test_a_file_that_is_no_such_table_is_refused_in_words(content):
    with pytest.raises(Invalid) as told:
        read_villages(content)
    assert told.value.field == "file"


def test_a_large_file_is_written_chunk_by_chunk_without_losing_a_row(guizhou):
    townships = [place.code for place in queries.children(guizhou, "520328000000")]
    rows = [
        VillageRow(0, f"{code[:9]}{number:03}", f"第{number}村")
        for code in townships
        for number in range(200, 400)
    ]
    assert import_villages(guizhou, rows).added == len(rows) == 3_000
    assert guizhou.scalar(select(func.count(Region.code)).where(Region.level == 5)) == 3_000


def test_a_village_keeps_the_code_system_it_came_with(guizhou):
    import_villages(guizhou, [VillageRow(2, "520328101200", "马义村")], code_system=CodeSystem.CIVIL_AFFAIRS)
    assert queries.node(guizhou, "520328101200").code_system is CodeSystem.CIVIL_AFFAIRS


def test_only_the_system_imports(guizhou, session_in, now):
    visitor = session_in(Public(now.date()), NOBODY)
    with pytest.raises(OutOfScope):
        import_villages(visitor, [VillageRow(2, "520328101200", "马义村")])


# --- the command ------------------------------------------------------------------------------------------------


def test_the_command_loads_a_province_then_imports_and_says_what_it_refused(
    tmp_path, monkeypatch, capsys, command
):
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    url = f"sqlite:///{tmp_path / 'doudi.sqlite'}"
    engine = make_engine(url)
    Base.metadata.create_all(engine, [Region.__table__])
    assert command("load", "--province", "52") == 0
    file = tmp_path / "villages.csv"
    file.write_text("code,name\n520328101200,马义村村委会\n52,坏\n", encoding="utf-8")
    assert command("import", str(file)) == 1
    told = capsys.readouterr()
    assert "第3行 52 坏：代码应为12位数字。" in told.err
    assert "共 2 行：新增 1，改名 0，未变 0，退回 1。" in told.out
    with open_session(engine, System("test")) as session:
        assert queries.node(session, "520328101200").name == "马义村村委会"
    engine.dispose()
    with pytest.raises(Problem, match="打不开"):
        command("import", str(tmp_path / "nothing.csv"))


@pytest.fixture
def command():
    def runs(*words):
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        return run(parser.parse_args(words))

    return runs


# --- the conversion ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("永兴镇", "YX"),
        ("湄潭县", "MT"),
        ("道真仡佬族苗族自治县", "DZ"),
        ("秤架瑶族乡", "CJ"),
        ("重庆市", "CQ"),
        ("雄县", "XX"),
        ("八五〇农场", "BWLN"),
        ("（工业园区）城南街道", "CN"),
    ],
)
def test_initials_come_from_what_is_particular_in_a_name(name, initials):
    assert initials_of(name) == initials


@pytest.fixture
def package(tmp_path):
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    for name, text in {
        "provinces.csv": 'code,name\n44,"广东省"\n',
        "cities.csv": 'code,name,provinceCode\n4418,"清远市",44\n4419,"东莞市",44\n',
        "areas.csv": 'code,name,cityCode,provinceCode\n441823,"阳山县",4418,44\n441900,"东莞市",4419,44\n',
        "streets.csv": 'code,name,areaCode\n441823100,"青莲镇",441823\n441823101,"七里镇",441823\n441823102,"曲陵镇",441823\n441900003,"东城街道",441900\n',
        "villages.csv": 'code,name,streetCode\n441823100201,"中心村村委会",441823100\n441900003001,"岗贝社区居委会",441900003\n',
    }.items():
        (dist / name).write_text(text, encoding="utf-8")
    return tmp_path / "package"


def test_the_conversion_joins_a_city_with_its_pseudo_county_and_parts_equal_initials(
    package, tmp_path, command, capsys, monkeypatch
):
    out = tmp_path / "out" / "data"
    out.mkdir(parents=True)
    assert command("convert", str(package), "--into", str(out)) == 0
    assert "略去与另一行同码的 441900 东莞市" in capsys.readouterr().out
    monkeypatch.setattr("core.regions.divisions.files", lambda _: tmp_path / "out")
    rows = {code: (name, initials) for code, name, initials in read_divisions()}
    assert rows["441900000000"] == ("东莞市", "DG")
    assert [rows[f"44182310{last}000"][1] for last in range(3)] == ["QL", "QL2", "QL3"]
    assert len(rows) == 1 + 1 + 2 + 1 + 4
    first = (out / "divisions.csv.xz").read_bytes()
    convert(package, out)
    assert (out / "divisions.csv.xz").read_bytes() == first
    assert (out / "demo-villages.csv").read_text(encoding="utf-8") == "code,name\n441823100201,中心村村委会\n"


def test_a_package_with_an_orphan_or_without_its_files_is_refused(package, command, tmp_path):
    with (package / "dist" / "streets.csv").open("a", encoding="utf-8") as stream:
        stream.write('520328101,"永兴镇",520328\n')
    with pytest.raises(ValueError, match="520328101"):
        convert(package, tmp_path)
    with pytest.raises(Problem, match=r"streets\.csv"):
        command("convert", str(tmp_path / "elsewhere"))
