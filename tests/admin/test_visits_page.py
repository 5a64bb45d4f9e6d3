"""Household visits on the phone: due, registered by two workers, locked once submitted (R1-14, R2-28, R3-31)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from core.access import Role
from core.accounts.role_changes import assign
from core.audit.models import AuditEntry
from core.cases.declaration_models import Layer, StatementLine
from core.cases.models import Case, CaseState, CaseStep, StepCode, StepState, Task, TaskState
from core.documents.models import Document
from core.encryption import place_of
from core.regions.queries import children
from core.scopes import Region
from core.standards.changes import enter_standard
from core.testing.town import (
    COUNTY,
    OTHER_COUNTY,
    TOWNSHIP,
    catalogue,
    demo_standards,
    law_book,
    staff,
)
from core.visits.models import Visit, VisitDraft, VisitPhoto, VisitSurveyor
from tests.admin.visiting_by_phone import VisitPage, accepted, answers_for, village_of, visit_answers
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


def visits_in(site):
    with site.session() as session:
        return session.scalars(select(Visit).order_by(Visit.id)).all()


def all_of(site, model, *where):
    with site.session() as session:
        return session.scalars(select(model).where(*where)).all()


# --- what is due ------------------------------------------------------------------------------------------------


def test_families_to_visit_are_listed_masked_and_those_visited_only_when_asked(clerk, family, whole, words):
    browser, _actor = clerk
    listed = browser.get("/staff/visits")
    assert "周* 家" in words(listed)
    assert "周明" not in listed.text
    assert f"/staff/cases/{family}/visit" in listed.text
    VisitPage(browser, family).press("submit", whole)
    assert "周* 家" not in words(browser.get("/staff/visits"))
    assert "周* 家" in words(browser.get("/staff/visits?visited=yes"))


def test_arranging_a_visit_starts_the_survey_and_puts_the_colleague_in(site, clerk, colleague, family, words):
    browser, actor = clerk
    url = f"/staff/cases/{family}/visits"
    browser.get(url)
    both = [str(actor.account_id), str(colleague.account_id)]
    alone = browser.post(url, {"day": "2026-11-17", "surveyors": both[:1]})
    assert alone.status_code == 422
    assert "至少2名" in words(alone)
    gone = browser.post(url, {"day": "2026-11-13", "surveyors": both})
    assert gone.status_code == 422
    assert browser.post(url, {"day": "2026-11-17", "surveyors": both}).status_code == 303
    assert "韦志强" in words(browser.get(url))
    [step] = all_of(site, CaseStep, CaseStep.code == StepCode.SURVEY_START)
    assert step.state is StepState.DONE
    assert VisitPage(browser, family).fields["colleague"] == both[1]


# --- registering ------------------------------------------------------------------------------------------------


def test_a_whole_visit_is_submitted_once_and_read_again(site, clerk, colleague, family, whole, words):
    browser, actor = clerk
    form = VisitPage(browser, family)
    sent = {**form.fields, **whole, "do": "submit"}
    answer = form.press("submit", whole)
    assert answer.status_code == 303, words(answer)
    [visit] = visits_in(site)
    assert answer.headers["Location"] == f"/staff/visits/{visit.id}"
    assert {row.account_id for row in all_of(site, VisitSurveyor)} == {actor.account_id, colleague.account_id}
    assert all_of(site, VisitDraft) == []
    [step] = all_of(site, CaseStep, CaseStep.code == StepCode.VISIT)
    assert step.state is StepState.DONE
    again = browser.post(
        form.url,
        {**sent, "house_photo": photo(), "together_photo": photo()},
        content_type="multipart/form-data",
    )
    assert again.headers["Location"] == answer.headers["Location"]
    assert len(visits_in(site)) == 1
    read = browser.get(answer.headers["Location"])
    assert "罗晓梅、韦志强" in words(read)
    assert "北纬 27.760000，东经 107.480000，误差 18 米" in words(read)


def test_stored_stands_beside_new_and_a_difference_is_marked(clerk, family, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    assert "登记 4" in words(browser.get(form.url))
    assert form.fields["household_size"] == "4"
    form.press("save", {"household_size": "3"})
    assert "1 项与登记不同：" in words(browser.get(form.url))
    assert "本次 ≠" in words(browser.get(form.url))


def test_submitting_leads_to_what_is_missing_and_keeps_everything(site, clerk, family, whole, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    whole.pop("house_photo")
    answer = form.press("submit", whole | {"met": ""})
    assert answer.status_code == 422
    assert 'href="#met"' in answer.text
    assert 'href="#house_photo"' in answer.text
    assert visits_in(site) == []
    kept = form.read().fields
    assert kept["income_by_visitors"] == "都看过"
    assert kept["position-latitude"] == "27.760000"


@pytest.mark.parametrize("colleague_id", ["", "self", "stranger", "nonsense"])
def test_one_worker_is_not_enough_nor_one_who_was_not_offered(
    site, clerk, family, whole, words, colleague_id
):
    browser, actor = clerk
    stranger = site.hire("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    chosen = {"self": str(actor.account_id), "stranger": str(stranger.account_id)}.get(
        colleague_id, colleague_id
    )
    answer = VisitPage(browser, family).press("submit", whole | {"colleague": chosen})
    assert answer.status_code == 422
    assert 'href="#colleague-0"' in answer.text
    assert visits_in(site) == []


def test_a_visit_of_tomorrow_is_refused(site, clerk, family, whole, words):
    answer = VisitPage(clerk[0], family).press("submit", whole | {"visit_date": "2026-11-17"})
    assert answer.status_code == 422
    assert "这一天还没有到" in words(answer)
    assert visits_in(site) == []


def test_a_photo_refused_with_a_reason_is_kept_as_that(site, clerk, family, whole, words):
    whole.pop("together_photo")
    answer = VisitPage(clerk[0], family).press("submit", whole | {"together_photo-declined": "老人不愿合照"})
    assert answer.status_code == 303, words(answer)
    refused = [row for row in all_of(site, VisitPhoto) if row.document_id is None]
    assert [(row.question, row.declined_reason) for row in refused] == [("together_photo", "老人不愿合照")]
    assert "没有：老人不愿合照" in words(clerk[0].get(answer.headers["Location"]))


def test_a_position_that_could_not_be_taken_needs_a_reason_and_one_taken_must_be_confirmed(
    clerk, family, whole, words
):
    browser, _actor = clerk
    without = {name: value for name, value in whole.items() if not name.startswith("position-")}
    unsure = {name: value for name, value in whole.items() if name != "position-confirmed"}
    form = VisitPage(browser, family)
    assert "勾“我确认”" in words(form.press("submit", unsure))
    assert form.read().fields["position-latitude"] == "27.76"
    form.press(
        "save",
        {
            "position-latitude": "",
            "position-longitude": "",
            "house_photo": photo(),
            "together_photo": photo(),
        },
    )
    assert form.press("submit", {}).status_code == 422
    reason = {"position-declined": "山里没有信号", "position-latitude": "", "position-longitude": ""}
    for name in ("house_photo", "together_photo"):
        without.pop(name)
    answer = form.press("submit", without | reason)
    assert answer.status_code == 303, words(answer)
    assert "没有取到：山里没有信号" in words(browser.get(answer.headers["Location"]))


# --- photos -----------------------------------------------------------------------------------------------------


def camera_photo(size=(3000, 2000)):
    """A JPEG with a place, a camera and a time in it."""
    exif = Image.Exif()
    exif[0x010F] = "SomePhone"
    exif.get_ifd(0x8825)[2] = (27.0, 45.0, 36.0)
    exif.get_ifd(0x8769)[0x9003] = "2026:11:16 10:20:30"
    out = BytesIO()
    Image.new("RGB", size, (90, 120, 80)).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.row("R0-34")
def test_a_photo_is_kept_small_without_its_place_and_with_the_time_it_was_taken(site, clerk, family, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    form.press("save", {"house_photo": photo(camera_photo(), "IMG.jpg")})
    assert "✓ 已拍" in words(browser.get(form.url))
    [row] = all_of(site, Document, Document.removed_at.is_(None))
    assert row.case_id == family
    assert row.taken_at == datetime(2026, 11, 16, 2, 20, 30, tzinfo=UTC)
    picture = browser.get(f"/staff/cases/{family}/visit/photos/{row.id}")
    opened = Image.open(BytesIO(picture.data))
    assert max(opened.size) <= 2400
    assert not opened.getexif()
    assert b"SomePhone" not in picture.data


def test_a_photo_taken_anew_replaces_the_former_one(site, clerk, family):
    form = VisitPage(clerk[0], family)
    form.press("save", {"house_photo": photo(camera_photo((40, 30)))})
    form.press("save", {"house_photo": photo(camera_photo((50, 30)))})
    assert len(all_of(site, Document, Document.removed_at.is_(None))) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ" + b"\0" * 2000, "请重新选择 JPG 或 PNG 照片"),
        (b"%PDF-1.7" + b"\0" * 100, "请重新选择 JPG 或 PNG 照片"),
        (b"\xff\xd8\xff" + b"\0" * (31 * 1024 * 1024), "请拍小一些"),
    ],
    ids=["a renamed program", "a paper instead of a photo", "far too large"],
)
def test_a_bad_photo_is_told_beside_its_slot(site, clerk, family, words, content, said):
    form = VisitPage(clerk[0], family)
    answer = form.press("save", {"house_photo": photo(content, "house.jpg"), "met": "本人"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert form.read().fields["met"] == "本人"
    assert all_of(site, Document) == []


def test_a_photo_of_twenty_megabytes_is_made_small(site, clerk, family):
    out = BytesIO()
    Image.effect_noise((4200, 3200), 120).save(out, "JPEG", quality=100)
    content = out.getvalue() + b"\0" * (20 * 1024 * 1024 - out.tell())
    form = VisitPage(clerk[0], family)
    assert form.press("save", {"house_photo": photo(content, "house.jpg")}).status_code == 303
    [row] = all_of(site, Document)
    assert row.size < 6 * 1024 * 1024


def test_a_full_disk_is_told_and_the_draft_stays(site, clerk, family, words, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    form = VisitPage(clerk[0], family)
    monkeypatch.setattr("core.encrypted_files._sync_folder", full)
    answer = form.press("submit", {"house_photo": photo(), "met": "本人"})
    assert answer.status_code == 507
    assert "磁盘满了" in words(answer)
    monkeypatch.undo()
    assert form.read().fields["met"] == "本人"
    assert all_of(site, Document) == []


def test_every_look_at_a_photo_is_on_record(site, clerk, family, whole):
    browser, _actor = clerk
    done = VisitPage(browser, family).press("submit", whole)
    read = browser.get(done.headers["Location"])
    assert "<img" not in read.text, "no picture of people shows by itself"
    address = f"{done.headers['Location']}/photos/"
    photo_url = address + read.text.split(address)[1].split('"')[0]
    assert browser.get(photo_url).status_code == 200
    assert browser.get(photo_url).status_code == 200
    looks = all_of(site, AuditEntry, AuditEntry.act == "document.look")
    assert len(looks) == 2
    assert len(all_of(site, AuditEntry, AuditEntry.act == "visit.look")) == 1


# --- what was seen of the declared lines ------------------------------------------------------------------------


def test_what_was_seen_of_each_line_stands_beside_what_was_declared(site, clerk, family, whole, words):
    browser, _actor = clerk
    lines = {row.kind: row for row in all_of(site, StatementLine, StatementLine.layer == Layer.DECLARED)}
    form = VisitPage(browser, family)
    form.press("add:found")
    extra = form.text.split('id="found/')[1].split('"')[0]
    typed = {
        f"seen/{lines['wage'].line_key.hex}/how": "agrees",
        f"seen/{lines['business'].line_key.hex}/how": "other",
        f"seen/{lines['business'].line_key.hex}/amount": "3,000",
        f"seen/{lines['business'].line_key.hex}/note": "两头牛",
        f"seen/{lines['deposit'].line_key.hex}/how": "gone",
        f"found/{extra}/kind": "vehicle",
        f"found/{extra}/amount": "8000",
        f"found/{extra}/period": "once",
        f"found/{extra}/member": "0",
        f"found/{extra}/description": "院里有一辆三轮车",
    }
    answer = form.press("submit", whole | typed)
    assert answer.status_code == 303, words(answer)
    seen = {row.kind: row for row in all_of(site, StatementLine, StatementLine.layer == Layer.VISITED)}
    assert {kind: row.amount_fen for kind, row in seen.items()} == {
        "wage": 1_200_000,
        "business": 300_000,
        "deposit": 0,
        "vehicle": 800_000,
    }
    assert seen["business"].line_key == lines["business"].line_key
    assert seen["vehicle"].line_key not in {row.line_key for row in lines.values()}
    read = browser.get(answer.headers["Location"])
    assert "≠ 不同： 3,000.00 元" in words(read)


def test_another_amount_without_the_amount_is_asked_for(site, clerk, family, whole, words):
    [wage] = all_of(site, StatementLine, StatementLine.kind == "wage")
    answer = VisitPage(clerk[0], family).press("submit", whole | {f"seen/{wage.line_key.hex}/how": "other"})
    assert answer.status_code == 422
    assert "请写实际是多少" in words(answer)
    assert visits_in(site) == []


# --- a second visit, the county's own ---------------------------------------------------------------------------


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
    assert "周* 家" not in words(officer.get("/staff/visits"))


def test_the_county_is_not_sent_to_families_that_are_the_townships(site, clerk, family, words):
    officer, _ = site.staff("officer", Role.COUNTY_OFFICER, office=COUNTY)
    assert "没有要入户的" in words(officer.get("/staff/visits"))


# --- whose it is ------------------------------------------------------------------------------------------------


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
        assign(session, reviewer, worker.account_id, region=TOWNSHIP, now=site.at, case_id=family)
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


# --- drafts -----------------------------------------------------------------------------------------------------


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


# --- another province's form ------------------------------------------------------------------------------------


@pytest.fixture
def guangdong(site):
    """A clerk of Guangdong and an accepted family there, under made-up local standards."""
    with site.session(Region(OTHER_COUNTY), writes=True) as session:
        officer = staff(Role.COUNTY_OFFICER, OTHER_COUNTY)
        for standard in demo_standards(OTHER_COUNTY):
            enter_standard(session, officer, law_book(), standard, now=site.at)
        session.commit()
    browser, actor = site.staff("yue", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    other = site.hire("yue-second", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    village = village_of(site, OTHER_TOWNSHIP)
    return browser, other, accepted(site, actor, village=village)


@pytest.mark.row("R0-28", "R0-30")
def test_guangdongs_form_filters_by_its_categories_and_puts_problems_on_record(site, guangdong, words):
    browser, colleague, family = guangdong
    listed = browser.get("/staff/visits?category=rural_dibao")
    assert "未脱贫非民政对象" in words(listed)
    assert "周* 家" in words(listed)
    assert "周* 家" not in words(browser.get("/staff/visits?category=urban_dibao"))
    form = VisitPage(browser, family)
    assert "本地配置项一" in words(browser.get(form.url))
    typed = visit_answers(catalogue().form("guangdong.visit", "1"), colleague) | {"housing": "unsafe"}
    answer = browser.post(
        form.url, {**form.fields, "housing": "unsafe", "do": "autosave"}, headers={"HX-Request": "true"}
    )
    assert "将登记：住房不安全，转办住房城乡建设" in words(answer)
    done = form.press("submit", typed)
    assert done.status_code == 303, words(done)
    [visit] = visits_in(site)
    assert [each["code"] for each in visit.findings] == ["housing_unsafe"]
    assert "住房不安全" in words(browser.get(done.headers["Location"]))
