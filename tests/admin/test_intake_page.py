"""One page makes one case however often pressed; rows, faults, proxies, near relations (R2-07, R3-22)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.authorisations.models import Authorisation
from core.cases.declaration_models import DeclaredMember, StatementLine
from core.cases.models import Case, CaseState, Channel, Task
from core.cases.people import account_to_open
from core.documents.models import Document, DocumentKind
from core.encryption import place_of
from core.letters.models import Letter
from core.testing.town import TOWNSHIP, made_up_id
from tests.admin.visiting_by_phone import village_of
from tests.admin.walking_in import APPLICANT, SPOUSE, DeskPage, begin, cases_in, fill, photo

pytestmark = pytest.mark.row("R2-07", "R3-22")
OTHER_TOWNSHIP = "441823100000"
CHILD = made_up_id(date(2014, 6, 7), 28)


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def village(site):
    return village_of(site)


# --- one page ---


def test_one_page_makes_one_case_with_slip_authorisations_and_task(site, clerk, village, words):
    browser, actor = clerk
    desk = DeskPage(browser, begin(browser))
    answer = desk.press("submit", fill(desk, village=village))
    assert answer.status_code == 303, words(answer)
    slip = browser.get(answer.headers["Location"])
    assert "收件回执" in words(slip)
    assert "周明" in words(slip)
    assert "身份证" in words(slip)
    with site.session() as session:
        case = session.scalars(select(Case)).one()
        assert (case.channel, case.state) == (Channel.WINDOW, CaseState.SUBMITTED)
        assert case.intake_account_id == actor.account_id
        assert [
            row.name for row in session.scalars(select(DeclaredMember).order_by(DeclaredMember.position))
        ] == [
            "周明",
            "杨兰",
        ]
        [line] = session.scalars(select(StatementLine))
        assert (line.amount_fen, line.yearly_fen) == (100_000, 1_200_000)
        assert len(session.scalars(select(Authorisation)).all()) == 2
        assert [task.kind for task in session.scalars(select(Task))] == ["acceptance"]
        [letter] = session.scalars(select(Letter))
        assert letter.case_id == case.id
        papers = session.scalars(select(Document).where(Document.removed_at.is_(None))).all()
        assert [(row.kind, row.case_id) for row in papers] == [(DocumentKind.ID_CARD, case.id)]


def test_pressing_twice_and_the_back_button_find_the_first_case(site, clerk, village):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village)
    sent = {**desk.fields, **typed, "do": "submit"}
    desk.press("submit", typed)
    again = browser.post(desk.url, {**sent, "identity_photo": photo()}, content_type="multipart/form-data")
    back = browser.get(desk.url)
    [case] = cases_in(site)
    assert again.headers["Location"] == back.headers["Location"] == f"/staff/cases/{case.id}"


def test_a_family_without_an_account_is_taken_down_too(site, clerk, village):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village) | {"bank_name": "", "bank_account": "", "account_holder": ""}
    assert desk.press("submit", typed).status_code == 422
    typed |= {"has_account": "to_open", "identity_photo": photo()}
    assert desk.press("submit", typed).status_code == 303
    [case] = cases_in(site)
    with site.session() as session:
        assert account_to_open(session, case)


def test_a_guardian_at_the_desk_is_of_age(clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village)
    desk.press("save", typed | {f"members/{desk.keys('members')[1]}/id_number": CHILD})
    herself = f"members/{desk.keys('members')[0]}/guardian"
    assert "监护人要选满18岁的人" in words(desk.press("submit", {herself: "1", "identity_photo": photo()}))


def test_rows_are_added_and_taken_out_by_named_buttons_without_losing_what_was_typed(clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("add:members", {"address": "岩脚组12号", "phone": "不是电话"})
    desk.press("add:incomes", {"bank_name": "演示信用社"})
    assert len(desk.keys("members")) == 2
    assert desk.fields["address"] == "岩脚组12号"
    assert desk.fields["phone"] == "不是电话", "also what cannot stand yet is kept word for word"
    assert desk.fields["bank_name"] == "演示信用社"
    desk.press(f"remove:members/{desk.keys('members')[1]}")
    assert len(desk.keys("members")) == 1
    assert desk.fields["address"] == "岩脚组12号"


def test_the_applicant_cannot_be_taken_out_and_no_row_of_a_made_up_kind_appears(clerk):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    assert desk.press(f"remove:members/{desk.keys('members')[0]}").status_code == 422
    desk.read()
    assert desk.press("add:cases").status_code == 303
    assert len(desk.keys("members")) == 1


def test_the_running_sum_follows_what_is_saved_by_itself(clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village)
    typed.pop("identity_photo")
    answer = browser.post(
        desk.url, {**desk.fields, **typed, "do": "autosave"}, headers={"HX-Request": "true"}
    )
    assert "全家每月 1,000.00 元" in words(answer)
    assert "每人每月（2 人） 500.00 元" in words(answer)
    assert "杨兰" in words(answer)
    assert "1982年6月2日" in words(answer)
    assert desk.read().fields["address"] == "岩脚组12号"


@pytest.mark.row("R3-05")
def test_of_whose_income_nothing_is_said_is_asked_for(clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    second = desk.keys("members")[1]
    answer = desk.press("submit", typed | {f"members/{second}/no_income": ""})
    assert answer.status_code == 422
    assert f'href="#members/{second}/no_income-0"' in answer.text
    assert "写一项收入，或者选“没有收入：是”" in words(answer)


def test_faults_are_told_beside_their_fields_and_nothing_is_lost(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    first, second = desk.keys("members")
    answer = desk.press(
        "submit",
        typed
        | {
            f"members/{second}/id_number": APPLICANT,
            f"members/{second}/name": "杨😀",
            f"incomes/{desk.keys('incomes')[0]}/amount": "很多",
        },
    )
    assert answer.status_code == 422
    assert "一个人只填一次" in words(answer)
    assert "姓名里不能有表情或符号" in words(answer)
    assert cases_in(site) == []
    assert desk.read().fields[f"members/{second}/name"] == "杨😀"
    assert f'id="members/{first}"' in desk.text


@pytest.mark.parametrize(
    ("number", "said"),
    [("520399198005010110", "最后一位"), (made_up_id(date(2026, 11, 17), 11), "晚于今天")],
)
def test_a_wrong_number_is_told_when_submitting(clerk, village, words, number, said):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    answer = desk.press("submit", typed | {f"members/{desk.keys('members')[1]}/id_number": number})
    assert answer.status_code == 422
    assert said in words(answer)


def test_an_old_number_of_fifteen_digits_is_read_as_the_one_of_today(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    old = SPOUSE[:6] + SPOUSE[8:17]
    answer = desk.press("submit", typed | {f"members/{desk.keys('members')[1]}/id_number": old})
    assert answer.status_code == 303, words(answer)
    with site.session() as session:
        rows = session.scalars(select(DeclaredMember).order_by(DeclaredMember.position)).all()
    assert rows[1].id_index == site.home.vault.index("id_number", SPOUSE)


def test_rare_characters_and_the_dot_of_minority_names_pass(site, clerk, village):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    first, second = desk.keys("members")
    desk.press("submit", typed | {f"members/{first}/name": "𠮷明", f"members/{second}/name": "阿依・古丽"})
    with site.session() as session:
        names = [
            row.name for row in session.scalars(select(DeclaredMember).order_by(DeclaredMember.position))
        ]
    assert names == ["𠮷明", "阿依·古丽"]


# --- who acts for whom, and near relations ---


def test_a_proxy_is_recorded_with_her_entrustment(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village) | {
        "by_proxy": "true",
        "proxy_name": "石海",
        "proxy_relation": "村干部",
        "proxy_id_number": made_up_id(date(1975, 1, 1), 21),
    }
    without = desk.press("submit", typed)
    assert without.status_code == 422
    assert "委托书" in words(without)
    answer = desk.press(
        "submit", typed | {"identity_photo": photo(), "proxy_entrustment": photo(name="paper.png")}
    )
    assert answer.status_code == 303, words(answer)
    with site.session() as session:
        case = session.scalars(select(Case)).one()
        assert case.channel is Channel.PROXY
        kept = site.home.vault.unseal_json(place_of(case, "proxy_sealed"), case.proxy_sealed)
        kinds = set(session.scalars(select(Document.kind).where(Document.case_id == case.id)))
    assert (kept["name"], kept["relation"]) == ("石海", "村干部")
    assert DocumentKind.ENTRUSTMENT in kinds


@pytest.mark.row("R1-14")
def test_a_near_relation_of_staff_is_registered_apart_and_shown_so(site, clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village) | {"related_party": "true", "related_who": "哥哥是村委会委员"}
    desk.press("submit", typed)
    [case] = cases_in(site)
    assert case.related_party
    assert "单独登记备案" in words(browser.get(f"/staff/cases/{case.id}"))
