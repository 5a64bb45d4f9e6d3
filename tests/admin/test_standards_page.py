"""Standards on screen: entered from a day with their document, by the level that announces them; a mistake is withdrawn."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.access import Role
from core.law import Area
from core.standards.queries import law_in_force
from core.testing.town import COUNTY, TOWNSHIP, law_book

LIST = "/staff/settings/standards"
RURAL = {"area": "rural", "unit": "fen_per_year", "document": "演示文件〔2026〕2号", "article": "第一条"}

pytestmark = pytest.mark.row("R2-18")


@pytest.fixture
def officer(site):
    return site.staff("hedui", Role.COUNTY_OFFICER, office=COUNTY, name="石梅")[0]


def send(browser, key, **data):
    browser.get(f"{LIST}/{key}")
    return browser.post(f"{LIST}/{key}", data)


def standard(site, day, region=TOWNSHIP):
    with site.session() as session:
        return law_in_force(session, law_book(), region, day).fen("dibao.standard", area=Area.RURAL)


def test_the_list_tells_what_holds_what_is_missing_and_what_is_only_a_default(officer, words):
    page = words(officer.get(LIST))
    assert "最低生活保障标准 （农村） 450.00 元/月 2020年1月1日 演示文件〔2026〕1号" in page
    assert "低保月平均补助水平 （农村） 没有录入" in page
    assert "平台默认（文件未规定） 平台默认，不是法规" in page
    assert page.index("最低生活保障标准") < page.index("分类施保比例") < page.index("收到申请后决定是否受理")


def test_a_yearly_standard_from_a_later_day_is_announced_and_changes_nothing_before(officer, site, words):
    answer = send(officer, "dibao.standard", value="5,500", effective_from="2027-01-01", **RURAL)
    assert answer.status_code == 303
    assert "2027年1月1日起 5,500.00 元/年" in words(officer.get(LIST))
    assert standard(site, date(2026, 12, 31)) == 540_000
    assert standard(site, date(2027, 1, 1)) == 550_000


def test_a_wrong_entry_is_withdrawn_with_a_reason_that_stays_and_can_be_entered_right(officer, site, words):
    send(officer, "dibao.standard", value="55000", effective_from="2026-11-01", **RURAL)
    assert standard(site, date(2026, 11, 16)) == 5_500_000
    page = officer.get(f"{LIST}/dibao.standard")
    entry = re.search(rf"{LIST}/entries/[0-9a-f-]{{36}}/withdraw", page.text)[0]
    assert "55,000.00" in words(officer.get(entry))
    assert officer.post(entry, {"reason": " "}).status_code == 422
    assert officer.post(entry, {"reason": "多写了一个零"}).status_code == 303
    assert standard(site, date(2026, 11, 16)) == 540_000
    assert "作废：多写了一个零" in words(officer.get(f"{LIST}/dibao.standard"))
    assert (
        send(officer, "dibao.standard", value="5500", effective_from="2026-11-01", **RURAL).status_code == 303
    )
    assert standard(site, date(2026, 11, 16)) == 550_000


def test_the_power_is_delegated_to_one_township(officer, site):
    given = {"answer": "yes", "effective_from": "2026-11-16", "document": "演示文件〔2026〕3号"}
    assert send(officer, "confirm.delegated", place=TOWNSHIP, **given).status_code == 303
    with site.session() as session:
        for region, delegated in ((TOWNSHIP, True), ("520328102000", False)):
            law = law_in_force(session, law_book(), region, date(2026, 11, 16))
            assert (law.has("confirm.delegated") and law.yes("confirm.delegated")) is delegated


@pytest.mark.parametrize(
    ("key", "data", "said"),
    [
        ("supplement.rate.elderly", {"value": "35%"}, "超出了"),
        ("supplement.rate.elderly", {"value": "很多"}, "不是准确的数"),
        ("assets.dwellings", {"value": "1.5"}, "整数"),
        ("assets.dwellings", {"value": "1", "document": " "}, "文件号"),
        ("dibao.standard", {"value": "5500", **RURAL, "effective_from": "2020-01-01"}, "已经录入过"),
    ],
)
def test_what_cannot_stand_comes_back_beside_its_field(officer, words, key, data, said):
    answer = send(officer, key, **{"effective_from": "2026-12-01", "document": "演示文件〔2026〕2号", **data})
    assert answer.status_code == 422
    assert said in words(answer)


@pytest.mark.row("R0-28", "R2-28")
def test_the_words_the_province_configures_are_entered_by_the_province(site, words):
    key = f"{LIST}/visit.guangdong.item_1"
    county = site.staff("hedui-ys", Role.COUNTY_OFFICER, office="441823000000")[0]
    assert "由省里录入" in words(county.get(LIST))
    assert county.get(key).status_code == 404
    assert county.post(key, {"value": "吃饱吃好"}).status_code == 404
    province = site.staff("dudao-gd", Role.PROVINCE_SUPERVISOR, office="440000000000")[0]
    given = {"value": "主食有没有保障", "effective_from": "2026-11-16", "document": "演示文件〔2026〕4号"}
    assert send(province, "visit.guangdong.item_1", **given).status_code == 303
    assert "主食有没有保障" in words(county.get(LIST))


def test_what_a_text_gives_and_what_nobody_declared_is_not_entered_here(officer):
    for key in ("limit.decision", "edge.factor", "minimum_wage", "no.such"):
        assert officer.get(f"{LIST}/{key}").status_code == 404


def test_another_countys_entry_cannot_be_withdrawn(officer, site):
    send(officer, "dibao.standard", value="5500", effective_from="2026-12-01", **RURAL)
    page = officer.get(f"{LIST}/dibao.standard")
    entry = re.search(rf"{LIST}/entries/[0-9a-f-]{{36}}/withdraw", page.text)[0]
    stranger = site.staff("hedui-ys", Role.COUNTY_OFFICER, office="441823000000")[0]
    assert stranger.get(entry).status_code == 404
    assert stranger.post(entry, {"reason": "x"}).status_code == 404
