"""The province administrator sees what a pack would change, and enables it in two steps; nobody else does."""

import pytest

from core.access import Role
from core.packs.queries import enablings

GUIZHOU, GUANGDONG, MEITAN = "520000000000", "440000000000", "520328000000"
LIST, PACK = "/staff/settings/packs", "/staff/settings/packs/guizhou"


@pytest.fixture
def nothing_enabled(site):
    def stored(_engine):
        with site.session() as session:
            return enablings(session)

    site.home.enablings = stored


@pytest.fixture
def administrator(site, nothing_enabled):
    return site.staff("xitong-01", Role.SYSTEM_ADMINISTRATOR, office=GUIZHOU)[0]


def test_the_list_tells_how_each_pack_of_the_province_stands(administrator, words):
    page = words(administrator.get(LIST))
    assert "全国规定" in page
    assert "处处有效" in page
    assert "贵州省" in page
    assert "没有启用" in page
    assert "广东省" not in page


def test_enabling_first_shows_what_changes_and_only_then_does_it(administrator, site, words):
    assert "启用…" in words(administrator.get(PACK))
    preview = words(administrator.get(f"{PACK}/enable?day=2026-12-01"))
    assert "2026年12月1日" in preview
    assert "由《最低生活保障申请表》" in preview
    assert "分类施保包括在校学生" in preview
    with site.session() as session:
        assert enablings(session) == []
    answer = administrator.post(f"{PACK}/enable", {"day": "2026-12-01"})
    assert answer.status_code == 303
    page = words(administrator.get(LIST))
    assert "从2026年12月1日起启用" in page
    assert "将启用" in page


def test_disabling_shows_what_changes_and_keeps_cases_under_way(administrator, site, words):
    administrator.get(f"{PACK}/enable")
    administrator.post(f"{PACK}/enable", {"day": "2026-11-16"})
    assert "停用…" in words(administrator.get(PACK))
    page = words(administrator.get(f"{PACK}/disable?day=2026-12-31"))
    assert "换成《最低生活保障申请表》" in page
    assert "已经在办的案件不受影响" in page
    administrator.post(f"{PACK}/disable", {"day": "2026-12-31"})
    with site.session() as session:
        assert str(enablings(session)[0].to_day) == "2026-12-31"


@pytest.mark.parametrize("day", ["2026-11-15", "昨天", ""])
def test_a_day_that_cannot_stand_comes_back_with_its_form(administrator, site, day):
    administrator.get(f"{PACK}/enable")
    answer = administrator.post(f"{PACK}/enable", {"day": day})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with site.session() as session:
        assert enablings(session) == []


def test_enabling_twice_from_an_old_page_does_nothing_more(administrator, site):
    administrator.get(f"{PACK}/enable")
    administrator.post(f"{PACK}/enable", {"day": "2026-11-16"})
    administrator.post(f"{PACK}/enable", {"day": "2026-11-16"})
    with site.session() as session:
        assert len(enablings(session)) == 1


@pytest.mark.parametrize("name", ["guangdong", "atlantis"])
def test_another_provinces_pack_and_one_that_is_none_are_not_found(administrator, name):
    for page in ("", "/enable", "/disable"):
        assert administrator.get(f"{LIST}/{name}{page}").status_code == 404
    assert administrator.post(f"{LIST}/{name}/enable", {"day": "2026-12-01"}).status_code == 404


def test_the_ground_has_no_button(administrator, words):
    page = words(administrator.get(f"{LIST}/national"))
    assert "启用…" not in page
    assert "停用…" not in page
    assert administrator.get(f"{LIST}/national/disable").status_code == 303


def test_a_county_may_look_but_not_decide(site, nothing_enabled, words):
    county = site.staff("xitong-02", Role.SYSTEM_ADMINISTRATOR, office=MEITAN)[0]
    assert "由省里统一启用" in words(county.get(LIST))
    assert "启用…" not in words(county.get(PACK))
    assert county.post(f"{PACK}/enable", {"day": "2026-12-01"}).status_code == 303
    with site.session() as session:
        assert enablings(session) == []


@pytest.mark.parametrize(
    "role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR, Role.PROVINCE_SUPERVISOR]
)
def test_other_roles_have_no_such_page(site, role):
    browser = site.staff("bie-01", role, office=GUIZHOU)[0]
    for url in (LIST, PACK, f"{PACK}/enable"):
        assert browser.get(url).status_code in {403, 404}
    assert browser.post(f"{PACK}/enable", {"day": "2026-12-01"}).status_code in {403, 404}


def test_nobody_comes_in_without_signing_in(site):
    assert "/staff/sign-in" in site.browser().get(LIST).location


def test_the_page_is_whole_in_english(administrator):
    assert administrator.get(f"{LIST}?lang=en").status_code == 200
