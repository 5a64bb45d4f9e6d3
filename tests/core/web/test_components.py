"""Layouts and components render in the real app: strict about missing values, safe about what they are given, readable."""

import re

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from core.forms import Choice, Question, QuestionKind, ShownIf
from core.web.access_gate import PUBLIC, access
from core.web.choice_fields import ChoicesField, RadioChoiceField, RegionField, TickField, YesNoField
from core.web.fields import BankAccountField, DateField, LongTextField, MoneyField, NameField
from core.web.file_fields import DocumentField, PhotoField, SignatureField
from core.web.form_builder import Form, field_for
from core.web.place_fields import LocationField

MARK = "<script>alert(1)</script>"
KINDS = [Choice("work", "打工、上班的钱", "工资、做零工"), Choice("farm", "种地、养殖的钱")]


class Everything(Form):
    name = NameField("姓名", required=True, hint="和身份证上一样")
    amount = MoneyField("多少钱", required=True)
    note = LongTextField("还有什么要说的")
    born = DateField("出生日期")
    account = BankAccountField("银行账号")
    kind = RadioChoiceField("是哪一种钱", choices=KINDS, required=True)
    lives = YesNoField("住在一起吗", required=True)
    troubles = ChoicesField("有下面的情况吗", choices=[Choice("ill", "重病"), Choice("study", "在上学")])
    village = RegionField("住在哪个村")
    photo = PhotoField("户口本照片", required=True)
    papers = DocumentField("别的材料", multiple=True)
    place = LocationField("位置", required=True)
    name_by_hand = SignatureField("签名")
    agree = TickField("上面的话我看过了", required=True)


@pytest.fixture
def show(browser):
    """Renders a piece of template as a page of the app would, for a reader with the given wishes."""

    def shown(source, cookies=None, *, given=None, form=Everything, **values):
        heading = "; ".join(f"{key}={value}" for key, value in (cookies or {}).items())
        options = {"headers": {"Cookie": heading}} if heading else {}
        with browser.app.test_request_context("/open", **options):
            made = form(MultiDict(given) if given is not None else None, data={"village": "520328103000"})
            made.village.offer([("520328103000", "永兴镇")]) if "village" in made else None
            if given is not None:
                made.validate()
            return render_template_string(source, form=made, **values)

    return shown


FIELDS = '{% from "components/fields.html" import field, all_fields, error_summary %}'


def test_every_kind_of_field_has_a_label_that_points_at_it(show):
    html = show(FIELDS + "{{ all_fields(form) }}")
    ids = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html)) - {"csrf_token"}
    hidden = set(re.findall(r'<input[^>]*id="([^"]+)"[^>]*type="hidden"', html)) | {"name_by_hand"}
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    assert ids - hidden == labelled & ids
    assert len(labelled) > 20


def test_a_form_sent_empty_shows_each_fault_above_its_field_and_in_the_summary(show):
    html = show(FIELDS + "{{ error_summary(form) }}{{ all_fields(form) }}", given={"note": "有"})
    links = re.findall(r'<li><a href="#([^"]+)">', html)
    assert {"name", "amount", "kind-0", "lives-0", "photo", "agree", "place-row"} == set(links)
    for target in links:
        assert f'id="{target}"' in html, target
    assert f"有{len(links)}处要改" in html
    assert html.count('class="dd-emsg"') == len(links)
    assert re.search(r'<input[^>]*aria-describedby="name-error name-hint"[^>]*aria-invalid="true"', html)


def test_what_was_typed_wrongly_stays_in_the_field(show):
    html = show(FIELDS + "{{ field(form.amount) }}", given={"amount": "两千多"})
    assert 'value="两千多"' in html
    assert "元</span>" in html


def test_a_form_without_faults_shows_no_summary(show):
    assert show(FIELDS + "{{ error_summary(form) }}").strip() == ""


def test_only_what_may_be_left_out_is_marked(show):
    assert "（可不填）" not in show(FIELDS + "{{ field(form.name) }}")
    assert "（可不填）" in show(FIELDS + "{{ field(form.note) }}")


def test_nothing_is_chosen_or_ticked_beforehand(show):
    html = show(
        FIELDS
        + "{{ field(form.kind) }}{{ field(form.lives) }}{{ field(form.troubles) }}{{ field(form.agree) }}"
    )
    assert "checked" not in html


def test_two_short_answers_stand_side_by_side_and_answers_with_hints_below_each_other(show):
    assert 'class="dd-seg"' in show(FIELDS + "{{ field(form.lives) }}")
    kinds = show(FIELDS + "{{ field(form.kind) }}")
    assert 'class="dd-kinds"' in kinds
    assert "<small>工资、做零工</small>" in kinds


