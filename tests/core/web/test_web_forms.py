"""Files, signatures, places and whole declared forms, as they are sent and shown again."""

import base64
import io

import pytest
from flask import g
from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import Invalid
from core.forms import Choice, Per, Question, QuestionKind, Section, ShownIf
from core.web.file_fields import DocumentField, PhotoField, SignatureField
from core.web.form_builder import FIELD_CLASSES, form_class
from core.web.place_fields import LocationField


def sentence(field):
    return "；".join(field.errors)


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


def test_an_address_is_no_position_but_is_kept_with_and_without_a_reason(asked):
    question = Question("position", "位置", QuestionKind.LOCATION, required=True, may_decline=True)
    alone = asked(LocationField(question=question), address="岩脚组学堂边", confirmed="y")
    assert "还没有取得位置" in sentence(alone)
    assert alone.given() == {"address": "岩脚组学堂边"}
    reasoned = asked(LocationField(question=question), address="岩脚组学堂边", declined="山里没有信号")
    assert reasoned.data == {"declined": "山里没有信号", "address": "岩脚组学堂边"}


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
