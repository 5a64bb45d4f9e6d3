"""The page where a clerk puts a registered person's name or number right, her papers in hand: what it shows, tells and refuses."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from core.access import Role
from core.accounts.models import ResidentAccount
from core.audit.models import AuditEntry
from core.documents.models import Document
from core.households.models import Person
from core.regions.queries import children
from core.testing.authorising import APPLICANT, FAMILY, MOTHER, SPOUSE, accept, ask_everybody, submit_and_ask
from core.testing.town import COUNTY, TOWNSHIP, made_up_id

pytestmark = pytest.mark.row("R1-14", "R2-28")
NUMBER = FAMILY[SPOUSE].id_number
RIGHT = made_up_id(date(1981, 6, 2), 12)
PHONE = "19900000066"


@pytest.fixture
def asked(way):
    """A registered family whose case is under way."""
    asked = submit_and_ask(way.town)
    accept(asked)
    way.case_id = asked.case_id
    way.town.close()
    return asked


@pytest.fixture
def url(site, asked):
    """The page of the spouse."""
    return f"/staff/persons/{person(site, SPOUSE).id}/correct"


def person(site, position):
    with site.session() as session:
        return session.scalars(select(Person).where(Person.birth_date == FAMILY[position].birth_date)).one()


def card(colour="white"):
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "JPEG")
    return io.BytesIO(buffer.getvalue()), "card.jpg"


def send(browser, url, *, version=None, **changes):
    page = browser.get(url)
    seen = re.search(r'name="version"[^>]*value="([^"]*)"', page.text)
    data = {
        "version": version or (seen[1] if seen else "1"), "id_number": RIGHT, "evidence": "id_card",
        "paper": card(), "reason": "受理时看错一位", "same": "true", **changes,
    }  # fmt: skip
    return browser.post(url, data, content_type="multipart/form-data")


def numbers(site):
    with site.session() as session:
        return set(session.scalars(select(Person.id_masked)))


def test_from_her_request_to_the_corrected_file(site, asked, clerk, url, words):
    case = f"/staff/cases/{asked.case_id}"
    assert f'href="{url}?next={case}/members"' in clerk.get(f"{case}/members").text
    household = re.search(r"/staff/households/[0-9a-f-]{36}", clerk.get("/staff/households").text)[0]
    assert f'href="{url}"' in clerk.get(household).text
    told = words(clerk.get(url))
    assert "其实是两个人" in told
    assert "在办的" in told
    answer = send(clerk, url, name="杨岚")
    assert answer.status_code == 303
    assert answer.headers["Location"] == household
    assert "已更正姓名和证件号。请本人按新的证件号重新签核对授权。" in words(clerk.get(household))
    shown = clerk.get(url)
    told = words(shown)
    assert "姓名第2个字改了" in told
    assert f"520***********{RIGHT[-4:]}" in told
    assert "受理时看错一位 石梅" in told
    assert not any(word in shown.text for word in (RIGHT, NUMBER, "杨岚", "杨兰"))
    paper = re.search(r'href="(/staff/documents/[^"]+)"', shown.text)[1]
    assert clerk.get(paper).mimetype == "image/jpeg"
    members = words(clerk.get(f"{case}/members"))
    assert f"杨岚 申报时写的是杨*，520***********{NUMBER[-4:]}" in members
    assert f"女 45 520***********{RIGHT[-4:]}" in members


def test_a_changed_name_is_told_apart_under_its_mask_and_she_who_came_from_a_case_goes_back(
    site, asked, clerk, url, words
):
    members = f"/staff/cases/{asked.case_id}/members"
    answer = send(clerk, f"{url}?next={members}", id_number="", name="杨小兰")
    assert answer.headers["Location"] == members
    assert "已更正姓名。" in words(clerk.get(members))
    assert send(clerk, url, id_number="", name="杨晓兰").status_code == 303
    told = words(clerk.get(url))
    assert "姓名第2个字改了" in told
    assert "姓名多了或者少了字" in told
    assert "证件号第" not in told


def test_nobody_is_led_away_by_a_crafted_link(clerk, url):
    assert "evil" not in send(clerk, f"{url}?next=//evil.example/").headers["Location"]


def test_the_registered_name_is_shown_for_a_reason_and_the_look_is_on_record(site, clerk, url, words):
    reveal = f"/staff/reveal/persons/{person(site, SPOUSE).id}/name"
    assert reveal in clerk.get(url).text
    assert "杨兰" not in clerk.get(url).text
    assert clerk.post(reveal, {"reason": ""}).status_code == 422
    assert "杨兰" in words(clerk.post(reveal, {"reason": "核对身份"}))
    with site.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.reveal")).all()
    assert entry.changes == {"what": [None, "name"]}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"id_number": ""}, "姓名、证件号，至少一样"),
        ({"id_number": RIGHT[:-1] + ("0" if RIGHT[-1] != "0" else "1")}, "最后一位与前面的数字对不上"),
        ({"id_number": "52039919810602"}, "应为 18 位"),
        ({"id_number": made_up_id(date(2027, 6, 2), 12)}, "晚于今天"),
        ({"id_number": NUMBER}, "没有要改的"),
        ({"id_number": FAMILY[MOTHER].id_number}, "已经登记给本地的另一个人"),
        ({"name": "杨兰😀"}, "不能有表情"),
        ({"reason": " "}, "为什么更正"),
        ({"same": ""}, "只是登记错了"),
        ({"evidence": ""}, "看的什么原件"),
        ({"paper": (io.BytesIO(b""), "")}, "请拍照或选文件"),
        ({"paper": (io.BytesIO(b"MZ\x90\x00"), "card.jpg")}, "card"),
    ],
)
def test_what_cannot_stand_is_told_beside_its_field_and_stays_typed(site, clerk, url, words, wrong, told):
    before = numbers(site)
    answer = send(clerk, url, **wrong)
    assert answer.status_code == 422
    assert told in words(answer) or told == "card"
    if "reason" not in wrong:
        assert "受理时看错一位" in answer.text
    if wrong.get("id_number"):
        assert wrong["id_number"] in answer.text
    assert numbers(site) == before
    with site.session() as session:
        assert session.scalars(select(Document).where(Document.person_id.is_not(None))).all() == []
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "person.correct")).all() == []


def test_that_a_number_is_anothers_is_told_without_her_and_the_question_is_on_record(site, clerk, url, words):
    told = words(send(clerk, url, id_number=FAMILY[MOTHER].id_number))
    assert "龙" not in told.partition("照原件填")[2]
    with site.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "identity.ask")).all()
    assert FAMILY[MOTHER].id_number not in repr(vars(entry))


def test_two_clerks_see_field_by_field_who_was_first_and_nothing_typed_is_lost(site, clerk, url, words):
    other = site.staff("shouli2", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦秋")[0]
    version = str(person(site, SPOUSE).version)
    assert send(other, url).status_code == 303
    mine = made_up_id(date(1981, 6, 2), 16)
    answer = send(clerk, url, version=version, id_number=mine)
    assert answer.status_code == 409
    told = words(answer)
    assert "刚刚被别的同事改过" in told
    assert f"520***********{RIGHT[-4:]} {mine}" in told
    assert f"520***********{mine[-4:]}" not in numbers(site)
    # told of another fault first, she still learns of it
    answer = send(clerk, url, version=version, id_number=mine, reason="")
    kept = re.search(r'name="version"[^>]*value="([^"]*)"', answer.text)[1]
    assert send(clerk, url, version=kept, id_number=mine).status_code == 409
    # now that she has seen it, she may
    assert send(clerk, url, id_number=mine).status_code == 303


def test_a_button_pressed_twice_corrects_once(site, clerk, url):
    version = str(person(site, SPOUSE).version)
    assert send(clerk, url).status_code == 303
    assert send(clerk, url, version=version, paper=card("grey")).status_code == 303
    with site.session() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "person.correct")).all()) == 1
        assert len(session.scalars(select(Document).where(Document.person_id.is_not(None))).all()) == 1


def test_a_phone_checked_by_the_old_number_opens_the_file_no_more(site, asked, clerk, url, words):
    resident = site.resident(PHONE)
    account = url.replace("/correct", "/account")
    clerk.get(account)
    check = {"id_number": NUMBER, "mobile": PHONE, "agreed": "true"}
    assert clerk.post(account, check).status_code == 303
    assert "杨兰" in words(resident.get("/my/authorisations"))
    assert send(clerk, url).status_code == 303
    assert "杨兰" not in words(resident.get("/my/authorisations"))
    clerk.get(account)
    assert clerk.post(account, check).status_code == 422
    clerk.get(account)
    assert clerk.post(account, check | {"id_number": RIGHT}).status_code == 303
    assert "杨兰" in words(resident.get("/my/authorisations"))


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.TOWNSHIP_CLERK, "520328104000", 404),
        (Role.TOWNSHIP_CLERK, "441823105000", 404),
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP, 403),
        (Role.COUNTY_OFFICER, COUNTY, 403),
        (Role.VILLAGE_ASSISTANT, "", 403),
    ],
)
def test_another_place_and_another_role_reach_nothing(site, url, role, office, status):
    with site.session() as session:
        office = office or children(session, TOWNSHIP)[0].code
    browser = site.staff("bieren", role, office=office)[0]
    browser.get("/staff/account")
    before = numbers(site)
    assert browser.get(url).status_code == status
    assert send(browser, url).status_code == status
    assert numbers(site) == before


def test_the_check_of_the_old_number_is_told_where_its_answer_stood(site, way, clerk, words):
    asked = ask_everybody(way.town)
    way.town.close()
    assert send(clerk, f"/staff/persons/{person(site, SPOUSE).id}/correct").status_code == 303
    told = words(clerk.get(f"/staff/cases/{asked.case_id}/verification"))
    assert "已停" in told
    assert "等签字" in told


def test_in_english_the_page_holds_no_chinese_of_its_own(clerk, url):
    clerk.client.set_cookie("doudi_language", "en")
    send(clerk, url)
    page = clerk.get(url)
    main = page.text.partition("<main")[2].partition("</main")[0]
    assert main
    left = re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", " ", main))
    assert set(left) <= {"杨", "石梅", "永兴镇", "受理时看错一位"}


def test_the_account_that_applied_reads_what_it_declared_and_learns_no_other_number(site, way, clerk, words):
    resident = site.resident()
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    asked = submit_and_ask(way.town, account=account)
    accept(asked)
    way.town.close()
    url = f"/staff/persons/{person(site, APPLICANT).id}/correct"
    assert send(clerk, url, name="周铭").status_code == 303
    for page in (f"/my/data/{asked.case_id}/copy", "/my/data", f"/my/cases/{asked.case_id}", "/apply"):
        assert RIGHT not in resident.get(page).text
    told = words(resident.get(f"/my/data/{asked.case_id}/copy"))
    assert f"周明 您本人，男，1980年5月1日生，{FAMILY[APPLICANT].id_number}" in told
