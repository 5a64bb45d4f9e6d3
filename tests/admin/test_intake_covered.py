"""Who receives dibao already, or applies, is told at the search, before submitting and before acceptance, with the way there."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.cases.changes import withdraw_application
from core.households.groups import set_category, set_own_category
from core.households.models import Household, LowIncomeCategory, Person
from core.testing.casework import Way
from core.testing.town import TOWNSHIP, made_up_id
from tests.admin.visiting_by_phone import accepted, village_of
from tests.admin.walking_in import APPLICANT, SPOUSE, DeskPage, begin, fill, search

pytestmark = pytest.mark.row("R2-07", "R2-01")


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def receiving(site, clerk):
    """The address of the file of a family that receives dibao."""
    accepted(site, clerk[1])
    with site.session(writes=True) as session:
        home = session.scalars(select(Household)).one()
        set_category(session, home, LowIncomeCategory.DIBAO)
        session.commit()
        return f"/staff/households/{home.id}"


def test_the_search_says_that_she_receives_dibao_and_leads_to_the_household(clerk, receiving, words):
    found = search(clerk[0], APPLICANT)
    told = words(found)
    assert "周* 现在是低保对象" in told
    assert "人口、收入变了的，到那一户办变更" in told
    assert f'class="dd-b dd-b-main" href="{receiving}"' in found.text
    assert found.text.count("dd-b-main") == 1


def test_who_receives_it_alone_is_told_that_the_family_may_still_apply(site, clerk, words):
    accepted(site, clerk[1])
    with site.session(writes=True) as session:
        person = session.scalars(select(Person).where(Person.birth_date == date(1980, 5, 1))).one()
        set_own_category(session, person, LowIncomeCategory.DIBAO)
        session.commit()
    told = words(search(clerk[0], APPLICANT))
    assert "现在是低保对象（单人），不能单独再申请一次" in told
    assert "全家一起申请，原来是单独享受的" in told


def test_before_submitting_the_clerk_is_told_who_of_the_family_receives_it(site, clerk, receiving, words):
    browser = clerk[0]
    desk = DeskPage(browser, begin(browser))
    answer = desk.press("submit", fill(desk, village=village_of(site)))
    assert answer.status_code == 422
    assert "周* ：现在是低保对象" in words(answer)
    assert f'href="{receiving}"' in answer.text.split('id="twins"')[1]


def test_somebody_of_another_place_learns_nothing_of_what_is_received_here(site, receiving, words):
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office="441823100000")
    told = words(search(stranger, APPLICANT))
    assert "已经登记在别的地方" in told
    assert "低保对象" not in told


def test_the_page_of_acceptance_names_who_receives_it_and_leads_to_the_household(site, way, fill, words):
    way.submit()
    way.accept()
    with way.acting(way.town.clerk) as (session, case, _procedure):
        home = session.get(Household, case.household_id)
        set_category(session, home, LowIncomeCategory.DIBAO)
        withdraw_application(session, way.town.clerk, case, now=way.town.now)
        address = f"/staff/households/{home.id}"
    again = Way(way.town)
    browser = site.staff("jingban", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]
    url = f"/staff/cases/{again.submit()}/acceptance"
    assert "周* 现在是低保对象" in words(browser.get(url))
    refused = fill(browser, url, {"way": "accept"})
    assert refused.status_code == 409
    assert "不能重复受理" in words(refused)
    assert f'href="{address}"' in refused.text


# --- who applies already ---


def test_one_message_for_who_has_applied_herself_and_the_way_to_her_case(site, clerk, words):
    browser = clerk[0]
    desk = DeskPage(browser, begin(browser))
    case = desk.press("submit", fill(desk, village=village_of(site))).headers["Location"]
    case = case.removesuffix("/acceptance-slip")
    found = search(browser, APPLICANT)
    told = words(found)
    assert "自己已经申请过，还在办" in told
    assert f'class="dd-b dd-b-main" href="{case}"' in found.text
    assert "没有登记过" not in told
    assert "不是同一家" not in told
    assert "/staff/intake/begin" not in found.text


def test_who_is_named_in_anothers_case_is_led_there_and_may_still_begin(site, clerk, words):
    browser = clerk[0]
    desk = DeskPage(browser, begin(browser))
    desk.press("submit", fill(desk, village=village_of(site)))
    found = search(browser, SPOUSE)
    told = words(found)
    assert "在一件正在办的申请里" in told
    assert "没有登记过" not in told
    assert "不是同一家，开始登记" in told
    assert found.text.count("dd-b-main") == 1


# --- the number, and the names on the page ---


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("520399198005010110", "最后一位与前面的数字对不上"),
        ("52039919800501011", "应为 18 位，现在是 17 位"),
        ("520399198013010117", "出生日期（第 7 到 14 位）不存在"),
        ("000399198005010117", "开头的地区代码不存在"),
        ("520399198o05010117", "只能有数字，最后一位可以是 X"),
    ],
)
def test_a_number_that_cannot_be_says_what_is_wrong_with_it(clerk, words, typed, said):
    told = words(search(clerk[0], typed))
    assert said in told
    assert "填满18位" not in told


def test_a_name_just_typed_is_offered_where_the_page_asks_who(site, clerk):
    browser = clerk[0]
    desk = DeskPage(browser, begin(browser, made_up_id(date(1970, 2, 3), 31)))
    first = desk.keys("members")[0]
    assert "第1人" in desk.text
    desk.press("submit", {f"members/{first}/name": "吴贵"})
    holder = desk.text.split('name="account_holder"')[1].split("</select>")[0]
    assert "吴贵</option>" in holder
    assert "第1人" not in holder


def test_the_clerks_page_speaks_no_sentence_of_the_residents_phone(clerk):
    browser = clerk[0]
    assert "我的材料" not in DeskPage(browser, begin(browser)).text
