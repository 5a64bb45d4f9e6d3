"""Papers: stored once and sealed, reused for the next application, whole or not at all, seen only where they belong."""

from __future__ import annotations

import errno
import io
import os
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from core import encrypted_files
from core.audit.models import AuditEntry
from core.database import new_id
from core.documents.changes import (
    Belonging,
    attach_to_case,
    copy_id,
    let_go,
    store_document,
    sweep_files,
)
from core.documents.models import Document, DocumentKind
from core.documents.queries import library, open_document, papers_of_case, titles
from core.encrypted_files import FileStore, StorageFailed
from core.errors import Invalid, NotFound
from core.scopes import Link, System
from core.uploads import ContentKind

pytestmark = pytest.mark.row("R1-14")


def picture(colour=(200, 30, 30)):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def files(tmp_path, vault):
    return FileStore(tmp_path / "files", vault)


@pytest.fixture
def account():
    return new_id()


def store(town, files, session, content=None, kind=DocumentKind.ID_CARD, **belonging):
    row = store_document(
        session, session.actor, files, content or picture(), kind, Belonging(**belonging), now=town.now
    )
    session.commit()
    return row


def test_a_paper_is_kept_sealed_and_read_back_by_its_owner_with_a_look(town, files, account):
    session = town.resident(account)
    row = store(town, files, session, owner_account_id=account)
    assert b"JFIF" not in files.path_of(row.file_id).read_bytes()
    opened = open_document(session, files, row.id, now=town.now)
    assert opened.content.startswith(b"\xff\xd8\xff")
    assert opened.title == "身份证"
    assert opened.file_name.endswith(".jpg")
    session.commit()
    acts = town.session(System("test")).scalars(select(AuditEntry.act)).all()
    assert acts.count("document.look") == 1


def test_before_submission_no_office_and_no_neighbour_sees_a_paper(town, files, account):
    row = store(town, files, town.resident(account), owner_account_id=account)
    for session in (town.at_work(town.clerk), town.resident(new_id()), town.session(Link(new_id()))):
        assert session.get(Document, row.id) is None
        with pytest.raises(NotFound):
            open_document(session, files, row.id, now=town.now)


def test_the_same_photo_twice_is_one_paper(town, files, account):
    session = town.resident(account)
    first = store(town, files, session, owner_account_id=account, about="m1")
    second = store(town, files, session, owner_account_id=account, about="m1")
    other = store(town, files, session, owner_account_id=account, about="m2")
    assert first.id == second.id != other.id
    assert len(list(files.file_ids())) == 2


def test_a_case_keeps_its_own_copy_and_the_library_stays_for_the_next_one(town, files, account):
    session = town.resident(account)
    paper = store(town, files, session, owner_account_id=account)
    first, second, member = new_id(), new_id(), new_id()
    for case_id in (first, first, second):
        attach_to_case(session, session.actor, {paper.id: member}, case_id, town.township, now=town.now)
    session.commit()
    desk = town.at_work(town.clerk)
    assert [row.id for row in papers_of_case(desk, first)] == [copy_id(first, paper.id)]
    assert [row.member_id for row in papers_of_case(desk, second)] == [member]
    assert open_document(desk, files, copy_id(first, paper.id), now=town.now).content
    assert titles(desk, papers_of_case(desk, first)) == {copy_id(first, paper.id): "身份证"}
    assert papers_of_case(town.at_work(town.stranger), first) == []
    assert [row.id for row in library(session, account)] == [paper.id]
    assert len(list(files.file_ids())) == 1


def test_nobody_attaches_anothers_paper(town, files, account):
    paper = store(town, files, town.resident(account), owner_account_id=account)
    thief = town.resident(new_id())
    assert attach_to_case(thief, thief.actor, {paper.id: None}, new_id(), town.township, now=town.now) == []


def lying(files, *, days, now):
    """A file that no row names, sealed that many days ago."""
    file_id = new_id()
    files.write(file_id, b"left by a power cut")
    then = (now - timedelta(days=days)).timestamp()
    os.utime(files.path_of(file_id), (then, then))
    return file_id


