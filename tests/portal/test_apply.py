"""A resident applies on a phone: step by step, saved, resumed, looked over, submitted once."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.authorisations.models import Authorisation
from core.cases.declaration_models import DeclaredMember, Draft, StatementLine
from core.cases.models import Case, CaseState, Channel, Task
from core.documents.models import Document
from core.testing.town import TOWNSHIP
from tests.portal.applying import CHILD_ID, DAUGHTER_ID, SELF_ID, SON_ID, begin, village_of

PAGES = (
    "place", "you", "contact", "about", "people", "people/family/ab12", "people/supporters/ee55", "incomes",
    "expenses", "properties", "authorise", "account", "papers", "check",
)  # fmt: skip


@pytest.fixture
def walk(site):
    return begin(site)


def cases_of(site):
    with site.session() as session:
        return session.scalars(select(Case)).all()


def again(site):
    """The same resident on another device; a second code is sent only after a minute."""
    site.later(seconds=61)
    return site.resident()


# --- the way through --------------------------------------------------------------------------------------------


def test_who_is_not_signed_in_is_led_to_the_door_and_back(site):
    browser = site.browser()
    answer = browser.get("/apply")
    assert answer.headers["Location"] == "/sign-in?next=/apply"
    browser.get(answer.headers["Location"])
    answer = browser.post(answer.headers["Location"], {"mobile": "19900000001"})
    browser.get(answer.headers["Location"])
    answer = browser.post(answer.headers["Location"], {"code": site.code()})
    assert answer.headers["Location"] == "/apply"


def test_the_place_is_found_by_its_name_and_by_walking_down(site, words):
    browser = site.resident()
    assert "贵州省" in words(browser.get("/apply/new"))
    assert "永兴镇" in words(browser.get("/apply/new?under=520328000000"))
    found = words(browser.get("/apply/new?under=520000000000&q=永兴"))
    assert "永兴镇" in found
    assert "没有找到" in words(browser.get("/apply/new?under=520328000000&q=不存在的地方"))


def test_the_place_known_on_this_device_is_where_the_list_begins(site, words):
    browser = site.resident()
    browser.client.set_cookie("doudi_place", TOWNSHIP)
    assert "街道社区" in words(browser.get("/apply/new"))


@pytest.mark.parametrize("region", ["", "520328000000", "999999999999", "52032810120x", TOWNSHIP])
def test_a_place_that_is_no_village_begins_nothing(site, words, region):
    browser = site.resident()
    browser.get("/apply/new")
    answer = browser.post("/apply/new", {"region": region})
    assert answer.status_code == 422
    assert "请" in words(answer)
    with site.session() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_each_page_opens_before_anything_is_written(walk):
    for name in PAGES:
        assert walk.open(name).status_code == 200, name


@pytest.mark.row("R2-07", "R3-22")
def test_an_application_goes_from_the_phone_into_the_townships_worklist(site, walk, words):
    walk.fill()
    answer = walk.promise()
    assert answer.status_code == 303
    receipt = words(walk.browser.get(answer.headers["Location"]))
    (case,) = cases_of(site)
    assert case.number in receipt
    assert (case.state, case.channel, case.region_code) == (
        CaseState.SUBMITTED,
        Channel.ONLINE,
        village_of(site),
    )
    with site.session() as session:
        assert session.scalars(select(Task.kind).where(Task.case_id == case.id)).all() == ["acceptance"]
        rows = session.scalars(select(DeclaredMember).order_by(DeclaredMember.position)).all()
        assert [row.relation for row in rows] == ["01", "20", "42"]
        assert session.scalar(select(StatementLine.amount_fen)) == 13_800
        (paper,) = session.scalars(select(Document).where(Document.case_id == case.id)).all()
        assert paper.township == TOWNSHIP


@pytest.mark.row("R2-17")
def test_everybody_who_must_sign_is_asked_when_it_is_submitted(site, walk, words):
    walk.fill()
    walk.add_person(
        "supporters", "ee55", name="田秀芳", id_number=DAUGHTER_ID, relation="30", phone="19900000003"
    )
    receipt = words(walk.browser.get(walk.promise().headers["Location"]))
    with site.session() as session:
        rows = session.scalars(select(Authorisation).order_by(Authorisation.position)).all()
    assert [row.is_applicant for row in rows] == [True, False, False, False]
    # each adult by a link of her own; nobody's number stands in it
    assert receipt.count("等签字") == 4
    page = walk.browser.get(walk.url("receipt")).text
    # the son, who signs for his child too, has no phone to be sent a code to yet
    assert len(re.findall(r'readonly value="[^"]+/sign/', page)) == 1
    assert receipt.count("填田志强的手机号") == 2
    for number in (SELF_ID, SON_ID, CHILD_ID, DAUGHTER_ID):
        assert number not in page


def test_the_receipt_tells_what_comes_next_with_the_limits(walk, words):
    walk.fill()
    receipt = words(walk.browser.get(walk.promise().headers["Location"]))
    assert "法定：受理后3个工作日内" in receipt
    assert "法定：受理后30个工作日内" in receipt
    assert "当地规定：申请后5个工作日内，最晚2026年11月23日" in receipt
    assert "0055-88880126" in receipt


# --- saved, resumed, one of one's own ---------------------------------------------------------------------------


def test_every_step_is_saved_and_the_next_device_begins_where_this_one_stopped(site, walk, words):
    walk.you()
    answer = walk.send("contact", {"address": "岩脚组学堂边"}, do="pause")
    assert answer.headers["Location"] == "/apply"
    assert "存好了" in words(walk.browser.get("/apply"))
    desk = again(site)
    start = words(desk.get("/apply"))
    assert "填到第1步" in start
    answer = desk.get(f"/apply/{walk.draft_id}")
    assert answer.headers["Location"] == walk.url("contact")
    page = desk.get(walk.url("contact"))
    assert "岩脚组学堂边" in page.text
    assert "上次是在别的手机或电脑上存的" in words(page)


def test_a_page_saves_by_itself_and_says_when(site, walk):
    site.later(minutes=12)
    answer = walk.send("contact", {"address": "岩脚组"}, do="autosave", fresh=True)
    assert answer.status_code == 200
    assert "10:42已自动保存" in answer.text
    assert answer.text.lstrip().startswith("<span")
    assert walk.draft().state.fields["address"] == "岩脚组"


def test_what_saved_itself_does_not_stand_in_the_way_of_the_button(walk):
    walk.open("contact")
    walk.send("contact", {"address": "岩脚"}, do="autosave", fresh=False)
    # the button is pressed before the new revision arrived in the page
    answer = walk.send("contact", {"address": "岩脚组", "area": "rural", "phone": "19900000001"}, fresh=False)
    assert answer.status_code == 303
    assert walk.draft().state.fields["address"] == "岩脚组"


def test_another_residents_draft_is_not_there(site, walk):
    other = site.resident("19900000009")
    for name in (*PAGES, "receipt"):
        assert other.get(walk.url(name)).status_code == 404, name
    assert other.post(walk.url("contact"), {"address": "x"}).status_code == 404
    assert other.get(f"/apply/{walk.draft_id}").status_code == 404
    assert other.post(f"/apply/{walk.draft_id}/drop").status_code == 404
    assert other.get(f"/apply/{uuid.uuid4()}/you").status_code == 404


def test_a_page_no_form_has_is_not_there(walk):
    assert walk.open("nothing-such").status_code == 404
    assert walk.open("people/nobody/ab12").status_code == 404


def test_a_draft_is_dropped_after_saying_what_goes(walk, words):
    assert "找不回来" in words(walk.browser.get(f"/apply/{walk.draft_id}/drop"))
    answer = walk.browser.post(f"/apply/{walk.draft_id}/drop")
    assert answer.headers["Location"] == "/apply"
    assert walk.open("you").status_code == 404


# --- two devices, two tabs --------------------------------------------------------------------------------------


def test_two_tabs_are_told_field_by_field_and_nothing_is_overwritten(site, walk, words):
    walk.contact()
    desk = again(site)
    desk_page = desk.get(walk.url("contact"))
    walk.send("contact", {"address": "手机上写的", "area": "rural", "phone": "19900000008"})
    seen = {
        "revision": desk_page.text.split('form="apply" value="')[1].split('"')[0],
        "opened": desk_page.text.split('name="opened" value="')[1].split('"')[0],
    }
    sent = {"address": "电脑上写的", "area": "rural", "village_group": "岩脚组", "phone": "19900000001"}
    answer = desk.post(walk.url("contact"), {**seen, **sent, "do": "next"})
    assert answer.status_code == 409
    told = words(answer)
    assert "在别的手机或电脑上写的是：手机上写的" in told
    # her own words are kept, and what she had not touched shows the newer value
    assert 'value="电脑上写的"' in answer.text
    assert 'value="19900000008"' in answer.text
    assert walk.draft().state.fields["address"] == "手机上写的"
    seen["revision"] = answer.text.split('form="apply" value="')[1].split('"')[0]
    sent["phone"] = "19900000008"
    assert desk.post(walk.url("contact"), {**seen, **sent, "do": "next"}).status_code == 303
    assert walk.draft().state.fields["address"] == "电脑上写的"
    assert walk.draft().state.fields["phone"] == "19900000008"


def test_a_page_that_saves_itself_never_wins_over_a_newer_one(site, walk):
    walk.open("contact")
    desk = again(site)
    page = desk.get(walk.url("contact")).text
    opened = page.split('name="opened" value="')[1].split('"')[0]
    desk.post(
        walk.url("contact"), {"revision": "1", "opened": opened, "address": "电脑上写的", "do": "autosave"}
    )
    answer = walk.send("contact", {"address": "手机上写的"}, do="autosave", fresh=False)
    assert "没有存" in answer.text
    # the old revision stays in the page, so that the button shows both sides
    assert f'value="{walk.marks()["revision"]}"' in answer.text
    assert walk.draft().state.fields["address"] == "电脑上写的"


def test_an_income_changed_in_two_tabs_is_told(site, walk, words):
    walk.you()
    walk.add_income()
    key = walk.keys("incomes")[0]
    member = walk.keys()[0]
    line = {"row": key, "row-member": member, "kind": "transfer", "description": "养老金", "period": "month"}
    walk.page = walk.browser.get(walk.url("incomes") + f"?edit={key}")
    other = again(site)
    page = other.get(walk.url("incomes") + f"?edit={key}").text
    marks = {
        "revision": page.split('form="apply" value="')[1].split('"')[0],
        "opened": page.split('name="opened" value="')[1].split('"')[0],
    }
    assert (
        other.post(walk.url("incomes"), {**marks, **line, "amount": "200", "do": "save"}).status_code == 303
    )
    answer = walk.send("incomes", {**line, "amount": "300"}, do="save", fresh=False)
    assert answer.status_code == 409
    assert "200.00元" in words(answer)
    assert 'value="300"' in answer.text
    assert walk.draft().state.row("incomes", key)["amount"] == 20_000


# --- once and only once -----------------------------------------------------------------------------------------


def test_submit_pressed_twice_makes_one_case(site, walk):
    walk.fill()
    walk.open("check")
    first = walk.promise()
    # the second press sends the same page again
    second = walk.browser.post(walk.url("check"), {"do": "submit", "promise_truth": "true"})
    assert first.headers["Location"] == second.headers["Location"] == walk.url("receipt")
    assert len(cases_of(site)) == 1


def test_two_browsers_that_submit_at_the_same_moment_make_one_case(site, walk):
    walk.fill()
    others = [walk.browser, again(site)]
    ticks = {f"promise_{name}": "true" for name in ("materials", "truth", "authorise", "cooperate")}
    pages = [browser.get(walk.url("check")).text for browser in others]
    walk.promise_marks = [
        {
            "revision": page.split('form="apply" value="')[1].split('"')[0],
            "opened": page.split('name="opened" value="')[1].split('"')[0],
        }
        for page in pages
    ]
    answers = []

    def press(browser, marks):
        answers.append(browser.post(walk.url("check"), {**marks, **ticks, "do": "submit"}))

    threads = [
        threading.Thread(target=press, args=pair) for pair in zip(others, walk.promise_marks, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303, 303]
    if not cases_of(site):
        # both saved their ticks at once and were asked to look again
        assert walk.promise().status_code == 303
    assert len(cases_of(site)) == 1


def test_back_after_submitting_leads_to_the_receipt(walk):
    walk.fill()
    walk.promise()
    for name in ("check", "incomes", "you", "authorise"):
        answer = walk.open(name)
        assert (answer.status_code, answer.headers["Location"]) == (303, walk.url("receipt")), name
    answer = walk.browser.post(walk.url("contact"), {"address": "anders"})
    assert answer.headers["Location"] == walk.url("receipt")


def test_after_submitting_the_draft_holds_nothing_any_more(site, walk):
    walk.fill()
    walk.promise()
    with site.session() as session:
        sealed = session.scalar(select(func.length(Draft.answers_sealed)))
    assert sealed < 300


def test_the_enter_key_in_a_box_submits_nothing(site, walk):
    walk.fill()
    ticks = {f"promise_{name}": "true" for name in ("materials", "truth", "authorise", "cooperate")}
    assert walk.send("check", ticks, do="look").status_code == 303
    assert cases_of(site) == []


# --- sign-in and forgery ----------------------------------------------------------------------------------------


def test_a_sign_in_that_ran_out_keeps_what_was_typed_and_leads_back(site, walk, words):
    walk.you()
    walk.open("contact")
    walk.send("contact", {"address": "岩脚组学堂边"}, do="autosave", fresh=False)
    site.at += timedelta(days=8)
    answer = walk.send("contact", {"address": "岩脚组学堂边上", "phone": "19900000001"}, fresh=False)
    assert answer.status_code == 401
    assert 'value="岩脚组学堂边上"' in answer.text
    assert "刚才填的还在" in words(answer)
    answer = walk.browser.get(walk.url("contact"))
    assert answer.headers["Location"] == f"/sign-in?next={walk.url('contact')}"
    # signed in again on the same account, the draft is where it was
    again = site.resident()
    assert "岩脚组学堂边" in again.get(walk.url("contact")).text


def test_a_form_without_its_token_is_sent_once_more_with_everything_kept(site, walk, words):
    walk.open("contact")
    answer = walk.browser.client.post(walk.url("contact"), data={"address": "岩脚组学堂边", "do": "next"})
    assert answer.status_code == 400
    assert 'value="岩脚组学堂边"' in answer.text
    assert "请再按一次提交" in words(answer)


# --- older forms ------------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_version_of_the_form_it_was_begun_with(site, walk):
    from dataclasses import replace

    from core.catalogue import Catalogue

    home = site.home
    old = home.catalogue.form("guizhou.application", "1")
    asked = replace(
        old.section("account"),
        questions=(*old.section("account").questions, *old.section("promise").questions[:1]),
    )
    newer = replace(
        old,
        version="2",
        sections=tuple(asked if each.name == "account" else each for each in old.sections),
    )
    packs = [
        replace(pack, forms=(*pack.forms, newer)) if name == "guizhou" else pack
        for name, pack in home.catalogue.packs.items()
    ]
    before = home.catalogue
    try:
        home.catalogue = Catalogue(packs, before._hooks, before.pinned)
        assert walk.open("account").text.count("promise_materials") == 0
        assert walk.draft().form_version == "1"
        fresh = begin(site, walk.browser)
        assert fresh.draft().form_version == "2"
        assert "promise_materials" in fresh.open("account").text
    finally:
        home.catalogue = before
