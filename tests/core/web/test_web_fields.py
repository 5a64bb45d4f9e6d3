"""Fields: what people really type is read, what cannot stand gets a sentence, what was typed is never lost."""

import base64
import io
from datetime import date

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import Invalid
from core.forms import Choice, Per, Question, QuestionKind, Section, ShownIf
from core.identity_numbers import make_demo_id
from core.web.choice_fields import ChoiceField, ChoicesField, RegionField, TickField, YesNoField
from core.web.fields import (
    BankAccountField,
    DateField,
    DisabilityCertificateField,
    IdNumberField,
    LongTextField,
    MoneyField,
    NameField,
    PhoneField,
    TextField,
    WholeNumberField,
)  # fmt: skip
from core.web.file_fields import DocumentField, PhotoField, SignatureField
from core.web.form_builder import FIELD_CLASSES, Form, form_class
from core.web.formats import money
from core.web.place_fields import LocationField

A_PERSON = make_demo_id("5203", date(1962, 3, 4), 28)


@pytest.fixture
def asked(browser, home):
    """`asked(field, typed…)`: the field of a form that was sent, validated."""
    home.demo = True
    with browser.app.test_request_context("/", method="POST"):
        g.csrf_valid = True

        def ask(unbound, *typed, **parts):
            made = type("Asked", (Form,), {"it": unbound})
            sent = MultiDict([("it", value) for value in typed])
            sent.update({f"it-{part}": value for part, value in parts.items()})
            form = made(sent)
            form.validate()
            return form.it

        yield ask


def sentence(field):
    return "；".join(field.errors)


# --- numbers of people -------------------------------------------------------------------------------------------


@pytest.mark.row("R3-31")
@pytest.mark.parametrize(
    "typed",
    [
        A_PERSON,
        f" {A_PERSON.lower()} ",
        " ".join(A_PERSON),
        A_PERSON.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ],
)
def test_an_id_number_is_read_as_people_type_it(asked, typed):
    assert asked(IdNumberField("身份证号码"), typed).data == A_PERSON


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (A_PERSON[:-1] + ("0" if A_PERSON[-1] != "0" else "1"), "最后一位"),
        (A_PERSON[:-1], "17 位"),
        ("520399203001010013", "晚于今天"),
        ("0" * 18, "地区代码"),
        ("张三", "只能有数字"),
    ],
)
def test_a_wrong_id_number_is_told_without_repeating_it(asked, typed, says):
    field = asked(IdNumberField("身份证号码"), typed)
    assert says in sentence(field)
    assert typed not in sentence(field)
    assert field._value() == typed


def test_a_made_up_id_number_passes_only_in_demo_and_tests(asked, home):
    home.demo = False
    assert "演示" in sentence(asked(IdNumberField("身份证号码"), A_PERSON))


def test_a_disability_certificate_is_checked_like_the_id_number_it_holds(asked):
    assert asked(DisabilityCertificateField("残疾人证号"), A_PERSON + "43").data == A_PERSON + "43"
    assert "残疾类别" in sentence(asked(DisabilityCertificateField("残疾人证号"), A_PERSON + "93"))


@pytest.mark.parametrize("typed", ["199 0000 1234", "+86 19900001234", "１９９００００１２３４"])
def test_a_phone_is_read_as_people_type_it(asked, typed):
    assert asked(PhoneField("电话"), typed).data == "19900001234"


def test_an_odd_bank_account_is_warned_of_and_taken(asked):
    field = asked(BankAccountField("银行账号"), "6222020000000000001")
    assert not field.errors
    assert field.warning
    assert "存折" in field.warning


def test_a_card_that_passes_its_check_is_not_warned_of(asked):
    assert asked(BankAccountField("银行账号"), "6222 0200 0000 0000 000").warning is None


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["𠮷田", "买买提·阿不都", "欧阳明月", "Anna Li", "㛃", "龘龘"])
def test_rare_characters_and_the_dot_of_minority_names_pass(asked, typed):
    assert asked(NameField("姓名"), typed).data == typed


