"""The province enters the year's working days as announced; every case that reaches into it gets its dates anew."""

from __future__ import annotations

import pytest

from core.access import Role
from core.cases.models import Case, CaseStep, Task
from core.jobs import Tally, Work, declared_job, job_id_of, read_progress
from core.jobs_models import Job, JobState
from core.standards.calendars import entered_years
from core.testing.town import COUNTY
from core.web.recounting import RECOUNT

GUIZHOU, MEITAN = "520000000000", "520328000000"
LIST, NEXT = "/staff/settings/calendar", "/staff/settings/calendar/2027"
# made up: the true announcement of 2027 is not out on the day these tests play
ANNOUNCED = {
    "document": "国办发明电〔2026〕演示1号",
    "days_off": "1月1日（周五）至3日（周日）放假，1月4日至8日",
    "make_up_days": "1月9日（周六）上班。",
}

pytestmark = pytest.mark.row("R3-20")


class Steps:
    """Runs a job's steps at once, as the job system would, and keeps what they counted."""

    def __init__(self, site, row_id):
        self.site, self.row_id, self.done, self.rejected, self.total = site, row_id, 0, 0, 0

    def expect(self, total):
        self.total = total

    def count(self, work, *values):
        return self.step(work, *values)

    def step(self, work, *values):
        with self.site.session(writes=True) as session:
            outcome = work(Work(session, self.site.at, self.row_id), *values)
            session.commit()
        if isinstance(outcome, Tally):
            self.done, self.rejected = self.done + outcome.done, self.rejected + outcome.rejected
            return None
        return outcome


@pytest.fixture
def administrator(site):
    return site.staff("xitong-01", Role.SYSTEM_ADMINISTRATOR, office=GUIZHOU)[0]


def recount(site):
    """What the job system does after the entry is committed."""
    with site.session() as session:
        entry = entered_years(session)[-1].id
    run = Steps(site, entry)
    declared_job(RECOUNT)(run)
    return run


def enter(browser, **changes):
    browser.get(NEXT)
    return browser.post(NEXT, {**ANNOUNCED, **changes, "sure": "1"})


def accepted(way):
    way.submit()
    way.accept()


def dates(site, case_id):
    with site.session() as session:
        case = session.get(Case, case_id)
        rows = [
            *session.query(CaseStep).filter_by(case_id=case_id),
            *session.query(Task).filter_by(case_id=case_id),
        ]
        return (case.due_on, case.due_provisional), {
            (row.due_on, row.due_provisional) for row in rows if row.due_on
        }


def test_the_list_says_which_years_are_confirmed_and_which_wait(administrator, words):
    page = words(administrator.get(LIST))
    assert "2026 已确认 国办发明电〔2025〕7号" in page
    assert "2027 等公布" in page
    assert "2028" not in page


def test_entering_first_shows_what_it_reads_and_only_then_does_it(administrator, site, words):
    administrator.get(NEXT)
    preview = words(administrator.post(NEXT, ANNOUNCED))
    assert "1月4日（星期一）" in preview
    assert "1月9日（星期六）" in preview
    assert "1月2日" not in preview
    with site.session() as session:
        assert entered_years(session) == []
    assert enter(administrator).status_code == 303
    page = words(administrator.get(LIST))
    assert "2027 已确认 国办发明电〔2026〕演示1号" in page
    assert "按2027年的日历重算期限" in page
    with site.session() as session:
        progress = read_progress(session, job_id_of(RECOUNT, entered_years(session)[-1].id))
    assert progress.state is JobState.WAITING


def test_a_provisional_deadline_is_counted_anew_and_the_case_says_so(administrator, site, way, clerk, words):
    site.later(days=20)
    way.town.now = site.at
    accepted(way)
    (guessed, provisional), _all = dates(site, way.case_id)
    assert provisional
    administrator, clerk = site.sign_in("xitong-01"), site.sign_in("shouli")
    enter(administrator)
    run = recount(site)
    assert (run.total, run.done, run.rejected) == (1, 1, 0)
    (firm, provisional), everything = dates(site, way.case_id)
    # the guess takes one day off in January; announced are six, and a Saturday worked instead
    assert (firm - guessed).days > 0
    assert not provisional
    assert not any(uncertain for _day, uncertain in everything)
    page = clerk.get(f"/staff/cases/{way.case_id}/history")
    lines = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert f"操作记录<em>{lines.count('<tr>')}</em>" in page.text
    history = words(page)
    assert f"由2027年1月{guessed.day}日改为2027年1月{firm.day}日" in history