def test_several_answers_may_be_ticked(show):
    html = show(FIELDS + "{{ field(form.troubles) }}", given={"troubles": "ill"})
    assert re.search(r'type="checkbox"[^>]*value="ill" checked', html)
    assert 'type="radio"' not in html


def test_a_question_says_which_answer_it_waits_for(show):
    class Ask(Form):
        job = field_for(Question("job", "有工作吗", QuestionKind.YES_NO))
        pay = field_for(Question("pay", "工资", QuestionKind.MONEY, shown_if=ShownIf("job", (True,))))

    html = show(FIELDS + "{{ all_fields(form) }}", form=Ask)
    assert 'data-shown-by="job" data-shown-when="true"' in html


def test_a_photo_that_may_be_declined_asks_for_the_reason(show):
    class Ask(Form):
        both = field_for(
            Question("both", "与受访者合照", QuestionKind.PHOTO, required=True, may_decline=True)
        )

    html = show(FIELDS + "{{ field(form.both) }}", form=Ask)
    assert 'name="both-declined"' in html
    assert "写明原因" in html


def test_a_signature_can_also_be_sent_on_paper_without_script(show):
    html = show(FIELDS + "{{ field(form.name_by_hand) }}")
    assert 'name="name_by_hand-file"' in html
    assert '<canvas id="name_by_hand-pad"' in html


def test_a_position_can_be_typed_without_script(show):
    html = show(FIELDS + "{{ field(form.place) }}")
    for part in ("latitude", "longitude", "accuracy", "fixed_at", "address", "confirmed"):
        assert f'name="place-{part}"' in html


def test_with_script_nobody_is_asked_for_coordinates_nor_to_confirm_what_was_not_found(show):
    html = show(FIELDS + "{{ field(form.place) }}")
    hidden = re.search(r'<div class="dd-no-js[^>]*>(.*?)<div class="dd-ck[^>]* dd-no-js"', html, re.DOTALL)[1]
    assert {"place-latitude", "place-longitude", "place-accuracy"} <= set(
        re.findall(r'name="([^"]+)"', hidden)
    )
    assert "照手机地图写纬度和经度" in hidden
    found = show(
        FIELDS + "{{ field(form.place) }}", given={"place-latitude": "27.76", "place-longitude": "1"}
    )
    assert re.search(r'class="dd-ck dd-mt-8" data-position-confirm', found)


def test_the_sentence_for_no_position_says_what_is_needed(show):
    class Ask(Form):
        where = field_for(Question("where", "位置", QuestionKind.LOCATION, required=True, may_decline=True))

    html = show(FIELDS + "{{ field(form.where) }}", form=Ask)
    assert "还是取不到的，在下面写明原因就行" in html
    assert re.search(r"受访地点<span[^>]*>（可不填）", html)


