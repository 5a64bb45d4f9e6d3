"""Uploads are judged by what they hold; photos come out small, upright and without a place."""

import io
import random
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from core.errors import Invalid
from core.uploads import MEBIBYTE, PAPERS, PHOTOS, ContentKind, prepare_upload, sniff

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EXE = b"MZ\x90\x00\x03" + bytes(200)


def picture(width=320, height=200, mode="RGB", noisy=True):
    image = Image.effect_noise((width, height), 80) if noisy else Image.new("L", (width, height), 255)
    return image.convert(mode)


def saved(image, kind="JPEG", **options):
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def camera_exif(taken="2026:01:31 10:20:30", offset=None, orientation=1):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretCamera"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (27.0, 45.0, 12.0)
    return exif


def refusal(content, **options):
    with pytest.raises(Invalid) as caught:
        prepare_upload(content, **options)
    assert caught.value.field == "file"
    return str(caught.value)


def test_a_photo_loses_camera_and_place_but_tells_when_it_was_taken():
    sent = saved(picture(), exif=camera_exif(), comment=b"SecretComment")
    assert b"SecretCamera" in sent
    upload = prepare_upload(sent)
    with Image.open(io.BytesIO(upload.content)) as kept:
        assert not kept.getexif()
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Secret" not in upload.content
    assert upload.taken_at == datetime(2026, 1, 31, 2, 20, 30, tzinfo=UTC)
    assert (upload.kind, upload.width, upload.height) == (ContentKind.JPEG, 320, 200)


@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        ("2026:01:31 10:20:30", "+06:00", datetime(2026, 1, 31, 4, 20, 30, tzinfo=UTC)),
        ("0000:00:00 00:00:00", None, None),
        ("yesterday", None, None),
        ("", None, None),
        ("2026:01:31 10:20:30", "+99:99", None),
    ],
)
def test_a_camera_clock_is_believed_only_when_it_makes_sense(taken, offset, expected):
    upload = prepare_upload(saved(picture(), exif=camera_exif(taken, offset)))
    assert upload.taken_at == expected


def test_a_photo_taken_sideways_stands_upright():
    upload = prepare_upload(saved(picture(320, 200), exif=camera_exif(orientation=6)))
    assert (upload.width, upload.height) == (200, 320)


def test_a_photo_of_twenty_megabytes_is_taken_and_shrunk():
    image = picture(4600, 3450)
    sent = saved(image.convert("RGB"), quality=100, subsampling=0)
    sent += b"\0" * max(0, 20 * MEBIBYTE - len(sent))
    upload = prepare_upload(sent)
    assert len(sent) >= 20 * MEBIBYTE
    assert len(upload.content) < 5 * MEBIBYTE
    assert (upload.width, upload.height) == (2400, 1800)


def test_a_small_photo_is_not_made_larger():
    upload = prepare_upload(saved(picture(40, 30)), longest_side=2400)
    assert (upload.width, upload.height) == (40, 30)


def test_what_hides_behind_a_photo_is_cut_off():
    upload = prepare_upload(saved(picture()) + b"PK\x03\x04 SecretArchive")
    assert b"SecretArchive" not in upload.content


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (saved(picture(mode="CMYK")), ContentKind.JPEG),
        (saved(picture(mode="L")), ContentKind.JPEG),
        (saved(picture(), "MPO", save_all=True, append_images=[picture()]), ContentKind.JPEG),
        (saved(picture(), "WEBP"), ContentKind.JPEG),
        (saved(picture(mode="RGB", noisy=False), "PNG"), ContentKind.PNG),
        (saved(picture(mode="P"), "PNG"), ContentKind.PNG),
        (saved(picture(mode="RGBA"), "PNG"), ContentKind.PNG),
        (saved(Image.new("RGBA", (30, 20), (9, 9, 9, 90)), "WEBP"), ContentKind.PNG),
        (saved(picture(mode="I;16"), "PNG"), ContentKind.PNG),
        (saved(picture(mode="1"), "PNG"), ContentKind.PNG),
    ],
)
def test_photos_of_every_usual_mode_are_taken(content, kind):
    upload = prepare_upload(content)
    assert upload.kind is kind is sniff(upload.content)
    with Image.open(io.BytesIO(upload.content)) as kept:
        kept.load()


def test_a_colourful_png_becomes_a_jpeg():
    image = Image.merge("RGB", [Image.effect_noise((300, 300), 90) for _ in range(3)])
    assert prepare_upload(saved(image, "PNG")).kind is ContentKind.JPEG


def test_a_pdf_is_kept_as_it_is_where_papers_are_wanted():
    upload = prepare_upload(PDF)
    assert (upload.content, upload.kind, upload.taken_at) == (PDF, ContentKind.PDF, None)
    assert "不是照片" in refusal(PDF, accept=PHOTOS)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (EXE, "不是照片，也不是PDF"),
        (b"PK\x03\x04" + bytes(100), "不是照片，也不是PDF"),
        (b"<html><script>alert(1)</script>", "不是照片，也不是PDF"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
        (b"\xff\xd8\xff\xe0" + EXE, "打不开"),
        (saved(picture())[:900], "打不开"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "打不开"),
        (b"RIFF\x10\0\0\0WEBP" + bytes(90), "打不开"),
    ],
)
def test_a_renamed_foreign_or_torn_file_is_refused_in_words(content, word):
    assert word in refusal(content)


def test_a_file_over_the_limit_is_told_its_size():
    assert "2 MB，超过了 1 MB" in refusal(PDF + bytes(MEBIBYTE), limit=MEBIBYTE)
    assert prepare_upload(PDF, limit=len(PDF)).kind is ContentKind.PDF


@pytest.mark.parametrize(("width", "height"), [(12000, 11000), (30000, 30000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(width, height, kind):
    content = bytearray(saved(Image.new("L", (64, 64)), kind))
    if kind == "PNG":
        content[16:24] = width.to_bytes(4) + height.to_bytes(4)
        content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    else:
        start = content.index(b"\xff\xc0") + 5
        content[start : start + 4] = height.to_bytes(2) + width.to_bytes(2)
    assert "尺寸太大" in refusal(bytes(content))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise_than_in_words(content):
    try:
        upload = prepare_upload(content)
    except Invalid:
        return
    assert upload.kind in PAPERS


# Pillow warns of damaged metadata, which is thrown away anyhow
@pytest.mark.filterwarnings("default::UserWarning")
def test_a_photo_damaged_anywhere_is_read_or_refused_in_words():
    chance = random.Random(7)
    whole = saved(picture(), exif=camera_exif())
    for _ in range(400):
        torn = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            torn[chance.randrange(2, len(torn))] = chance.randrange(256)
        with suppress(Invalid):
            prepare_upload(bytes(torn))
