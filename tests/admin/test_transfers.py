"""A household's file goes to the office of its new place: offered from the file, or asked for at the window."""

from __future__ import annotations

import re

import pytest

from core.access import Role
from core.cases.changes import withdraw_application
from core.testing.town import A1_MEMBERS

pytestmark = pytest.mark.row("R3-05")
NEW_TOWN = "441823105000"
MING = A1_MEMBERS[0].id_number
TRANSFER = re.compile(r"/staff/transfers/[0-9a-f-]{36}")


@pytest.fixture
def home(clerk, way):
    """The address of a household on the register with no case under way."""
    way.submit()
    way.accept()
    with way.acting(way.town.clerk) as (session, case, _procedure):
        withdraw_application(session, way.town.clerk, case, now=way.town.now)
        household_id = case.household_id
    way.town.close()
    return f"/staff/households/{household_id}"


@pytest.fixture
def taker(site):
    return site.staff("jieshou", Role.TOWNSHIP_CLERK, office=NEW_TOWN, name="王芳")[0]


def first_transfer(browser):
    return TRANSFER.search(browser.get("/staff/").text)[0]


def villages_on(page):
    return re.findall(r'<option[^>]*value="(\d{12})"', page.text)


def test_a_clerk_offers_a_file_and_the_new_office_takes_it(home, clerk, taker, words):
    page = clerk.get(f"{home}/transfer")
    assert "请一级一级选到乡镇" in words(page)
    # the choice lies open, and one's own township is not among it
    assert "<details" not in page.text.split('id="place-steps"')[1].split("</div>")[0]
    assert "?in=520328102000" in page.text
    assert "?in=520328101000" not in page.text
    page = clerk.get(f"{home}/transfer?in={NEW_TOWN}")
    assert "正在享受的救助照旧由这里发放" in words(page)
    assert clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": " "}).status_code == 422
    assert (
        clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": "全家搬走，老屋（3 间）退了"}).status_code
        == 303
    )
    assert "正在办转移" in words(clerk.get(home))

    address = first_transfer(taker)
    page = taker.get(address)
    assert "周* 家，4 人" in words(page)
    assert "全家搬走，老屋（3 间）退了" in words(page)
    assert taker.get(home).status_code == 404
    village = villages_on(page)[0]
    assert taker.post(address, {"act": "accept", "village": "520328101001"}).status_code == 422
    assert taker.post(address, {"act": "accept", "village": village}).status_code == 303
    assert "以前的案件在原地" in words(taker.get(home))

    gone = clerk.get(home)
    assert gone.status_code == 303
    assert "这户的档案已经转走" in words(clerk.get(gone.headers["Location"]))


def test_the_window_asks_for_a_file_and_reads_nothing_before_it_comes(home, clerk, taker, words):
    found = taker.post("/staff/intake", {"q": MING})
    assert "请求转入" in words(found)
    assert "周*" not in found.text
    page = taker.post("/staff/transfers/request", {"q": MING})
    village = villages_on(page)[0]
    asked = taker.post("/staff/transfers/request", {"q": MING, "village": village, "reason": "来窗口申请"})
    assert asked.status_code == 303
    page = taker.get("/staff/transfers")
    assert "还看不到是哪一户" in words(page)
    assert MING not in page.text

    address = first_transfer(clerk)
    assert "请先核实这户真的搬走了" in words(clerk.get(address))
    assert clerk.post(address, {"act": "accept"}).status_code == 303
    assert clerk.get(home).status_code == 303
    answered = first_transfer(taker)
    assert "知道了" in words(taker.get(answered))
    taker.post(answered, {"act": "read"})
    assert not TRANSFER.search(taker.get("/staff/").text)
    assert taker.get(home).status_code == 200


def test_a_no_is_read_with_its_reason_and_may_be_taken_back_before(home, clerk, taker, words):
    clerk.get(f"{home}/transfer?in={NEW_TOWN}")
    clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": "搬走"})
    mine = TRANSFER.search(clerk.get("/staff/transfers").text)[0]
    clerk.get(mine)
    assert clerk.post(mine, {"act": "cancel"}).status_code == 303
    assert not TRANSFER.search(taker.get("/staff/").text)
    clerk.get(f"{home}/transfer?in={NEW_TOWN}")
    clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": "搬走"})
    address = first_transfer(taker)
    page = taker.get(address)
    assert taker.post(address, {"act": "decline", "reason": ""}).status_code == 422
    assert taker.post(address, {"act": "decline", "reason": "不住在这里"}).status_code == 303
    assert page.status_code == 200
    assert "不住在这里" in words(clerk.get(first_transfer(clerk)))
    assert clerk.get(home).status_code == 200


def test_an_open_case_is_named_with_what_to_do(clerk, way, words):
    way.submit()
    way.accept()
    session, case, _procedure = way.at(way.town.clerk)
    address, number = f"/staff/households/{case.household_id}/transfer?in={NEW_TOWN}", case.number
    session.rollback()
    way.town.close()
    clerk.get(address)
    answer = clerk.post(address, {"reason": "搬走"})
    assert answer.status_code == 409
    assert f"还有没办完的申请（{number}）" in words(answer)


@pytest.mark.row("R2-28")
def test_another_office_finds_neither_the_transfer_nor_the_file(home, clerk, taker, site):
    clerk.get(f"{home}/transfer?in={NEW_TOWN}")
    clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": "搬走"})
    address = first_transfer(taker)
    third = site.staff("disanfang", Role.TOWNSHIP_CLERK, office="441823100000")[0]
    assert third.get(address).status_code == 404
    assert third.post(address, {"act": "accept"}).status_code == 404
    assert third.get(f"{home}/transfer").status_code == 404


def test_an_act_that_is_none_closes_no_task_and_an_answer_not_given_is_not_read(home, clerk, taker, words):
    clerk.get(f"{home}/transfer?in={NEW_TOWN}")
    clerk.post(f"{home}/transfer?in={NEW_TOWN}", {"reason": "搬走"})
    address = first_transfer(taker)
    for act, status in (("", 404), ("nonsense", 404), ("read", 409)):
        taker.get(address)
        assert taker.post(address, {"act": act}).status_code == status
    assert first_transfer(taker) == address
    assert "等接收方答复" in words(clerk.get("/staff/transfers"))