def test_a_file_that_no_row_names_goes_after_a_month_and_a_paper_never(town, files, account):
    paper = store(town, files, town.resident(account), owner_account_id=account)
    os.utime(files.path_of(paper.file_id), (0, 0))
    old, young = lying(files, days=31, now=town.now), lying(files, days=29, now=town.now)
    with town.session(System("sweep-files")) as session:
        assert sweep_files(session, files, now=town.now) == 1
    assert set(files.file_ids()) == {paper.file_id, young}
    assert old not in files.file_ids()


def test_the_bytes_of_a_paper_let_go_of_follow_it_a_month_later_unless_a_case_holds_a_copy(
    town, files, account
):
    session = town.resident(account)
    loose = store(town, files, session, owner_account_id=account)
    held = store(town, files, session, content=picture("blue"), owner_account_id=account)
    attach_to_case(session, session.actor, {held.id: None}, new_id(), town.township, now=town.now)
    for row in (loose, held):
        let_go(session, row, now=town.now)
        os.utime(files.path_of(row.file_id), (0, 0))
    session.commit()
    assert library(session, account) == []
    with pytest.raises(NotFound):
        open_document(session, files, loose.id, now=town.now)
    with town.session(System("sweep-files")) as everywhere:
        # a database put back from last week's backup still has both in use
        assert sweep_files(everywhere, files, now=town.now + timedelta(days=29)) == 0
        assert sweep_files(everywhere, files, now=town.now + timedelta(days=30)) == 1
        assert "document.let-go" in set(everywhere.scalars(select(AuditEntry.act)))
    assert list(files.file_ids()) == [held.file_id]


def test_the_papers_of_another_database_are_left_alone(town, files, account):
    old = lying(files, days=99, now=town.now)
    with town.session(System("sweep-files")) as session:
        assert sweep_files(session, files, now=town.now) == 0
    paper = store(town, files, town.resident(account), owner_account_id=account)
    files.delete(paper.file_id)
    with town.session(System("sweep-files")) as session:
        assert sweep_files(session, files, now=town.now) == 0
    assert list(files.file_ids()) == [old]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"MZ\x90\x00" + b"\0" * 100, "不是照片，也不是PDF"), (b"", "空的"), (b"\xff\xd8\xff broken", "打不开")],
)
def test_a_renamed_program_or_a_broken_photo_is_told_in_words_and_not_kept(
    town, files, account, content, words
):
    session = town.resident(account)
    with pytest.raises(Invalid) as told:
        store_document(
            session,
            session.actor,
            files,
            content,
            DocumentKind.ID_CARD,
            Belonging(owner_account_id=account),
            now=town.now,
        )
    assert words in str(told.value)
    assert list(files.file_ids()) == []


def test_a_photo_of_many_megabytes_is_shrunk_and_one_too_large_is_told_so(town, files, account):
    session = town.resident(account)
    noise = io.BytesIO()
    Image.effect_noise((4200, 4200), 90).convert("RGB").save(noise, "JPEG", quality=97)
    assert len(noise.getvalue()) > 10_000_000
    row = store(town, files, session, content=noise.getvalue(), owner_account_id=account)
    assert row.content_kind is ContentKind.JPEG
    assert row.size < len(noise.getvalue()) / 2
    with pytest.raises(Invalid):
        store_document(
            session,
            session.actor,
            files,
            picture(),
            DocumentKind.ID_CARD,
            Belonging(owner_account_id=account),
            now=town.now,
            limit=10,
        )


def test_a_full_disk_keeps_nothing_of_the_file_and_everything_else(town, files, account, monkeypatch):
    session = town.resident(account)
    before = store(town, files, session, owner_account_id=account)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encrypted_files.os, "fsync", full)
    with pytest.raises(StorageFailed) as told:
        store(town, files, session, content=picture((1, 2, 3)), owner_account_id=account)
    assert told.value.status == 507
    assert "已填写的内容还在" in str(told.value)
    session.rollback()
    monkeypatch.undo()
    assert [row.id for row in library(session, account)] == [before.id]
    assert list(files.file_ids()) == [before.file_id]


def test_a_rolled_back_form_takes_its_file_with_it(town, files, account):
    session = town.resident(account)
    store_document(
        session,
        session.actor,
        files,
        picture(),
        DocumentKind.ID_CARD,
        Belonging(owner_account_id=account),
        now=town.now,
    )
    assert len(list(files.file_ids())) == 1
    session.rollback()
    assert list(files.file_ids()) == []
    assert library(session, account) == []