CALLS = [
    '{% from "components/blocks.html" import button %}{{ button(x, href=x) }}{{ button(x, label=x) }}',
    '{% from "components/blocks.html" import empty, tag, job_progress %}{{ empty(x, x) }}{{ tag(x) }}{{ job_progress("j", "/j", x, 1, 2, rate=x) }}',
    '{% from "components/portal.html" import timeline_step, terms, answers, signer %}{{ timeline_step("now", x, x, x, x) }}{{ terms([(x, x)]) }}{{ answers([(x, x, "#")]) }}{{ signer(x, x, "waiting", x) }}',
    '{% from "components/portal.html" import notice_rows %}{{ notice_rows([(x, x, 3, x, 79500, "#", x)], x, x) }}',
    '{% from "components/staff.html" import page_head, next_step, masked %}{{ page_head(x, x, [(x, none)], [x]) }}{{ next_step(x, x, x, [("no", x)], x, "#", x) }}{{ masked("m", x, "/r", x, [x]) }}',
    '{% from "components/staff.html" import worklist_row, level_chip %}{{ worklist_row(level_chip("red", 12, x), x, x, x, -1, "#", x) }}',
    '{% from "components/case.html" import conditions, compare %}{{ conditions([("no", x, x, x, none, x)], x) }}{{ compare([(x, (x, true), none, (x, false), x, x, "open", x)], x) }}',
    '{% from "components/charts.html" import help_chain, due_histogram %}{{ help_chain(12, [(0, x)], 6, [(x, [("bar", 1, 5, x), ("once", 2, 0, x)])], x) }}{{ due_histogram([(x, 3, "now"), (none, 0, "gap")], x) }}',
    '{% from "components/reports.html" import official_table %}{{ official_table(x, [[(x, 2, 1)]], [[x, (x, "hot")]], 2, x, x, x, x, [x, x], x, [(x, x)]) }}',
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_whatever_a_component_is_given_is_text_and_never_markup(show, call):
    html = show(call, x=MARK)
    assert MARK not in html
    assert "&lt;script&gt;" in html
    assert " style=" not in html


def test_a_level_is_told_by_shape_and_word_not_only_by_colour(show):
    shown = {
        level: show(
            '{% from "components/staff.html" import level_chip %}{{ level_chip(level, 7) }}', level=level
        )
        for level in ("red", "orange", "yellow", "blue", "green")
    }
    assert len({re.search(r' d="([^"]+)"', html)[1] for html in shown.values()}) == 5
    for word, html in zip("红橙黄蓝绿", shown.values(), strict=True):
        assert f"{word} 7 分" in html


@pytest.mark.parametrize(("days", "words"), [(-2, "逾期 2"), (0, "今天"), (3, "<b>3</b>")])
def test_a_deadline_says_late_today_or_how_many_working_days(show, days, words):
    assert words in show('{% from "components/staff.html" import deadline %}{{ deadline(d) }}', d=days)


@pytest.mark.parametrize(("days", "words"), [(1, "working day<"), (-1, "working day<"), (2, "working days<")])
def test_one_working_day_is_no_plural_in_english(browser, show, days, words):
    browser.app.extensions["doudi_messages"]["en"].plurals["工作日"] = ("working day", "working days")
    source = '{% from "components/staff.html" import deadline %}{{ deadline(d) }}'
    assert words in show(source, {"doudi_language": "en"}, d=days)


def test_the_first_word_under_a_chart_begins_where_the_chart_begins(show):
    source = '{% from "components/charts.html" import due_histogram %}{{ due_histogram(days, "") }}'
    first, second = re.findall(
        r'<text x="(\d+)" y="68"([^>]*)>', show(source, days=[("Today", 1, "now"), ("12/7", 2, "day")])
    )
    assert first == ("0", "")
    assert "middle" in second[1]


def test_a_masked_value_never_stands_in_a_form_and_is_revealed_only_with_a_reason(show):
    html = show(
        '{% from "components/staff.html" import masked %}{{ masked("m", "520***********123X", "/r", "证件号", ["核对身份"]) }}'
    )
    assert 'value="520' not in html
    assert re.search(r'<select[^>]*name="reason" required', html)
    assert "请选</option>" in html


def test_a_masked_value_without_the_right_has_no_button(show):
    html = show(
        '{% from "components/staff.html" import masked %}{{ masked("m", "520***", "/r", may=false) }}'
    )
    assert "<form" not in html


def test_a_revealed_value_says_when_it_hides(show):
    html = show(
        '{% from "components/staff.html" import revealed %}{{ revealed("m", "520399199001011234", "520***********1234") }}'
    )
    assert 'data-hide-after="30"' in html
    assert 'data-mask="520***********1234"' in html


@pytest.mark.parametrize(
    ("state", "polls"), [("running", True), ("paused", False), ("failed", False), ("done", False)]
)
def test_only_running_work_is_asked_after(show, state, polls):
    html = show(
        '{% from "components/blocks.html" import job_progress %}{{ job_progress("j", "/j", "导入", 3, 0, state) }}',
        state=state,
    )
    assert ("hx-trigger" in html) is polls


def test_an_icon_nobody_drew_is_left_out(show):
    source = '{% from "components/icons.html" import icon %}[{{ icon(name) }}]'
    assert show(source, name="no-such-drawing") == "[]"
    assert "<svg" in show(source, name="phone")


LAYOUTS = ["portal", "staff", "staff_phone", "bare", "letter"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_shows_its_page_in_the_readers_wishes(show, layout):
    html = show(
        f'{{% extends "layouts/{layout}.html" %}}{{% block content %}}<h1>正文</h1>{{% endblock %}}',
        {"doudi_large": "1", "doudi_theme": "dark"},
    )
    assert "<h1>正文</h1>" in html
    assert 'class="large"' in html
    assert 'lang="zh-CN"' in html
    if layout != "letter":  # paper is white for everyone
        assert 'data-bs-theme="dark"' in html
    assert " style=" not in html
    assert re.findall(r"<script(?![^>]*src=)", html) == []


def test_a_demo_says_so_on_every_face(show, home):
    home.demo = True
    for layout in LAYOUTS:
        assert "都是编的" in show(f'{{% extends "layouts/{layout}.html" %}}')


def test_the_frame_of_the_portal_travels_light(browser):
    """Style, script and page of the portal together stay below 100 kB on the wire (gzip), pictures aside."""

    @browser.app.get("/frame")
    @access(PUBLIC)
    def frame():
        return render_template_string('{% extends "layouts/portal.html" %}')

    packed = {"Accept-Encoding": "gzip"}
    first = browser.get("/frame", headers=packed)
    html = browser.get("/frame").text
    total = len(first.data)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        total += len(browser.get(address.replace("&amp;", "&"), headers=packed).data)
    assert total < 100_000
