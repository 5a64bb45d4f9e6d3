"""The record of a case: every act on it with who and when, and who looked, with no look lost."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from admin.case_counts import OBJECTIONS
from core import audit
from core.access import Actor, Role
from core.cases.comparison import Adoption, adopt_line
from core.cases.declaration_models import Layer
from core.cases.pauses import end_pause, pause_case
from core.database import new_id
from core.testing.authorising import accept as accept_family
from core.testing.authorising import sign_at_window, submit_and_ask, wizard_signature
from core.testing.town import COUNTY

pytestmark = pytest.mark.row("R2-28", "R3-17")


def record(browser, case_id):
    return browser.get(f"/staff/cases/{case_id}/history")


@pytest.fixture
def in_words(words):
    """The words of a piece of a page."""
    return lambda text: words(SimpleNamespace(text=text))


def rows_of(page, which, in_words):
    """The rows of what was done (0) or of who looked (1), in words."""
    table = re.findall(r"<tbody>.*?</tbody>", page.text, re.DOTALL)[which]
    return [in_words(row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]


def test_what_one_looked_at_is_counted_whole_however_often_a_colleague_reloads(site, way, clerk, in_words):
    officer = site.staff("jingban", Role.COUNTY_OFFICER, office=COUNTY, name="覃芳")[0]
    way.submit()
    page = f"/staff/cases/{way.case_id}"
    for _ in range(3):
        officer.get(page)
    officer.get(f"{page}/documents")
    for _ in range(60):
        clerk.get(page)
    looks = rows_of(record(clerk, way.case_id), 1, in_words)
    assert len(looks) == 2
    assert any("查看案件 4 次" in row and "覃芳" in row for row in looks)
    assert any("查看案件 60 次" in row and "石梅" in row for row in looks)


def test_a_value_that_was_shown_is_told_with_what_it_was_for(way, clerk, in_words):
    way.submit()
    home = clerk.get(f"/staff/cases/{way.case_id}")
    shown = re.search(r'hx-post="(/staff/reveal/members/[^"]+/id_number)"', home.text)[1]
    assert clerk.post(shown, {"reason": "核对身份"}).status_code == 200
    assert any(
        "查看完整信息：证件号 核对身份" in row for row in rows_of(record(clerk, way.case_id), 1, in_words)
    )


def test_where_more_looked_than_the_page_holds_it_says_so(site, way, clerk, words, in_words):
    way.submit()
    looked(site, way, audit.MOST_LOOKS)
    full = record(clerk, way.case_id)
    assert len(rows_of(full, 1, in_words)) == audit.MOST_LOOKS
    assert "只列最近" not in words(full)
    # now the clerk's own look at that page makes one line too many
    over = record(clerk, way.case_id)
    assert len(rows_of(over, 1, in_words)) == audit.MOST_LOOKS
    assert f"只列最近 {audit.MOST_LOOKS} 条" in words(over)


def looked(site, way, count):
    with site.session(writes=True) as session:
        case = way.town.case(session, way.case_id)
        for number in range(count):
            colleague = Actor("staff", new_id(), f"同事{number}", way.town.township)
            audit.record(session, "case.look", case, now=site.at, actor=colleague)
        session.commit()


def test_asking_for_the_check_is_told_once_with_who_asked(way, clerk, in_words):
    asked = submit_and_ask(way.town, wizard_signature(way.town))
    accept_family(asked)
    sign_at_window(asked)
    way.town.close()
    at = f"/staff/cases/{asked.case_id}/verification"
    clerk.get(at)
    assert clerk.post(f"{at}/request").status_code == 303
    done = rows_of(record(clerk, asked.case_id), 0, in_words)
    [request] = [row for row in done if "发起信息核对" in row]
    assert re.search(r"发起信息核对（\d+ 项） 石梅", request)
    # and the day's list of what she did names what may have started the survey
    home = in_words(clerk.get("/staff/").text)
    assert "启动调查：发起信息核对或约好上门" in home.partition("今天已办")[2]


def test_a_difference_explained_and_a_notice_posted_are_told_with_who_did_it(
    site, way, clerk, reviewer, confirmer, in_words
):
    way.survey()
    line = way.found(0, 1_300_000)
    with way.acting(way.town.reviewer) as (session, case, _procedure):
        adoption = Adoption(line, Layer.VERIFIED, "以核对为准")
        adopt_line(session, way.town.reviewer, case, adoption, now=way.town.now)
    opinion = way.opine()
    way.hang()
    way.confirm(opinion.monthly_fen)
    way.town.close()
    done = rows_of(record(site.sign_in("shouli"), way.case_id), 0, in_words)

    def told(text, by):
        assert any(text in row and row.endswith(by) for row in done), (text, done)

    told("说明差异，采信核算数值", "龙海")
    told("发布公示", "石梅")
    # who works for the county is named to the township too
    told("审核确认：确认", "韦强")


def test_who_let_the_clock_run_again_and_what_nobody_did_is_told(way, clerk, in_words):
    way.survey()
    with way.acting(way.town.clerk) as (session, case, procedure):
        pause_case(session, way.town.clerk, case, "waiting_family", "", procedure, now=way.town.now)
        end_pause(session, way.town.clerk, case, procedure, now=way.town.now)
    way.town.close()
    page = record(clerk, way.case_id)
    done = rows_of(page, 0, in_words)
    assert [row for row in done if "恢复计时" in row and row.endswith("石梅")]
    assert all(row.endswith("自动") for row in done if "短信" in row and "发短信" in row)
    assert f"操作记录<em>{len(done)}</em>" in page.text


def test_the_tab_counts_every_line_under_it(site, way, clerk, in_words):
    way.survey()
    way.opine()
    way.hang()
    page = record(site.sign_in("shouli"), way.case_id)
    assert f"操作记录<em>{len(rows_of(page, 0, in_words))}</em>" in page.text


def test_what_the_trail_holds_of_another_case_is_not_told(site, way, clerk, in_words):
    way.submit()
    first = way.case_id
    looked(site, way, 3)
    way.submit()
    assert "近 30 天没有人看过" in in_words(record(clerk, way.case_id).text)
    assert len(rows_of(record(clerk, first), 1, in_words)) == 3


def test_that_somebody_objected_is_told_to_those_who_deal_with_objections_alone(
    site, way, clerk, confirmer, in_words
):
    way.submit()
    with site.session(writes=True) as session:
        case = way.town.case(session, way.case_id)
        who = Actor("staff", new_id(), "同事", way.town.township)
        for act in sorted(OBJECTIONS):
            audit.record(session, act, case, now=site.at, actor=who)
        session.commit()
    dealing, others = (record(each, way.case_id) for each in (clerk, confirmer))
    assert "异议" in in_words(" ".join(re.findall(r"<tbody>.*?</tbody>", dealing.text, re.DOTALL)))
    assert "异议" not in in_words(" ".join(re.findall(r"<tbody>.*?</tbody>", others.text, re.DOTALL)))
    for page in (dealing, others):
        assert f"操作记录<em>{len(rows_of(page, 0, in_words))}</em>" in page.text