def test_the_dot_of_a_name_is_written_one_way(asked):
    assert asked(NameField("姓名"), "买买提•阿不都").data == "买买提·阿不都"


@pytest.mark.parametrize(
    ("typed", "says"),
    [("张😀", "表情"), ("😀", "表情"), ("张3", "数字"), ("···", "证件"), ("张\x00三", "控制字符")],
)
def test_what_is_no_name_is_told(asked, typed, says):
    assert says in sentence(asked(NameField("姓名"), typed))


# --- amounts, counts, days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.5", 123450), ("1234.50", 123450), ("１２３４", 123400), ("￥2300", 230000), ("2300元", 230000), ("0", 0),
        ("两千三百", 230000), ("一万二", 1_200_000), ("两千三", 230000), ("一百零五", 10500), ("十二", 1200), ("三千块", 300000),
        ("1.2万", 1_200_000), ("一万零二", 1_000_200),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(asked, typed, fen):
    field = asked(MoneyField("每月收入"), typed)
    assert (field.data, sentence(field)) == (fen, "")


@pytest.mark.parametrize(
    "typed", ["两千多", "大概3000", "1.234", "1,23", "三千左右", "--5", "1e5", "NaN", "∞"]
)
def test_an_amount_nobody_could_add_up_is_refused_with_an_example(asked, typed):
    field = asked(MoneyField("每月收入"), typed)
    assert "比如 2300" in sentence(field)
    assert field._value() == typed


def test_a_negative_amount_is_refused(asked):
    assert "负数" in sentence(asked(MoneyField("每月收入"), "-5"))


@given(fen=st.integers(min_value=0, max_value=10**11))
def test_an_amount_as_we_write_it_is_read_back(fen):
    from core.forms import parse_money

    assert parse_money(money(fen)) == fen


@pytest.mark.parametrize(("typed", "count"), [("3", 3), ("３", 3), ("0", 0)])
def test_a_count_is_read(asked, typed, count):
    assert asked(WholeNumberField("人数"), typed).data == count


@pytest.mark.parametrize("typed", ["三个半", "2.5", "1e3", "9" * 20])
def test_a_count_that_is_none_is_told(asked, typed):
    assert asked(WholeNumberField("人数"), typed).errors


@pytest.mark.parametrize(
    "typed", ["2026-11-02", "2026年11月2日", "20261102", "2026/11/2", "２０２６-11-02", "2026.11.2"]
)
def test_a_day_is_read_as_people_write_it(asked, typed):
    field = asked(DateField("哪一天"), typed)
    assert (field.data, field.day) == ("2026-11-02", date(2026, 11, 2))


@pytest.mark.parametrize("typed", ["2026-02-30", "昨天", "11月2日", "1202-01-01"])
def test_a_day_that_is_none_is_told(asked, typed):
    assert asked(DateField("哪一天"), typed).errors


def test_a_day_to_come_is_refused_where_it_must_have_been(asked):
    assert "还没有到" in sentence(asked(DateField("哪一天", not_future=True), "2026-11-17"))
    assert not asked(DateField("哪一天", not_future=True), "2026-11-16").errors


def test_a_limit_is_told_in_yuan(asked):
    assert "不能大于 100" in sentence(asked(MoneyField("金额", maximum=10_000), "100.01"))


# --- required, optional, long ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "   ", "\u3000"])
def test_a_question_that_must_be_answered_says_which(asked, typed):
    assert sentence(asked(TextField("单位", required=True), typed)) == "请填写“单位”"
    assert asked(TextField("单位"), typed).data is None


def test_a_long_text_has_a_limit_it_names(asked):
    assert "2000" in sentence(asked(LongTextField("说明"), "长" * 2001))
    assert not asked(LongTextField("说明"), "长" * 2000).errors


# --- choices -----------------------------------------------------------------------------------------------------


