"""What people type and send wrongly: each gets a humane sentence beside the field, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.cases.models import Case
from core.identity_numbers import check_character
from core.testing.town import made_up_id
from tests.portal.applying import CHILD_ID, SELF_ID, SON_ID, begin


@pytest.fixture
def walk(site):
    return begin(site)


def wrong_digit(number):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def with_check(body):
    return body + check_character(body)


BAD_NUMBERS = {
    "a wrong check digit": (wrong_digit(SELF_ID), "最后一位与前面的数字对不上"),
    "too short": ("5203991958030202", "应为 18 位，现在是 16 位"),
    "born tomorrow": (with_check("52039920261117026"), "晚于今天"),
    "no such day": (with_check("52039919580231026"), "不存在"),
    "no such province": (with_check("99039919580302026"), "地区代码不存在"),
    "letters": ("身份证号码", "只能有数字"),
    "nothing": ("", "请填写“身份证号码”"),
}


@pytest.mark.parametrize(("given", "told"), BAD_NUMBERS.values(), ids=BAD_NUMBERS)
def test_a_number_that_cannot_be_is_told_and_kept(walk, words, given, told):
    answer = walk.you(id_number=given)
    assert answer.status_code == 422
    assert told in words(answer)
    # the summary leads to the field, the sentence stands above it, the value is still there
    assert 'href="#id_number"' in answer.text
    assert 'id="id_number-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{given}"' in answer.text
    # and it is in the draft, not only in the page
    assert walk.draft().state.row("members", walk.keys()[0])["name"] == "周桂兰"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" 520399 19580302 0260 ", SELF_ID),
        (SELF_ID.lower(), SELF_ID),
        ("".join(chr(ord(each) + 0xFEE0) for each in SELF_ID), SELF_ID),
        (with_check("81000019580302026"), with_check("81000019580302026")),
        (with_check("83000019580302026"), with_check("83000019580302026")),
        (with_check("91159919580302026"), with_check("91159919580302026")),
    ],
    ids=["blanks", "lower case", "full width", "Hong Kong permit", "Taiwan permit", "foreigner's permit"],
)
def test_numbers_and_permits_are_taken_as_people_write_them(walk, given, stored):
    assert walk.you(id_number=given).status_code == 303
    assert walk.draft().state.row("members", walk.keys()[0])["id_number"] == stored


def test_a_15_digit_number_becomes_18_and_that_is_said(walk, words):
    old = "520399" + "580302" + "026"
    assert walk.you(id_number=old).status_code == 303
    assert walk.draft().state.row("members", walk.keys()[0])["id_number"] == with_check("52039919580302026")
    hint = walk.browser.post("/apply/id-hint", {"id_number": old})
    assert "15位老号码已换成18位" in words(hint)


def test_a_number_tells_birth_date_sex_and_place_at_once(walk, words):
    walk.open("you")
    hint = words(walk.browser.post("/apply/id-hint", {"id_number": SELF_ID}))
    assert "女，1958年3月2日生" in hint
    assert "贵州省遵义市发的证" in hint
    assert words(walk.browser.post("/apply/id-hint", {"id_number": "123"})) == ""


@pytest.mark.parametrize("name", ["𠮷田", "买买提·阿不都", "周 桂兰", "赵•明"])
def test_rare_characters_and_the_dot_of_names_pass(walk, name):
    assert walk.you(name=name).status_code == 303


@pytest.mark.parametrize("name", ["周😀兰", "周桂兰2", "·", "👵🏽", "周\u0007兰"])
def test_pictures_and_digits_in_a_name_do_not(walk, words, name):
    answer = walk.you(name=name)
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text


@pytest.mark.row("R3-05")
def test_the_same_person_twice_is_told_by_name(walk, words):
    walk.you()
    answer = walk.add_person(id_number=SELF_ID)
    assert answer.status_code == 422
    assert "和周桂兰填的一样；一个人只填一次" in words(answer)
    assert SELF_ID not in words(answer)
    # also when she is written among those who live elsewhere, and when the first card is changed afterwards
    answer = walk.add_person("supporters", "ee55", id_number=SELF_ID, relation="30", phone="19900000003")
    assert "和周桂兰填的一样" in words(answer)
    assert walk.add_person().status_code == 303
    assert "和田志强填的一样" in words(walk.you(id_number=SON_ID))


def test_a_second_applicant_cannot_be_written(walk, words):
    walk.you()
    page = walk.open("people/family/ab12").text
    assert '<option value="01"' not in page
    answer = walk.add_person(relation="01")
    assert answer.status_code == 422
    assert "请从列出的里面选一项" in words(answer)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,200", 120_000),
        ("两千三", 230_000),
        ("１３８元", 13_800),
        ("0", 0),
        ("2.3万", 2_300_000),
        ("1234.5", 123_450),
    ],
)
def test_money_is_read_as_people_write_it(walk, typed, fen):
    walk.you()
    assert walk.add_income(amount=typed).status_code == 303
    assert walk.draft().state.row("incomes", walk.keys("incomes")[0])["amount"] == fen


@pytest.mark.parametrize("typed", ["两千多", "-5", "很少", "1.234,5", "2300左右", "", "999999999999万"])
def test_money_that_is_no_number_is_told_and_kept(walk, words, typed):
    walk.you()
    answer = walk.add_income(amount=typed)
    assert answer.status_code == 422
    told = words(answer)
    assert "周桂兰别人给的、发的钱，多少钱：" in told
    assert 'href="#amount"' in answer.text
    assert f'value="{typed}"' in answer.text
    # what cannot be read is not added up, and that is said
    assert "还有1项没算" in told
    assert "0.00元。先算给您看" in told


def test_the_running_sum_adds_up_what_is_finished(walk, words):
    walk.you()
    walk.add_person()
    walk.add_income(amount="138")
    walk.add_income(kind="business", description="茶叶", amount="2400", period="year")
    page = words(walk.open("incomes"))
    assert "338.00 ÷ 2 = 169.00元。先算给您看，最后以镇里核实的数为准。" in page
    assert "一年2,400.00" in page


@pytest.mark.row("R3-05")
def test_nobodys_income_is_passed_over_in_silence(walk, words):
    walk.you()
    walk.add_person()
    walk.add_income()
    answer = walk.send("incomes")
    assert answer.status_code == 422
    assert "田志强：写一项收入，或者勾“没有收入”" in words(answer)
    son = walk.keys()[1]
    assert f'href="#none-{son}"' in answer.text
    assert walk.send("incomes", {"asked-none": son, f"none-{son}": "1"}).status_code == 303


def test_lines_are_added_changed_and_removed_by_buttons_alone(walk, words):
    walk.you()
    me = walk.keys()[0]
    answer = walk.send("incomes", do=f"add:{me}")
    assert f"add={me}" in answer.headers["Location"]
    walk.add_income()
    walk.add_income(kind="wage", description="零工", amount="50")
    first, second = walk.keys("incomes")
    answer = walk.send("incomes", do=f"edit:{second}")
    assert f"edit={second}" in answer.headers["Location"]
    walk.page = walk.browser.get(answer.headers["Location"].partition("#")[0])
    assert 'value="零工"' in walk.page.text
    changed = {"row-member": me, "kind": "wage", "description": "零工", "amount": "60", "period": "month"}
    assert walk.send("incomes", changed, do="save", fresh=False).status_code == 303
    assert walk.draft().state.row("incomes", second)["amount"] == 6_000
    walk.send("incomes", do=f"remove:{first}")
    assert walk.keys("incomes") == [second]


def test_pressing_another_button_saves_the_line_that_is_open(walk):
    walk.you()
    me = walk.keys()[0]
    walk.page = walk.browser.get(walk.url("incomes") + f"?add={me}")
    open_line = {"row-member": me, "kind": "wage", "description": "零工", "amount": "60", "period": "month"}
    walk.send("incomes", open_line, do=f"add:{me}", fresh=False)
    assert walk.draft().state.row("incomes", walk.keys("incomes")[0])["amount"] == 6_000


def test_an_editor_left_empty_is_no_line(walk):
    walk.you()
    me = walk.keys()[0]
    walk.page = walk.browser.get(walk.url("incomes") + f"?add={me}")
    walk.send("incomes", {"row-member": me, "asked-none": me, f"none-{me}": "1"}, fresh=False)
    assert walk.keys("incomes") == []


def test_a_pension_part_greater_than_the_whole_is_told_at_its_field(walk, words):
    walk.you()
    answer = walk.add_income(amount="100", basic_pension="138")
    assert answer.status_code == 422
    assert "不能比它多" in words(answer)
    assert 'href="#basic_pension"' in answer.text


def test_taking_somebody_out_takes_her_lines_after_saying_so(walk, words):
    walk.you()
    walk.add_person()
    walk.add_income(member=walk.keys()[1])
    assert "1项收入" in words(walk.open("people/family/ab12/remove"))
    walk.send("people/family/ab12/remove")
    assert len(walk.keys()) == 1
    assert walk.keys("incomes") == []


def test_the_applicant_herself_is_not_taken_out(walk):
    walk.you()
    me = walk.keys()[0]
    assert walk.browser.post(walk.url(f"people/family/{me}/remove")).status_code == 404


def test_a_near_relation_of_the_staff_is_asked_and_registered_apart(site, walk, words):
    walk.fill()
    answer = walk.about(related_party="true")
    assert answer.status_code == 422
    assert "是谁，什么关系" in words(answer)
    assert walk.about(related_party="true", related_who="村会计是我侄子").status_code == 303
    walk.promise()
    with site.session() as session:
        assert session.scalar(select(Case.related_party)) is True


@pytest.mark.row("R1-12")
def test_one_person_alone_is_offered_and_kept(site, walk):
    walk.fill()
    assert walk.about(variant="single_person").status_code == 303
    walk.promise()
    with site.session() as session:
        assert session.scalar(select(Case.variant)) == "single_person"


# --- the last page ----------------------------------------------------------------------------------------------


def test_what_is_missing_is_told_at_the_end_with_the_way_to_each(site, walk, words):
    walk.you()
    answer = walk.promise()
    assert answer.status_code == 422
    told = words(answer)
    assert "请填写“现在住的地方”" in told
    assert "请填写“有银行卡或者存折吗”" in told
    assert walk.url("contact") + "?then=check" in answer.text
    with site.session() as session:
        assert session.scalars(select(Case)).all() == []


def test_without_the_promise_nothing_is_submitted(site, walk, words):
    walk.fill()
    answer = walk.send("check", {"promise_truth": "true"}, do="submit")
    assert answer.status_code == 422
    assert 'href="#promise_materials-0"' in answer.text
    with site.session() as session:
        assert session.scalars(select(Case)).all() == []


def test_changing_an_answer_leads_back_to_the_page_of_all_answers(walk):
    walk.fill()
    page = walk.browser.get(walk.url("contact") + "?then=check")
    assert "保存，回到检查" in page.text
    walk.page = page
    answer = walk.send(
        "contact",
        {"area": "rural", "address": "新地址", "phone": "19900000001", "then": "check"},
        fresh=False,
    )
    assert answer.headers["Location"] == walk.url("check")
    assert "新地址" in walk.open("check").text


def test_the_page_of_all_answers_hides_the_numbers_of_people_and_cards(walk):
    walk.fill()
    page = walk.open("check").text
    for number in (SELF_ID, SON_ID, CHILD_ID, "6222020000000000000"):
        assert number not in page


def test_an_answer_that_saved_itself_wrongly_is_found_before_submitting(walk, words):
    walk.fill()
    walk.send("you", {"name": "周😀兰", "id_number": SELF_ID}, do="autosave")
    answer = walk.promise()
    assert answer.status_code == 422
    assert "姓名里不能有表情或符号" in words(answer)


def test_a_made_up_number_does_not_pass_in_a_real_installation(site, walk, words):
    from dataclasses import replace

    site.home.demo = False
    site.home.settings = replace(site.home.settings, testing=False)
    answer = walk.you(id_number=made_up_id(date(1958, 3, 2), 26))
    assert "这是演示用的号码" in words(answer)
