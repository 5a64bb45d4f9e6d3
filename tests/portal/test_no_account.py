"""Who has no bank account goes on without one; the clerk is told that one is still to be opened."""

from __future__ import annotations

import pytest

from core.access import Role
from core.testing.town import TOWNSHIP
from tests.portal.applying import begin

pytestmark = pytest.mark.row("R2-07", "R2-27")
NOTHING = {"has_account": "to_open", "bank_name": "", "bank_account": ""}


@pytest.fixture
def walk(site):
    walk = begin(site)
    walk.fill()
    return walk


def test_with_an_account_all_of_it_is_asked_for_and_without_one_nothing(walk, words):
    answer = walk.account_page(bank_name="", bank_account="")
    assert answer.status_code == 422
    assert "请填写“卡号或存折账号”" in words(answer)
    assert walk.account_page(**NOTHING).status_code == 303
    page = words(walk.open("check"))
    assert "有银行卡或者存折吗 现在没有，请窗口帮着办" in page
    assert "哪家银行或信用社" not in page


def test_without_script_the_questions_say_what_they_depend_on(walk):
    text = walk.open("account").text
    for name in ("account_holder", "bank_name", "bank_account"):
        row = text.split(f'id="{name}-row"')[1].split("</label>")[0]
        assert 'data-shown-by="has_account" data-shown-when="have"' in row
        assert "（前面那样选了才答）" in row


def test_what_was_typed_of_an_account_before_is_not_handed_in(walk, words):
    assert (
        walk.send("account", {"has_account": "to_open", "bank_account": "6222020000000000000"}).status_code
        == 303
    )
    walk.promise()
    own = words(walk.browser.get("/my/data"))
    assert "现在没有，请窗口帮着办" in own
    assert "卡号或存折账号" not in own


def test_the_clerk_is_told_at_the_decision_and_in_the_file_and_nothing_waits_for_it(site, walk, words):
    walk.account_page(**NOTHING)
    walk.promise()
    clerk, _actor = site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    case = f"/staff/cases/{walk.draft_id}"
    assert "这家还没有银行账户，请帮着办一个" in words(clerk.get(f"{case}/acceptance"))
    file = words(clerk.get(case)).split("身份和情况证明材料")[1]
    assert "收款账户 还没有银行账户，请帮着办一个；不影响受理和审核" in file


def test_of_a_family_with_an_account_nothing_is_said(site, walk, words):
    walk.promise()
    clerk, _actor = site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    case = f"/staff/cases/{walk.draft_id}"
    assert "银行账户" not in words(clerk.get(f"{case}/acceptance")) + words(clerk.get(case))