def test_a_choice_outside_the_list_is_refused(asked):
    field = ChoiceField("地区类型", choices=[("urban", "城镇"), ("rural", "农村")])
    assert asked(field, "rural").data == "rural"
    assert asked(field, "moon").errors


def test_choices_keep_the_order_they_are_offered_in(asked):
    field = ChoicesField("来源", choices=[("a", "甲"), ("b", "乙"), ("c", "丙")])
    assert asked(field, "c", "a").data == ["a", "c"]
    assert asked(field, "a", "x").errors
    assert asked(field).data is None


def test_yes_and_no_are_both_answers_and_neither_is_chosen_beforehand(asked):
    assert asked(YesNoField("有车吗", required=True), "false").data is False
    field = asked(YesNoField("有车吗", required=True))
    assert "有车吗" in sentence(field)
    assert not [choice for choice in field.iter_choices() if choice.selected]


def test_a_statement_must_be_ticked_and_is_never_ticked_beforehand(asked):
    assert asked(TickField("以上属实", required=True)).errors
    assert asked(TickField("以上属实", required=True), "y").data is True
    assert asked(TickField("以上属实")).data is False
    with_default = asked(TickField("以上属实"))
    assert "checked" not in str(with_default())


@pytest.mark.row("R2-28")
def test_a_region_must_lie_where_it_may(asked):
    class Within(RegionField):
        within = ("520328000000",)

    assert asked(Within("村"), "520328103201").data == "520328103201"
    assert "范围" in sentence(asked(Within("村"), "441823100200"))
    assert asked(Within("村"), "永兴镇").errors


# --- files, signatures, places -----------------------------------------------------------------------------------


def test_a_photo_that_must_be_there_is_asked_for_and_its_bytes_are_handed_on(asked):
    assert "请拍照" in sentence(asked(PhotoField("户口本", required=True)))
    field = asked(PhotoField("户口本", required=True), FileStorage(io.BytesIO(b"\xff\xd8\xff"), "a.jpg"))
    assert not field.errors
    assert [upload.filename for upload in field.uploads] == ["a.jpg"]


def test_an_empty_file_is_told(asked):
    assert "空的" in sentence(asked(DocumentField("材料"), FileStorage(io.BytesIO(b""), "a.pdf")))


def test_a_photo_may_be_declined_with_a_reason_where_the_question_allows_it(asked):
    question = Question("photo", "合照", QuestionKind.PHOTO, required=True, may_decline=True)
    assert asked(PhotoField(question=question), declined="对方不愿合照").data == {"declined": "对方不愿合照"}
    assert asked(PhotoField(question=question)).errors
    plain = Question("photo", "合照", QuestionKind.PHOTO, required=True)
    assert asked(PhotoField(question=plain), declined="不想").errors


def test_a_signature_is_a_picture_or_a_paper(asked):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    address = "data:image/png;base64," + base64.b64encode(png).decode()
    assert asked(SignatureField("签名", required=True), address).image == png
    assert "请签名" in sentence(asked(SignatureField("签名", required=True)))
    paper = asked(SignatureField("签名", required=True), file=FileStorage(io.BytesIO(b"x"), "paper.jpg"))
    assert not paper.errors
    assert paper.uploads


@pytest.mark.parametrize(
    "body",
    [
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/png;base64,PHNjcmlwdD4=",
        "data:image/png;base64,###",
        "data:,x",
    ],
)
def test_what_only_pretends_to_be_a_signature_is_refused(asked, body):
    field = asked(SignatureField("签名", required=True), body)
    assert field.image is None
    assert "擦掉重新写" in sentence(field)


def test_a_place_is_read_from_its_parts_and_must_be_confirmed(asked):
    parts = {"latitude": "27.76", "longitude": "107.48", "accuracy": "18"}
    field = asked(LocationField("位置"), confirmed="y", **parts)
    assert (field.data["latitude"], field.data["accuracy_m"]) == ("27.760000", 18)
    assert field.data["fixed_at"].startswith("2026-11-16T10:30")
    assert "我确认" in sentence(asked(LocationField("位置"), **parts))
    assert asked(LocationField("位置"), confirmed="y", latitude="91", longitude="0").errors
    assert "还没有取得位置" in sentence(asked(LocationField("位置", required=True)))


