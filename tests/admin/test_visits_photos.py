"""Photos of a visit and what was seen of each declared line (R1-14, R0-34)."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from core.access import Role
from core.audit.models import AuditEntry
from core.cases.declaration_models import Layer, StatementLine
from core.documents.models import Document
from core.testing.town import (
    TOWNSHIP,
    catalogue,
)
from tests.admin.visiting_by_phone import (
    VisitPage,
    accepted,
    all_of,
    answers_for,
    visit_answers,
    visits_in,
)
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


# --- photos ---


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


def test_what_lies_on_the_page_is_not_told_as_missing_though_a_button_alone_keeps_it(
    clerk, family, whole, words
):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    saved = browser.post(form.url, {**form.fields, **whole, "do": "autosave"}, headers={"HX-Request": "true"})
    assert "都填好了，可以提交" in words(saved)
    # nothing was kept of them: the page opened anew asks for them
    again = browser.get(form.url)
    assert "都填好了" not in words(again)
    assert 'href="#house_photo-row"' in again.text


def test_a_photo_taken_anew_replaces_the_former_one(site, clerk, family):
    form = VisitPage(clerk[0], family)
    form.press("save", {"house_photo": photo(camera_photo((40, 30)))})
    form.press("save", {"house_photo": photo(camera_photo((50, 30)))})
    assert len(all_of(site, Document, Document.removed_at.is_(None))) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ" + b"\0" * 2000, "这个文件不是照片，打不开。"),
        (b"%PDF-1.7" + b"\0" * 100, "这个文件不是照片，打不开。"),
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


def test_a_kept_signature_is_told_as_signed_and_shown_instead_of_an_empty_pad(clerk, family, whole, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    form.press("save", {"family_signature-file": photo()})
    row = form.text.split("✓ 已签")[1].split("不愿签字")[0]
    picture = row.split('<img class="dd-signed" src="')[1].split('"')[0]
    assert browser.get(picture).mimetype.startswith("image/")
    assert row.index("重新签") < row.index("<canvas")
    whole.pop("family_signature-declined")
    done = form.press("submit", whole)
    assert done.status_code == 303, words(done)
    assert "看签名（会被记录）" in words(browser.get(done.headers["Location"]))


# --- what was seen of the declared lines ---


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
