"""Two clerks on one draft, other offices, expired sign-ins, bad scans, a full disk: nothing is lost (R2-07, R3-22)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.cases.window_draft_models import WindowDraft
from core.testing.town import COUNTY, TOWNSHIP
from tests.admin.visiting_by_phone import village_of
from tests.admin.walking_in import SPOUSE, DeskPage, begin, cases_in, fill, photo

pytestmark = pytest.mark.row("R2-07", "R3-22")
OTHER_TOWNSHIP = "441823100000"


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def village(site):
    return village_of(site)


def test_a_second_clerk_is_told_who_saved_last_and_overwrites_nothing_unseen(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {"address": "岩脚组12号"})
    second, _ = site.staff("second", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦志强")
    hers = DeskPage(second, desk.url)
    assert "罗晓梅" in words(second.get(desk.url))
    desk.press("save", {"address": "岩脚组13号"})
    answer = hers.press("save", {"address": "岩脚组14号", "bank_name": "演示信用社"})
    assert answer.status_code == 409
    assert "同事写的是：岩脚组13号" in words(answer)
    assert 'value="岩脚组14号"' in answer.text, "her own words are still there"
    with site.session() as session:
        assert len(session.scalars(select(WindowDraft)).all()) == 1
    assert DeskPage(browser, desk.url).fields["address"] == "岩脚组13号"
    settled = hers.press("save", {"address": "岩脚组14号"})
    assert settled.status_code == 303
    assert DeskPage(browser, desk.url).fields["address"] == "岩脚组14号"


def test_two_clerks_in_different_fields_do_not_disturb_one_another(site, clerk):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    second, _ = site.staff("second", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    hers = DeskPage(second, desk.url)
    desk.press("save", {"address": "岩脚组12号"})
    assert hers.press("save", {"bank_name": "演示信用社"}).status_code == 303
    both = desk.read().fields
    assert (both["address"], both["bank_name"]) == ("岩脚组12号", "演示信用社")


@pytest.mark.row("R2-28")
def test_another_offices_clerk_finds_no_draft_no_paper_and_no_slip(site, clerk, village):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {"identity_photo": photo()})
    paper = desk.text.split(f"{desk.url}/papers/")[1].split('"')[0]
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    for url in (desk.url, f"{desk.url}/papers/{paper}", f"{desk.url}/drop"):
        assert stranger.get(url).status_code == 404, url
    assert stranger.post(desk.url, {"do": "submit"}).status_code == 404
    assert stranger.post(f"{desk.url}/drop", {}).status_code == 404
    assert browser.get(f"{desk.url}/papers/{paper}").mimetype == "image/png"
    desk.press("submit", fill(desk, village=village))
    [case] = cases_in(site)
    assert stranger.get(f"/staff/cases/{case.id}/acceptance-slip").status_code == 404


@pytest.mark.row("R2-28")
@pytest.mark.parametrize(
    ("role", "office"),
    [
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.CONTRACT_WORKER, TOWNSHIP),
        (Role.COUNTY_OFFICER, COUNTY),
    ],
)
def test_who_does_not_take_down_applications_is_refused(site, role, office):
    browser, _actor = site.staff("other", role, office=office)
    assert browser.get("/staff/intake").status_code == 403


def test_a_family_of_another_township_cannot_be_entered_by_a_crafted_place(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    answer = desk.press("submit", fill(desk, village=village) | {"region": "441823100001"})
    assert answer.status_code == 422
    assert cases_in(site) == []


def test_an_expired_sign_in_keeps_what_was_typed(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    sent = {**desk.fields, "address": "岩脚组12号", "do": "save"}
    site.later(hours=13)
    answer = browser.post(desk.url, sent)
    assert answer.status_code == 401
    assert "岩脚组12号" in answer.text
    again = site.sign_in("clerk")
    assert DeskPage(again, desk.url).fields["address"] == "", (
        "it was not saved, but it stands in the page to send again"
    )
    browser.get("/staff/sign-in")
    assert again.post(desk.url, sent | {"csrf_token": again.token}).status_code == 303
    assert DeskPage(again, desk.url).fields["address"] == "岩脚组12号"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ" + b"\0" * 2000, "不是照片，也不是PDF"),
        (b"\xff\xd8\xff" + b"\0" * 2000, "照片打不开"),
        (b"\xff\xd8\xff" + b"\0" * (31 * 1024 * 1024), "请拍小一些"),
    ],
    ids=["a renamed program", "a damaged photo", "a photo far too large"],
)
def test_a_bad_scan_is_told_beside_its_field_and_the_rest_is_kept(clerk, words, content, said):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    answer = desk.press("save", {"identity_photo": photo(content), "address": "岩脚组12号"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert desk.read().fields["address"] == "岩脚组12号"


def test_a_full_disk_is_told_and_everything_typed_stays(site, clerk, words, monkeypatch):
    desk = DeskPage(clerk[0], begin(clerk[0]))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.encrypted_files._sync_folder", full)
    answer = desk.press("save", {"identity_photo": photo(), "address": "岩脚组12号"})
    assert answer.status_code == 507
    assert "磁盘满了" in words(answer)
    monkeypatch.undo()
    assert desk.read().fields["address"] == "岩脚组12号"
    assert "/papers/" not in desk.text


def test_a_draft_is_deleted_after_saying_what_goes(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    assert "填过的都没有了" in words(browser.get(f"{desk.url}/drop"))
    assert browser.post(f"{desk.url}/drop", {}).status_code == 303
    assert browser.get(desk.url).status_code == 404


def test_the_list_of_drafts_shows_masked_names_only(clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {f"members/{desk.keys('members')[0]}/name": "周明"})
    listed = browser.get("/staff/intake")
    assert "周*" in words(listed)
    assert "周明" not in listed.text
    assert SPOUSE not in listed.text
