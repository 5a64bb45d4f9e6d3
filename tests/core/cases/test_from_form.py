"""Answers of the application form become an Application: the same for the portal, the window and imports."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest

from core.cases.application import LineAnswer, check_application
from core.cases.declaration_models import LineKind, MemberRole, Period, Section
from core.cases.from_form import application_from, paper_ids, whole_faults
from core.cases.models import Channel
from core.cases.people import members, secrets
from core.database import new_id
from core.documents.changes import copy_id
from core.errors import Invalid
from core.forms import read_answers
from core.households.models import Area, NotCounted
from core.testing.town import TOWNSHIP, catalogue, family_of_four, made_up_id

ADULT = 18
TODAY = date(2026, 11, 16)
MOTHER = made_up_id(date(1958, 3, 2), 26)
SON = made_up_id(date(1983, 4, 5), 15)
CHILD = made_up_id(date(2016, 6, 7), 28)
DAUGHTER = made_up_id(date(1986, 8, 9), 32)


@pytest.fixture
def form():
    return catalogue().form("guizhou.application", "1")


@pytest.fixture
def given():
    """What a family types, as it types it."""
    return {
        "region": TOWNSHIP,
        "area": "rural",
        "village_group": "岩脚组",
        "address": "岩脚组学堂边",
        "phone": "199 0000 0001",
        "variant": "household",
        "relocated": "否",
        "related_party": "true",
        "related_who": "村会计是我侄子",
        "members": [
            {"name": "周桂兰", "id_number": MOTHER.lower(), "relation": "01", "counted": "true", "working": "false"},
            {
                "name": "田志强", "id_number": SON, "relation": "20", "counted": "true", "phone": "19900000002",
                "disabled": "true", "disability_certificate": f"{SON}42", "kept_by_others": "true",
            },
            {
                "name": "田雨欣", "id_number": CHILD, "relation": "42", "counted": "true", "student": "true",
                "guardian": "1",
            },
        ],
        "supporters": [{"name": "田秀芳", "id_number": DAUGHTER, "relation": "30", "phone": "19900000003"}],
        "incomes": [
            {
                "member": "0", "kind": "transfer", "description": "养老金", "amount": "238", "period": "month",
                "basic_pension": "138",
            },
            {"member": "1", "kind": "wage", "amount": "1,200", "period": "year", "description": "零工"},
        ],
        "expenses": [{"member": "1", "kind": "medical_expense", "amount": "两千三", "period": "year"}],
        "properties": [{"kind": "dwelling", "quantity": "1", "amount": "0"}],
        "has_account": "have",
        "account_holder": "0",
        "bank_name": "演示信用社",
        "bank_account": "6222 0200 0000 0000 000",
        "promise_materials": "true",
        "promise_truth": "true",
        "promise_authorise": "true",
        "promise_cooperate": "true",
    }  # fmt: skip


def application(form, given, **more):
    papers = {"identity_photo": str(uuid.UUID(int=7))}
    answers, faults = read_answers(form, {**papers, **given}, today=TODAY, demo=True)
    assert [str(each) for each in faults] == []
    assert whole_faults(answers, TODAY, ADULT, demo=True) == []
    options = {
        "application_id": uuid.UUID(int=1),
        "scheme": "dibao",
        "pack": "guizhou",
        "channel": Channel.ONLINE,
    }
    return application_from(form, answers, **{**options, **more}, today=TODAY, demo=True)


def test_members_come_with_what_their_numbers_tell(form, given):
    made = application(form, given)
    mother, son, child, daughter = made.members
    assert (mother.birth_date, mother.sex, mother.is_applicant) == (date(1958, 3, 2), 2, True)
    assert mother.id_number == MOTHER
    assert (son.sex, son.disability_class, son.disability_grade) == (1, 4, 2)
    assert (child.guardian, child.student) == (1, True)
    assert (daughter.role, daughter.relation) == (MemberRole.SUPPORTER, "30")
    check_application(made, TODAY)


@pytest.mark.parametrize(("number", "kept"), [("73", 3), ("43", None)])
def test_the_mental_part_of_a_multiple_disability_is_kept_and_of_no_other(form, given, number, kept):
    given["members"][1] |= {"disability_certificate": f"{SON}{number}", "mental_part": "3"}
    assert application(form, given).members[1].mental_part_grade == kept


@pytest.mark.row("R3-05")
def test_everybody_who_lives_there_is_counted_unless_a_legal_reason_is_given(form, given):
    assert application(form, given).counted == 3
    given["members"][1] |= {"counted": "false", "not_counted_reason": "in_prison"}
    made = application(form, given)
    assert made.counted == 2
    assert made.members[1].not_counted_reason is NotCounted.IN_PRISON


@pytest.mark.row("R3-05")
def test_leaving_somebody_out_without_a_reason_does_not_pass(form, given):
    given["members"][1]["counted"] = "false"
    _, faults = read_answers(form, given, today=TODAY, demo=True)
    assert "members.1.not_counted_reason" in [each.path for each in faults]


@pytest.mark.row("R1-12")
def test_a_single_person_of_a_low_income_family_applies_alone(form, given):
    given["variant"] = "single_person"
    made = application(form, given)
    assert made.variant == "single_person"
    # the family is declared all the same: whether it is an edge family depends on all of it
    assert made.counted == 3


def test_the_applicants_phone_is_the_one_the_family_is_reached_by(form, given):
    assert application(form, given).members[0].phone == "19900000001"


def test_money_is_whole_fen_however_it_was_written(form, given):
    amounts = {(line.kind, line.item): line.amount_fen for line in application(form, given).lines}
    assert amounts[LineKind.WAGE, ""] == 120_000
    assert amounts[LineKind.MEDICAL_EXPENSE, ""] == 230_000


def test_the_central_basic_pension_is_a_line_of_its_own(form, given):
    lines = [line for line in application(form, given).lines if line.kind is LineKind.TRANSFER]
    assert [(line.amount_fen, line.item) for line in lines] == [
        (10_000, ""),
        (13_800, "central_basic_pension"),
    ]
    assert {line.period for line in lines} == {Period.MONTH}


def test_the_pension_of_a_yearly_sum_is_twelve_months(form, given):
    given["incomes"][0] |= {"amount": "2856", "period": "year"}
    lines = [line for line in application(form, given).lines if line.kind is LineKind.TRANSFER]
    assert [line.amount_fen for line in lines] == [120_000, 165_600]


def test_property_is_no_flow_and_may_be_nobodys_in_particular(form, given):
    (house,) = [line for line in application(form, given).lines if line.section is Section.PROPERTY]
    assert (house.kind, house.period, house.member, house.quantity) == (
        LineKind.DWELLING,
        Period.ONCE,
        None,
        1,
    )


def test_papers_are_named_as_the_case_will_hold_them(form, given):
    paper = new_id()
    given["incomes"][1]["document"] = str(paper)
    made = application(form, given)
    (wage,) = [line for line in made.lines if line.kind is LineKind.WAGE]
    assert wage.document_id == copy_id(made.id, paper)
    assert made.sensitive_answers["identity_photo"] == str(copy_id(made.id, uuid.UUID(int=7)))
    answers, _ = read_answers(form, given | {"identity_photo": str(uuid.UUID(int=7))}, today=TODAY, demo=True)
    assert paper_ids(form, answers) == {uuid.UUID(int=7): 0, paper: 1}


def test_the_identity_card_is_the_applicants_and_what_is_of_nobody_the_familys(form, given):
    papers = {"identity_photo": str(uuid.UUID(int=7)), "marriage_photo": str(uuid.UUID(int=8))}
    given["members"].insert(0, given["members"].pop(1))
    given["members"][2] |= {"guardian": "0"}
    answers, _ = read_answers(form, given | papers, today=TODAY, demo=True)
    assert [row["relation"] for row in answers["members"]].index("01") == 1
    assert paper_ids(form, answers) == {uuid.UUID(int=7): 1, uuid.UUID(int=8): None}


def test_what_has_a_column_is_kept_once_and_only_the_village_group_is_plain(form, given):
    made = application(form, given)
    assert made.area is Area.RURAL
    assert made.related_party is True
    assert made.answers["village_group"] == "岩脚组"
    kept = f"{made.answers}{made.sensitive_answers}"
    for number in (MOTHER, SON, CHILD, DAUGHTER):
        assert number not in kept
    assert "周桂兰" not in kept
    assert "岩脚组学堂边" not in str(made.answers)
    assert made.sensitive_answers["bank_account"] == "6222020000000000000"


def test_what_a_province_asks_besides_is_kept_sealed(form, given):
    made = application(form, given)
    assert made.sensitive_answers["relocated"] is False
    assert made.sensitive_answers["members"] == [{}, {"kept_by_others": True}, {}]


@pytest.mark.row("R2-07")
@pytest.mark.parametrize("channel", list(Channel))
def test_each_channel_gives_the_same_application(form, given, channel):
    proxy = {"name": "村委会代办"} if channel is Channel.PROXY else None
    made = application(form, given, channel=channel, proxy=proxy)
    assert made.channel is channel
    assert made.proxy == proxy
    assert len(made.members) == 4


def faults_of(form, given):
    answers, _ = read_answers(form, given, today=TODAY, demo=True)
    return {each.path: str(each) for each in whole_faults(answers, TODAY, ADULT, demo=True)}


def test_a_supporter_who_is_also_a_member_is_told(form, given):
    given["supporters"][0]["id_number"] = SON
    assert "只写一次" in faults_of(form, given)["supporters.0.id_number"]


def test_a_certificate_of_somebody_else_is_told(form, given):
    given["members"][1]["disability_certificate"] = f"{MOTHER}42"
    told = faults_of(form, given)["members.1.disability_certificate"]
    assert "身份证号码不一样" in told
    assert MOTHER not in told


def test_a_pension_greater_than_the_whole_is_told(form, given):
    given["incomes"][0]["basic_pension"] = "500"
    assert "incomes.0.basic_pension" in faults_of(form, given)


def test_nobody_is_her_own_guardian(form, given):
    given["members"][2]["guardian"] = "2"
    assert "members.2.guardian" in faults_of(form, given)


@pytest.mark.parametrize("of_age", [False, True])
def test_a_guardian_is_of_age(form, given, of_age):
    given["members"][1]["guardian"] = "0" if of_age else "2"
    assert faults_of(form, given) == ({} if of_age else {"members.1.guardian": "监护人要选满18岁的人"})


def test_what_was_not_answered_stays_apart_from_no(form, given):
    made = application(form, given)
    assert [made.members[number].working for number in (0, 1)] == [False, None]


def test_without_an_account_nothing_of_one_is_needed_nor_kept(form, given):
    made = application(form, given | {"has_account": "to_open"})
    assert made.sensitive_answers["has_account"] == "to_open"
    assert not {"account_holder", "bank_name", "bank_account"} & made.sensitive_answers.keys()
    given["identity_photo"] = str(uuid.UUID(int=7))
    for name in ("account_holder", "bank_name", "bank_account"):
        given.pop(name)
    assert set(faults_in(form, given)) == {"account_holder", "bank_name", "bank_account"}
    assert faults_in(form, given | {"has_account": "to_open"}) == []


def faults_in(form, given):
    return [fault.path for fault in read_answers(form, given, today=TODAY, demo=True)[1]]


def test_two_applicants_and_a_member_twice_are_told_by_the_form(form, given):
    given["members"][1] |= {"relation": "01", "id_number": MOTHER}
    _, faults = read_answers(form, given, today=TODAY, demo=True)
    assert {"members.1.relation", "members.1.id_number"} <= {each.path for each in faults}


@pytest.mark.row("R2-07", "R3-05")
def test_it_is_submitted_and_every_secret_is_sealed(form, given, town):
    account = new_id()
    made = application(form, given, application_id=new_id(), owner_account_id=account)
    case = town.submit(made)
    session = town.resident(account)
    rows = members(session, case.id)
    assert [row.name for row in rows] == ["周桂兰", "田志强", "", "田秀芳"]
    assert secrets(session, rows[2])["name"] == "田雨欣"
    assert case.related_party is True


def test_an_amount_that_no_number_of_the_database_holds_is_refused_before_anything_is_written():
    line = LineAnswer(Section.INCOME, LineKind.WAGE, 10**16, Period.MONTH, 0)
    with pytest.raises(Invalid, match="太大") as told:
        check_application(replace(family_of_four(), lines=(line,)), TODAY)
    assert told.value.field == "lines"
