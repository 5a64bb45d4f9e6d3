"""`./doudi regions rename|add|merge` say in plain words what they entered and what follows, and show it first where asked."""

from __future__ import annotations

from datetime import date

import pytest

from commands.__main__ import main
from core.database import new_id
from core.households.models import Area, Household
from core.regions.changes import load_divisions
from core.regions.models import Region
from core.regions.queries import node
from core.scopes import region_columns

pytestmark = pytest.mark.row("R2-28")
OLD, NEW, COUNTY, ADDED = "520328102000", "520328101000", "520328000000", "520328115000"


@pytest.fixture
def places(here, now):
    """The places of Guizhou, and one household in the township that goes."""
    with here.session() as session:
        load_divisions(session, ["52"])
        session.add(
            Household(
                **region_columns(OLD),
                id=new_id(),
                region_code=OLD,
                number="H1",
                head_person_id=new_id(),
                head_masked="周*",
                size=1,
                area=Area.RURAL,
                sort=1,
                entered_at=now,
            )
        )
    return here


def merge(*more, on="2027-01-01"):
    return main(["regions", "merge", OLD, NEW, "--on", on, "--document", "黔府发〔2026〕演示1号", *more])


def last_day(here):
    with here.session() as session:
        return node(session, OLD).valid_to


def test_a_merger_is_shown_first_and_entered_once(places, capsys):
    assert merge("--preview") == 0
    told = capsys.readouterr().out
    assert "只看，没有登记" in told
    assert "复兴镇从2027年1月1日起并入贵州省遵义市湄潭县永兴镇（黔府发〔2026〕演示1号）" in told
    assert "那里有 1 户。到2027年1月1日，" in told
    assert last_day(places) is None

    assert merge() == 0
    assert "已登记" in capsys.readouterr().out
    assert last_day(places) == date(2026, 12, 31)

    assert merge() == 0
    assert "这件撤并已经登记过，不再登记" in capsys.readouterr().out


def test_a_day_that_is_none_is_said_in_words(places, capsys):
    with pytest.raises(SystemExit):
        merge(on="2027-13-40")
    assert "“2027-13-40”不是日期" in capsys.readouterr().err
    assert last_day(places) is None


def changed(action, *words, on="2026-11-01"):
    return main(["regions", action, *words, "--on", on, "--document", "黔民函〔2026〕演示2号"])


def place(here, code):
    with here.session() as session:
        return session.get(Region, code)


def test_a_new_name_is_shown_first_entered_and_told_with_what_it_does_not_touch(places, capsys):
    assert changed("rename", NEW, "茶乡镇", "--preview") == 0
    assert capsys.readouterr().out.startswith("只看，没有登记：贵州省遵义市湄潭县永兴镇从2026年11月1日起")
    assert place(places, NEW).name == "永兴镇"

    assert changed("rename", NEW, " 茶乡镇 ") == 0
    told = capsys.readouterr().out
    assert "永兴镇从2026年11月1日起改名为贵州省遵义市湄潭县茶乡镇（黔民函〔2026〕演示2号）" in told
    assert "代码不变" in told
    assert "案件编号的首字母是YX" in told
    assert place(places, NEW).name == "茶乡镇"


def test_a_countys_new_name_says_how_many_places_bear_it(places, capsys):
    assert changed("rename", COUNTY, "湄潭市") == 0
    assert "它下面 15 个区划的全称也跟着改了" in capsys.readouterr().out
    assert place(places, NEW).full_name == "贵州省遵义市湄潭市永兴镇"


def test_a_name_for_a_day_to_come_and_one_that_is_none_are_refused_in_words(places, capsys):
    assert changed("rename", NEW, "茶乡镇", on="2999-01-01") == 1
    assert "新名称还没有生效" in capsys.readouterr().err
    assert changed("rename", NEW, "永兴镇") == 1
    assert "新名称与现在的名称相同" in capsys.readouterr().err
    assert changed("rename", "520328999000", "茶乡镇") == 1
    assert "没有代码为520328999000的区划" in capsys.readouterr().err
    assert place(places, NEW).name == "永兴镇"


def test_a_new_township_is_entered_once_with_its_initials(places, capsys):
    assert changed("add", ADDED, "茶海镇") == 1
    assert "请填写编号首字母" in capsys.readouterr().err
    assert changed("add", ADDED, "茶海镇", "--initials", "CH", "--preview", on="2027-03-01") == 0
    assert "只看，没有登记" in capsys.readouterr().out
    assert place(places, ADDED) is None

    assert changed("add", ADDED, "茶海镇", "--initials", "ch", on="2027-03-01") == 0
    told = capsys.readouterr().out
    assert "贵州省遵义市湄潭县茶海镇（520328115000）从2027年3月1日起设立" in told
    assert "首字母是CH" in told
    assert place(places, ADDED).valid_from == date(2027, 3, 1)

    assert changed("add", ADDED, "茶海镇", "--initials", "CA") == 1
    assert "代码520328115000已经有了" in capsys.readouterr().err
