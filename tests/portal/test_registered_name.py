"""What the register says of her since it was corrected stands beside what she declared: for herself alone (decision 1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.accounts.person_links import check_at_window
from core.cases.changes import accept_application
from core.cases.data_requests import answer_correction, ask_for_correction
from core.cases.declaration_models import DeclaredMember
from core.corrections.changes import Wish, correct_identity
from core.database import new_id
from core.households.models import Person
from core.scopes import System
from core.testing.town import A1_MEMBERS, family_of_four

pytestmark = pytest.mark.row("R1-14", "R2-07")
DECLARED, RIGHT = "赵新梅", "赵新美"
NOW_REGISTERED = f"现在登记的：{RIGHT}，"


@pytest.fixture
def accepted(site, town):
    """A resident's browser and her case, accepted with a name that was written wrong."""
    browser = site.resident()
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    family = replace(
        family_of_four(account), members=(replace(A1_MEMBERS[0], name=DECLARED), *A1_MEMBERS[1:])
    )
    case_id = town.submit(family).id
    desk = town.at_work(town.clerk)
    accept_application(desk, town.clerk, town.case(desk, case_id), town.procedure(desk), now=site.at)
    desk.commit()
    return browser, case_id


def person_of(session, case_id, position=0):
    return session.scalars(
        select(DeclaredMember.person_id).where(
            DeclaredMember.case_id == case_id, DeclaredMember.position == position
        )
    ).one()


def link(site, town, case_id, position=0):
    with town.session(System("test")) as session:
        person_id = person_of(session, case_id, position)
        check_at_window(session, town.clerk, person_id, "19900000001", region=town.township, now=site.at)
        session.commit()


def correct(town, case_id, position=0):
    with town.at_work(town.clerk) as session:
        person = session.get(Person, person_of(session, case_id, position))
        wish = Wish(person.version, new_id(), "对照身份证原件", RIGHT)
        correct_identity(session, town.clerk, person, wish, lambda _: town.procedure(session), now=town.now)
        session.commit()


def pages(browser, case_id, words):
    return [words(browser.get(each)) for each in ("/my/data", f"/my/cases/{case_id}")]


def test_she_whose_account_opens_her_file_reads_both_names(site, town, accepted, words):
    browser, case_id = accepted
    link(site, town, case_id)
    assert NOW_REGISTERED not in "".join(pages(browser, case_id, words))
    correct(town, case_id)
    for page in pages(browser, case_id, words):
        assert DECLARED in page
        assert NOW_REGISTERED in page
        assert A1_MEMBERS[0].id_number[:14] not in page.partition(NOW_REGISTERED)[2][:40]
    assert RIGHT in words(browser.get(f"/my/data/{case_id}/copy"))


def test_an_account_that_was_checked_for_nobody_reads_what_it_wrote_alone(town, accepted, words):
    browser, case_id = accepted
    correct(town, case_id)
    for page in pages(browser, case_id, words):
        assert DECLARED in page
        assert RIGHT not in page
    assert RIGHT not in words(browser.get(f"/my/data/{case_id}/copy"))


def test_what_was_corrected_of_another_of_the_family_is_not_told(site, town, accepted, words):
    browser, case_id = accepted
    link(site, town, case_id)
    correct(town, case_id, position=1)
    assert RIGHT not in "".join(pages(browser, case_id, words))


def test_once_answered_her_records_point_at_the_answer(site, town, accepted, words):
    browser, case_id = accepted
    desk = town.at_work(town.clerk)
    case = town.case(desk, case_id)
    row = ask_for_correction(desk, town.clerk, case, "名字写错了", town.procedure(desk), now=site.at)
    desk.commit()
    assert "以上面的答复为准" not in words(browser.get("/my/data"))
    answer_correction(desk, town.clerk, row, f"已改为{RIGHT}", now=site.at)
    desk.commit()
    page = words(browser.get("/my/data"))
    assert f"已改为{RIGHT}" in page
    assert "以上面的答复为准" in page