def test_the_page_tells_how_the_recount_ended_and_a_poll_gets_only_that(administrator, site, words):
    enter(administrator)
    with site.session(writes=True) as session:
        entry = entered_years(session)[-1]
        entry.moved = 7
        job = session.get(Job, job_id_of(RECOUNT, entry.id))
        job.state, job.total, job.done, job.rejected = JobState.FINISHED, 9, 9, 2
        session.commit()
    told = words(administrator.get(LIST, headers={"HX-Request": "true"}))
    assert told.startswith("按2027年的日历重算期限 办完了")
    assert "7 件的期限变了" in told
    assert "2 件没有算成" in told
    assert "已确认" not in told


def test_a_recount_that_stopped_goes_on_where_it_stopped(administrator, site, words):
    enter(administrator)
    with site.session(writes=True) as session:
        job_id = job_id_of(RECOUNT, entered_years(session)[-1].id)
        job = session.get(Job, job_id)
        job.state, job.total, job.done, job.failure = JobState.FAILED, 9, 4, "OperationalError"
        session.commit()
    assert "停住了，没有办完 4 / 9" in words(administrator.get(LIST))
    assert administrator.post(f"{LIST}/recount").status_code == 303
    with site.session() as session:
        assert session.get(Job, job_id).state is JobState.WAITING
    assert "从停住的地方接着算" not in words(administrator.get(LIST))


def test_a_county_lets_no_recount_go_on(administrator, site):
    enter(administrator)
    county, _ = site.staff("xian-xitong", Role.SYSTEM_ADMINISTRATOR, office=COUNTY)
    assert county.post(f"{LIST}/recount").status_code == 404


def test_before_acceptance_the_days_for_accepting_are_counted_anew_too(administrator, site, way):
    site.later(days=43)
    way.town.now = site.at
    way.submit()
    _case, before = dates(site, way.case_id)
    assert any(uncertain for _day, uncertain in before)
    enter(site.sign_in("xitong-01"))
    recount(site)
    _case, after = dates(site, way.case_id)
    assert not any(uncertain for _day, uncertain in after)
    assert max(day for day, _ in after) > max(day for day, _ in before)


def test_a_correction_replaces_the_entry_and_counts_once_more(administrator, site, words):
    enter(administrator)
    assert enter(administrator).status_code == 422
    assert enter(administrator, days_off="1月1日", make_up_days="").status_code == 303
    with site.session() as session:
        assert [len(row.days["days_off"]) for row in entered_years(session)] == [6, 1]
    assert "更正" in words(administrator.get(LIST))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days_off": "元旦"}, "读不懂"),
        ({"days_off": "2月30日"}, "不是日历上的日子"),
        ({"days_off": "1月3日至1日"}, "起止不对"),
        ({"days_off": "2026-12-31 2027-01-01"}, "不在2027年"),
        ({"days_off": "1月2日"}, "至少要有一天"),
        ({"make_up_days": "1月11日"}, "本来就是工作日"),
        ({"document": " "}, "通知文号"),
    ],
)
def test_what_cannot_be_an_announcement_comes_back_with_its_form(administrator, site, words, changes, said):
    answer = enter(administrator, **changes)
    assert answer.status_code == 422
    assert said in words(answer)
    with site.session() as session:
        assert entered_years(session) == []


def test_a_county_looks_and_the_province_decides(site, words):
    county = site.staff("xitong-02", Role.SYSTEM_ADMINISTRATOR, office=MEITAN)[0]
    assert "由省级系统管理员录入" in words(county.get(LIST))
    assert county.get(NEXT).status_code == 404
    assert county.post(NEXT, {**ANNOUNCED, "sure": "1"}).status_code == 404


def test_a_year_nobody_can_have_announced_is_not_found(administrator):
    for year in (2028, 1999, 3000):
        assert administrator.get(f"{LIST}/{year}").status_code == 404
