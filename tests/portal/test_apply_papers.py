"""Papers by photo: what is taken, what is refused in words, what is offered again, and that nothing is lost."""

from __future__ import annotations

import errno
import io
import random

import pytest
from PIL import Image
from sqlalchemy import select

from core.documents.models import Document
from core.encrypted_files import FileStore
from tests.portal.applying import begin, photo


@pytest.fixture
def walk(site):
    return begin(site)


def send_paper(walk, content, name="sfz.jpg", **more):
    walk.open("papers")
    return walk.send("papers", {"identity_photo": (io.BytesIO(content), name), **more}, fresh=False)


def big_photo():
    """A photo of more than 20 MB, as a good camera takes it."""
    noise = random.Random(1).randbytes(5600 * 4200 * 3)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (5600, 4200), noise).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


@pytest.mark.slow
def test_a_photo_of_20_mb_is_taken_and_made_small(site, walk):
    content = big_photo()
    assert len(content) > 20_000_000
    assert send_paper(walk, content).status_code == 303
    with site.session() as session:
        assert session.scalar(select(Document.size)) < 9_000_000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"MZ\x90\x00" + b"\x00" * 400, "不是照片，也不是PDF"),
        (b"", "空的"),
        (photo()[:300], "打不开"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200, "HEIC"),
    ],
    ids=["a renamed program", "empty", "cut short", "HEIC"],
)
def test_a_file_that_cannot_be_kept_is_told_beside_its_field(walk, words, content, told):
    answer = send_paper(walk, content)
    assert answer.status_code == 422
    assert told in words(answer)
    assert 'id="identity_photo-error"' in answer.text


def test_a_full_disk_says_so_and_loses_nothing(site, walk, words, monkeypatch):
    walk.contact()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileStore, "_make_folder", full)
        answer = send_paper(walk, photo())
    assert answer.status_code == 507
    assert "磁盘满了" in words(answer)
    assert walk.draft().state.fields["address"] == "岩脚组学堂边"
    assert send_paper(walk, photo()).status_code == 303


def test_a_paper_given_once_is_offered_again_and_not_asked_for(site, walk, words):
    walk.papers()
    other = begin(site, walk.browser)
    page = other.open("papers")
    assert "用以前交过的：申请人的身份证或户口本" in words(page)
    known = page.text.split('name="identity_photo-known"')[1].split('<option value="')[2].split('"')[0]
    assert other.send("papers", {"identity_photo-known": known}).status_code == 303
    assert other.draft().state.fields["identity_photo"] == known


def test_a_paper_of_somebody_else_cannot_be_taken(site, walk):
    walk.papers()
    paper = walk.draft().state.fields["identity_photo"]
    other = begin(site, site.resident("19900000009"))
    assert other.browser.get(other.url(f"papers/{paper}")).status_code == 404
    assert other.send("papers", {"identity_photo-known": paper}).status_code == 404


def test_a_required_paper_is_asked_for_and_what_nobody_must_bring_is_named(walk, words):
    page = walk.open("papers")
    assert "不用交：能从别的部门查到的" in words(page)
    assert "向公安部门查" in words(page)
    # only what the bodies she authorises are asked
    assert {"向民政部门查", "向残疾人联合会查"}.isdisjoint(words(page).split())
    for name in ("marriage_photo", "disability_photo"):
        assert f'name="{name}"' in page.text
    answer = walk.send("papers")
    assert answer.status_code == 422
    assert 'href="#identity_photo"' in answer.text


def test_ones_own_paper_is_shown_and_nothing_keeps_it_on_the_way(walk):
    walk.papers()
    answer = walk.browser.get(walk.url(f"papers/{walk.draft().state.fields['identity_photo']}"))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_paper_that_is_none_and_an_answer_of_another_page_are_not_found(walk):
    walk.papers()
    before = walk.draft().state.fields
    assert walk.send("papers", {"identity_photo-known": "abc"}).status_code == 404
    for name in ("region", "csrf_token", "nothing", ""):
        assert walk.send("papers", {"do": f"drop:{name}"}).status_code == 404
    assert walk.draft().state.fields == before
    assert walk.send("papers", {"do": "drop:identity_photo"}).status_code == 303
    assert not walk.draft().state.fields.get("identity_photo")