# --- whole forms -------------------------------------------------------------------------------------------------

SECTION = Section(
    "income",
    "收入",
    (
        Question("works", "做工吗", QuestionKind.YES_NO, required=True),
        Question(
            "employer", "在哪里做工", QuestionKind.TEXT, required=True, shown_if=ShownIf("works", (True,))
        ),
        Question("monthly", "每月收入", QuestionKind.MONEY, required=True, hint="写不准就写平均数"),
        Question("who", "是谁的", QuestionKind.CHOICE, choices_from="@members"),
        Question("kind", "哪一种", QuestionKind.CHOICE, choices=(Choice("wage", "工资", hint="做零工也算"),)),
        Question("property", "房产", QuestionKind.TEXT, required=True, obtained_from="不动产登记"),
    ),
    per=Per.INCOME,
)


@pytest.fixture
def filled(browser):
    with browser.app.test_request_context("/", method="POST"):
        g.csrf_valid = True
        yield lambda **sent: form_class(SECTION)(MultiDict(sent), members=["周桂兰", "田志强"])


def test_every_kind_of_question_has_its_field():
    assert set(FIELD_CLASSES) == set(QuestionKind)


def test_a_section_becomes_a_form_in_the_order_of_its_questions(filled):
    form = filled()
    assert [field.name for field in form if field.name != "csrf_token"] == [
        "works",
        "employer",
        "monthly",
        "who",
        "kind",
    ]
    assert form.monthly.description == "写不准就写平均数"
    assert [choice.label for choice in form.who.iter_choices()] == ["周桂兰", "田志强"]
    assert next(form.kind.iter_choices()).render_kw == {"data-hint": "做零工也算"}


def test_a_question_that_does_not_apply_is_neither_asked_nor_stored(filled):
    form = filled(works="false", employer="茶厂", monthly="0")
    assert form.validate()
    assert form.answers() == {"works": False, "monthly": 0}
    again = filled(works="true", monthly="0")
    assert not again.validate()
    assert sentence(again.employer) == "请填写“在哪里做工”"


def test_a_draft_keeps_right_answers_read_and_wrong_ones_word_for_word(filled):
    form = filled(works="true", employer="茶厂", monthly="两千多")
    assert not form.validate()
    assert form.typed() == {"works": True, "employer": "茶厂", "monthly": "两千多"}
    with_draft = form_class(SECTION)(None, data=form.typed())
    assert 'value="两千多"' in str(with_draft.monthly())


def test_a_problem_of_core_stands_beside_its_field_or_above_the_form(filled):
    form = filled(works="false", monthly="5")
    form.validate()
    form.mark(Invalid("每月收入和上面的不一致", field="members.0.monthly"))
    form.mark(Invalid("最多 {count} 项", count=3))
    assert sentence(form.monthly) == "每月收入和上面的不一致"
    assert form.form_errors == ["最多 3 项"]


def test_labels_and_sentences_follow_the_readers_language(browser):
    texts = browser.app.extensions["doudi_messages"]["en"].texts
    texts |= {"每月收入": "Monthly income", "请填写“{label}”": "Please fill in “{label}”"}
    with browser.app.test_request_context("/?lang=en", method="POST"):
        form = form_class(SECTION)(MultiDict())
        form.validate()
        assert form.monthly.label.text == "Monthly income"
        assert sentence(form.monthly) == "Please fill in “Monthly income”"


def test_stored_money_is_shown_as_a_person_would_type_it(browser):
    with browser.app.test_request_context("/"):
        form = form_class(SECTION)(None, data={"monthly": 123450})
        assert 'value="1234.50"' in str(form.monthly())
