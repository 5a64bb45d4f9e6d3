"""A second visit, the county's own, whose visits are whose, and drafts on two phones (R1-14, R2-28, R3-31)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.assignments import VISIT, assign
from core.cases.models import Case, CaseState, StepCode, StepState, Task, TaskState
from core.cases.steps import step_of
from core.documents.models import Document
from core.encryption import place_of
from core.regions.queries import children
from core.testing.town import (
    COUNTY,
    TOWNSHIP,
    catalogue,
)
from core.visits.models import Visit, VisitDraft
from tests.admin.visiting_by_phone import (
    VisitPage,
    accepted,
    all_of,
    answers_for,
    visit_answers,
    visits_in,
)
from tests.admin.walking_in import photo

pytestmark = pytest.mark.row("R1-14", "R3-31")
FORM = catalogue().form("guizhou.visit", "1")
OTHER_TOWNSHIP = "441823100000"


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def colleague(site):
    return site.hire("colleague", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦志强")


@pytest.fixture
def whole(colleague):
    return answers_for(visit_answers(FORM, colleague), ["neighbours_said", "rigid_costs_detail"])


@pytest.fixture
def family(site, clerk):
    return accepted(site, clerk[1])


# --- a second visit, the county's own ---


def test_a_second_visit_is_a_second_record_beside_the_first(site, clerk, family, whole, colleague, words):
    browser, _actor = clerk
    VisitPage(browser, family).press("submit", whole | {"household_size": "3"})
    second = VisitPage(browser, family)
    assert second.fields["household_size"] == "3", "the last visit is what is stored now"
    answer = second.press(
        "submit", answers_for(visit_answers(FORM, colleague), ["neighbours_said", "rigid_costs_detail"])
    )
    assert answer.status_code == 303, words(answer)
    assert len(visits_in(site)) == 2
    page = browser.get(f"/staff/cases/{family}/visits")
    assert words(page).count("看记录") == 2


def test_the_county_visits_a_near_relations_family_itself(site, clerk, whole, words):
    _browser, actor = clerk
    family = accepted(site, actor, local_duty=True)
    officer, _ = site.staff("officer", Role.COUNTY_OFFICER, office=COUNTY, name="田副局长")
    listed = officer.get("/staff/visits")
    assert "单独登记备案" in words(listed)
    second = site.hire("second-officer", Role.COUNTY_OFFICER, office=COUNTY)
    form = VisitPage(officer, family)
    assert "县里入户核查" in words(officer.get(form.url))
    answer = form.press("submit", whole | {"colleague": str(second.account_id)})
    assert answer.status_code == 303, words(answer)
    [visit] = visits_in(site)
    assert visit.by_county
    with site.session() as session:
        assert session.get(Case, family).county_visited_at is not None
        waiting = select(Task).where(Task.kind == "county_visit", Task.state == TaskState.OPEN)
        assert session.scalars(waiting).all() == []
        # the township's own survey is still to come (57号 art. 16)
        assert step_of(session, family, StepCode.VISIT).state is not StepState.DONE
    assert "周* 家" not in words(officer.get("/staff/visits"))


def test_the_county_is_not_sent_to_families_that_are_the_townships(site, clerk, family, words):
    officer, _ = site.staff("officer", Role.COUNTY_OFFICER, office=COUNTY)
    assert "没有要入户的" in words(officer.get("/staff/visits"))


# --- whose it is ---


@pytest.mark.row("R2-28")
def test_staff_of_another_region_find_no_form_no_photo_and_no_visit(site, clerk, family, whole):
    browser, _actor = clerk
    done = VisitPage(browser, family).press("submit", whole)
    read = browser.get(done.headers["Location"])
    address = f"{done.headers['Location']}/photos/"
    photo_url = address + read.text.split(address)[1].split('"')[0]
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    stranger.get("/staff/visits")
    for url in (
        f"/staff/cases/{family}/visit",
        f"/staff/cases/{family}/visits",
        done.headers["Location"],
        photo_url,
    ):
        assert stranger.get(url).status_code == 404, url
    sent = {"do": "submit", "draft": str(uuid.uuid4())}
    assert stranger.post(f"/staff/cases/{family}/visit", sent).status_code == 404
    assert stranger.post(f"/staff/cases/{family}/visit/drop", {}).status_code == 404


@pytest.mark.row("R2-28")
def test_a_village_assistant_sees_her_village_only(site, clerk, family, words):
    with site.session() as session:
        village = session.get(Case, family).village
        other = next(each.code for each in children(session, TOWNSHIP) if each.code != village)
    hers, _ = site.staff("hers", Role.VILLAGE_ASSISTANT, office=village)
    assert "周* 家" in words(hers.get("/staff/visits"))
    # her own place by its own name, not by the whole way down from the province
    assert "县" not in hers.get("/staff/visits").text.partition("周*")[2].partition("</li>")[0]
    neighbour, _ = site.staff("neighbour", Role.VILLAGE_ASSISTANT, office=other)
    assert "周* 家" not in words(neighbour.get("/staff/visits"))
    assert neighbour.get(f"/staff/cases/{family}/visit").status_code == 404


@pytest.mark.row("R2-28")
def test_a_bought_in_worker_visits_only_what_was_handed_to_her(site, clerk, colleague, family, whole, words):
    reviewer = site.hire("reviewer", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP)
    worker = site.hire("worker", Role.CONTRACT_WORKER, office=TOWNSHIP, name="外聘一")
    before = site.sign_in("worker")
    assert "没有要入户的" in words(before.get("/staff/visits"))
    assert before.get(f"/staff/cases/{family}/visit").status_code == 404
    with site.session(writes=True) as session:
        day = site.at.date()
        assign(session, reviewer, worker.account_id, VISIT, day, region=TOWNSHIP, now=site.at, case_id=family)
        session.commit()
    hers = site.sign_in("worker")
    assert "周* 家" in words(hers.get("/staff/visits"))
    form = VisitPage(hers, family)
    assert "韦志强" in form.text, "she names who went with her, though she sees no list of staff"
    assert "显示" not in words(hers.get(form.url)), "no reveal for bought-in workers"
    answer = form.press("submit", whole)
    assert answer.status_code == 303, words(answer)
    assert "外聘一" in words(hers.get(answer.headers["Location"]))
    assert hers.get(f"/staff/cases/{family}").status_code == 403


@pytest.mark.row("R2-28")
def test_who_does_not_visit_may_read_but_not_register(site, clerk, family, whole):
    browser, _actor = clerk
    done = VisitPage(browser, family).press("submit", whole)
    confirmer, _ = site.staff("confirmer", Role.COUNTY_CONFIRMER, office=COUNTY)
    assert confirmer.get(done.headers["Location"]).status_code == 200
    assert confirmer.get(f"/staff/cases/{family}/visit").status_code == 403


# --- drafts ---


def test_the_draft_is_saved_as_one_goes_and_found_on_another_phone(site, clerk, family, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    answer = browser.post(
        form.url, {**form.fields, "met": "本人", "do": "autosave"}, headers={"HX-Request": "true"}
    )
    assert "还差" in words(answer)
    assert "草稿 10:30" in words(answer)
    assert VisitPage(site.sign_in("clerk"), family).fields["met"] == "本人"


def test_two_phones_of_one_worker_never_overwrite_silently(site, clerk, family, words):
    browser, _actor = clerk
    one = VisitPage(browser, family)
    one.press("save", {"met": "本人"})
    two = VisitPage(site.sign_in("clerk"), family)
    one.press("save", {"met": "妻子"})
    answer = two.press("save", {"met": "母亲"})
    assert answer.status_code == 409
    assert "另一部手机上填的是：妻子" in words(answer)
    assert 'value="母亲"' in answer.text


def test_a_colleague_at_the_same_family_is_told_but_has_a_draft_of_her_own(
    site, clerk, colleague, family, words
):
    VisitPage(clerk[0], family).press("save", {"met": "本人"})
    hers = VisitPage(site.sign_in("colleague"), family)
    assert "罗晓梅也在登记这一户" in words(hers.browser.get(hers.url))
    assert hers.fields["met"] == ""


def test_a_draft_is_thrown_away_with_its_photos(site, clerk, family):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    form.press("save", {"house_photo": photo(), "met": "本人"})
    browser.get(f"{form.url}/drop")
    assert browser.post(f"{form.url}/drop", {}).status_code == 303
    assert all_of(site, VisitDraft) == []
    assert all_of(site, Document, Document.removed_at.is_(None)) == []


def test_before_acceptance_and_after_the_end_nothing_is_registered(site, clerk, family, words):
    with site.session(writes=True) as session:
        session.get(Case, family).state = CaseState.WITHDRAWN
        session.commit()
    answer = clerk[0].get(f"/staff/cases/{family}/visit")
    assert answer.status_code == 409
    assert "受理以后、办结以前" in words(answer)


def test_who_no_longer_handles_the_case_sees_masked_values_that_an_empty_field_keeps(
    site, clerk, family, whole, colleague, words
):
    VisitPage(clerk[0], family).press("submit", whole | {"actual_address": "永兴镇流河渡村岩脚组12号"})
    # nothing of this case is due from a reviewer until the checks are back
    reviewer, _ = site.staff("reviewer", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP)
    again = VisitPage(reviewer, family)
    assert "岩脚组12号" not in again.text
    assert again.fields["actual_address"] == ""
    typed = answers_for(visit_answers(FORM, colleague), ["neighbours_said", "rigid_costs_detail"])
    answer = again.press("submit", typed | {"actual_address": ""})
    assert answer.status_code == 303, words(answer)
    with site.session() as session:
        newest = session.scalars(select(Visit).order_by(Visit.id.desc())).first()
        sealed = site.home.vault.unseal_json(place_of(newest, "answers_sealed"), newest.answers_sealed)
    assert sealed["actual_address"] == "永兴镇流河渡村岩脚组12号"
