"""The window looks at a resident's card and notes her phone; what crafted requests and other places do not reach."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import ResidentAccount, VerifiedPhone
from core.accounts.person_links import verified_phones
from core.audit.models import AuditEntry
from core.households.models import Person
from core.testing.authorising import FAMILY, MOTHER, SPOUSE, accept, submit_and_ask
from core.testing.town import TOWNSHIP, Town

pytestmark = pytest.mark.row("R1-14", "R2-28")
PHONE = "19900000066"


@pytest.fixture
def people(site):
    """Ids of the registered family, in the order of FAMILY."""
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town)
    accept(asked)
    town.close()
    with site.session() as session:
        rows = {row.birth_date: row.id for row in session.scalars(select(Person))}
    return [rows.get(each.birth_date) for each in FAMILY]


@pytest.fixture
def clerk(site):
    return site.staff("shouli-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


def url(person):
    return f"/staff/persons/{person}/account"


def check(clerk, person, position, **more):
    clerk.get(url(person))
    data = {"id_number": FAMILY[position].id_number, "mobile": PHONE, "agreed": "true", **more}
    return clerk.post(url(person), data)


def linked(site):
    with site.session() as session:
        return session.scalars(select(ResidentAccount.person_id)).all()


def test_from_the_window_a_resident_gets_to_see_her_own_file(site, people, clerk, words):
    resident = site.resident(PHONE)
    assert "杨兰" not in words(resident.get("/my/authorisations"))
    clerk.get("/staff/intake")
    found = clerk.post("/staff/intake", {"q": FAMILY[SPOUSE].id_number})
    assert f'href="{url(people[SPOUSE])}"' in found.text
    assert check(clerk, people[SPOUSE], SPOUSE).status_code == 303
    assert "杨兰" in words(resident.get("/my/authorisations"))
    assert "窗口核对过本人和证件" in words(resident.get("/account"))
    said = words(clerk.get(url(people[SPOUSE])))
    assert "199****0066" in said
    assert "居民身份证原件" in said
    assert PHONE not in clerk.get(url(people[SPOUSE])).text


def test_a_lost_phone_is_given_up_and_opens_nothing_any_more(site, people, clerk, words):
    resident = site.resident(PHONE)
    check(clerk, people[SPOUSE], SPOUSE)
    with site.session() as session:
        phone = verified_phones(session, people[SPOUSE])[0].id
    end = f"/staff/persons/{people[SPOUSE]}/phones/{phone}/end"
    assert "马上看不到档案" in words(clerk.get(end))
    assert clerk.post(end).status_code == 303
    assert "杨兰" not in words(resident.get("/my/authorisations"))
    assert clerk.post(end).status_code == 404
    assert "还没有。" in words(clerk.get(url(people[SPOUSE])))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"id_number": FAMILY[MOTHER].id_number}, "和档案里的身份证号码不一样"),
        ({"id_number": "不认得"}, "和档案里的身份证号码不一样"),
        ({"id_number": ""}, "身份证上的号码"),
        ({"mobile": "19900000067"}, "登录一次"),
        ({"mobile": "0851-00551234"}, "手机号码"),
        ({"mobile": ""}, "手机号码"),
        ({"agreed": ""}, "本人在场"),
    ],
)
def test_what_does_not_fit_is_told_and_opens_nothing(site, people, clerk, words, wrong, told):
    site.resident(PHONE)
    answer = check(clerk, people[SPOUSE], SPOUSE, **wrong)
    assert answer.status_code == 422
    assert told in words(answer)
    assert linked(site) == [None]


def test_a_phone_that_signed_in_hours_ago_does_not_do(site, people, clerk, words):
    site.resident(PHONE)
    site.later(hours=2)
    clerk = site.staff("shouli-02", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]
    answer = check(clerk, people[SPOUSE], SPOUSE)
    assert answer.status_code == 422
    assert "登录一次" in words(answer)
    assert linked(site) == [None]


def test_a_phone_that_is_anothers_is_refused_in_kind_words(site, people, clerk, words):
    site.resident(PHONE)
    check(clerk, people[SPOUSE], SPOUSE)
    answer = check(clerk, people[MOTHER], MOTHER)
    assert answer.status_code == 422
    assert "家里人合用" in words(answer)
    assert "杨" not in words(answer)
    assert linked(site) == [people[SPOUSE]]


def test_who_died_has_no_phone_checked(site, people, clerk, words):
    site.resident(PHONE)
    with site.session(writes=True) as session:
        session.get(Person, people[SPOUSE]).died_on = site.at.date()
        session.commit()
    assert "登记了去世" in words(clerk.get(url(people[SPOUSE])))
    assert check(clerk, people[SPOUSE], SPOUSE).status_code == 422
    assert linked(site) == [None]


def test_each_look_check_and_refusal_is_on_record_without_the_number(site, people, clerk):
    site.resident(PHONE)
    check(clerk, people[SPOUSE], SPOUSE, id_number=FAMILY[MOTHER].id_number)
    check(clerk, people[SPOUSE], SPOUSE)
    with site.session() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.person_id == people[SPOUSE])).all()
        acts = {(row.act, row.done) for row in rows if row.actor_kind == "staff"}
        assert PHONE not in repr([vars(row) for row in rows])
    assert {
        ("resident.look", True),
        ("resident.assurance", False),
        ("resident.assurance", True),
        ("resident.phone", True),
    } <= acts


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.TOWNSHIP_CLERK, "520328104000", 404),
        (Role.TOWNSHIP_CLERK, "441823105000", 404),
        (Role.COUNTY_CONFIRMER, "520328000000", 403),
    ],
)
def test_another_place_and_another_role_reach_nothing(site, people, clerk, role, office, status):
    site.resident(PHONE)
    check(clerk, people[SPOUSE], SPOUSE)
    with site.session() as session:
        phone = session.scalars(select(VerifiedPhone.id)).one()
    other = site.staff("waidi-01", role, office=office)[0]
    other.get("/staff/account")
    data = {"id_number": FAMILY[SPOUSE].id_number, "mobile": PHONE, "agreed": "true"}
    end = f"/staff/persons/{people[SPOUSE]}/phones/{phone}/end"
    for answer in (
        other.get(url(people[SPOUSE])),
        other.post(url(people[SPOUSE]), data),
        other.get(end),
        other.post(end),
    ):
        assert answer.status_code == status
    # nor does naming a person of one's own with another's phone end it
    clerk.get(url(people[MOTHER]))
    assert clerk.post(f"/staff/persons/{people[MOTHER]}/phones/{phone}/end").status_code == 404
    with site.session() as session:
        assert session.scalars(select(VerifiedPhone.ended_at)).one() is None
