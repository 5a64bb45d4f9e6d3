"""Words in two languages: filled, escaped, collected from the house, and written the way readers expect."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from commands.texts import packages, texts_of, updated, write
from core.errors import Problem
from core.web import formats
from core.web.messages import load_messages, po_file
from core.web.texts import gettext, ngettext, text_of

DAY = date(2026, 11, 22)
EVENING = datetime(2026, 11, 21, 17, 6, tzinfo=UTC)  # already the 22nd in China


@pytest.fixture
def english(browser):
    texts = browser.app.extensions["doudi_messages"]["en"]
    with browser.app.test_request_context("/?lang=en"):
        yield texts


def test_a_text_without_translation_stays_as_it_is(browser):
    with browser.app.test_request_context("/?lang=en"):
        assert gettext("没有译文，100%") == "没有译文，100%"


def test_values_are_filled_in_both_ways_of_writing(english):
    english.texts |= {"共{count}户": "{count} households", "共%(count)s人": "%(count)s people"}
    assert gettext("共{count}户", count=3) == "3 households"
    assert gettext("共%(count)s人", count=3) == "3 people"


def test_one_and_many(english):
    english.plurals["%(count)s件"] = ("%(count)s case", "%(count)s cases")
    assert [ngettext("%(count)s件", "%(count)s件", count) for count in (1, 2)] == ["1 case", "2 cases"]


def test_a_problem_of_core_speaks_the_readers_language_down_to_its_values(english):
    english.texts |= {"最迟{day}交{what}": "Send {what} by {day}", "户口本": "the household register"}
    problem = Problem("最迟{day}交{what}", day=DAY, what="户口本")
    assert text_of(problem) == "Send the household register by 22 November 2026"


def test_a_problem_in_chinese_writes_its_days_in_chinese(browser):
    with browser.app.test_request_context("/"):
        assert text_of(Problem("最迟{day}交", day=DAY)) == "最迟2026年11月22日交"


def test_templates_escape_texts_and_values_alike(browser):
    with browser.app.test_request_context("/"):
        render = browser.app.jinja_env.from_string
        assert render("{{ _(x) }}").render(x="<b>") == "&lt;b&gt;"
        assert render("{{ _('你好%(name)s', name=x) }}").render(x="<b>") == "你好&lt;b&gt;"
        assert render("{{ _('你好{name}', name=x) }}").render(x=Markup("<b>周</b>")) == "你好<b>周</b>"
        assert render("{{ _('占100%') }}").render() == "占100%"
        assert render("{% trans n=x %}共{{ n }}户{% endtrans %}").render(x="<3") == "共&lt;3户"


def test_a_name_misspelt_in_a_template_is_an_error_and_not_an_empty_place(browser):
    with browser.app.test_request_context("/"), pytest.raises(Exception, match="misspelt"):
        browser.app.jinja_env.from_string("{{ misspelt }}").render()


# --- how things are written --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (123450, "1,234.50"),
        (0, "0.00"),
        (5, "0.05"),
        (-123450, "−1,234.50"),
        (100_000_000, "1,000,000.00"),
        (None, ""),
    ],
)
def test_money(fen, written):
    assert formats.money(fen) == written


@pytest.mark.parametrize(("fen", "written"), [(123450, "1234.50"), (30000, "300"), (None, "")])
def test_money_in_a_field(fen, written):
    assert formats.typed_money(fen) == written


@pytest.mark.parametrize(("fen", "written"), [(123_456_789, "123.46"), (5_000, "0.01"), (4_999, "0.00")])
def test_large_sums_on_dashboards(fen, written):
    assert formats.ten_thousands(fen) == written


@pytest.mark.parametrize(
    ("cited", "english"),
    [
        ("57号 第十三条（一）", "No. 57, Art. 13(1)"),
        ("57号 第四条、第二十九条", "No. 57, Art. 4, Art. 29"),
        ("57号第十条", "No. 57, Art. 10"),
        ("社会救助暂行办法 第九条", "社会救助暂行办法, Art. 9"),
        ("黔民发〔2023〕2号 二（一）四", "黔民发〔2023〕2号 二（一）四"),
        ("", ""),
    ],
)
def test_an_article_is_cited_one_way_in_each_language(cited, english):
    assert formats.article(cited, "en") == english
    assert formats.article(cited, "zh_CN") == cited


@pytest.mark.parametrize(
    ("write", "chinese", "english"),
    [
        (formats.day, "2026年11月22日", "22 November 2026"),
        (formats.short_day, "11月22日", "22 Nov"),
        (formats.month, "2026年11月", "November 2026"),
        (formats.weekday, "星期日", "Sunday"),
        (formats.clock, "01:06", "01:06"),
        (formats.moment, "2026年11月22日 01:06", "22 November 2026, 01:06"),
    ],
)
def test_an_instant_is_written_as_the_day_it_is_in_china(write, chinese, english):
    assert write(EVENING, "zh_CN") == chinese
    assert write(EVENING, "en") == english
    assert write(None, "en") == ""


def test_a_masked_nothing_is_nothing(browser):
    with browser.app.test_request_context("/"):
        render = browser.app.jinja_env.from_string("{{ x|mask_name }}{{ x|mask_id_number }}").render
        assert render(x=None) == ""
        assert render(x="张三丰").startswith("张*丰")


# --- collecting --------------------------------------------------------------------------------------------------


def test_texts_are_collected_from_code_templates_and_parameters_and_translations_are_kept(tmp_path):
    house = tmp_path / "portal"
    (house / "templates").mkdir(parents=True)
    (house / "page.py").write_text(
        'x = _("一")\ny = N_("二")\nz = ngettext("%(n)s件", "%(n)s件事", 2)\n', encoding="utf-8"
    )
    (house / "templates" / "page.html").write_text(
        '{{ _("三") }}{% trans %}四{% endtrans %}', encoding="utf-8"
    )
    (house / "parameters").mkdir()
    (house / "parameters" / "law.yaml").write_text(
        "declarations: [{key: a, name: 五}]\nvalues: [{key: a, document: 甲号}, {key: b, document: 六, default: true}]\n",
        encoding="utf-8",
    )
    sources = dict(packages(tmp_path))[house / "translations"]
    texts = list(texts_of(sources, tmp_path))
    assert {text for text, _name, _line in texts} == {
        "一",
        "二",
        "三",
        "四",
        "五",
        "六",
        ("%(n)s件", "%(n)s件事"),
    }

    path = po_file(house / "translations", "en")
    catalog = updated(path, "en", texts)
    catalog["一"].string = "One"
    write(path, catalog)
    again = updated(path, "en", [text for text in texts if text[0] != "二"])
    assert again["一"].string == "One"
    assert "二" not in again
    write(path, again)
    first = path.read_bytes()
    write(path, updated(path, "en", [text for text in texts if text[0] != "二"]))
    assert path.read_bytes() == first
    assert load_messages([house / "translations"])["en"].gettext("一") == "One"
