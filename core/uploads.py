"""Judges an uploaded file by its content, and makes a photo small and silent: no place, no camera, only when it was taken."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Invalid
from core.translations import N_

MEBIBYTE = 1024 * 1024
DEFAULT_LIMIT = 30 * MEBIBYTE
DEFAULT_LONGEST_SIDE = 2400  # pixels; a page of A4 stays readable
_QUALITY = 88
_BEIJING = timezone(timedelta(hours=8))
_EXIF_IFD, _TAKEN, _TAKEN_OFFSET = 0x8769, 0x9003, 0x9011


class ContentKind(StrEnum):
    """What a file is by its first bytes; the value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


# pixels before shrinking; a JPEG is decoded small at once, the others are unpacked whole first
_MOST_PIXELS = {ContentKind.JPEG: 120_000_000, ContentKind.PNG: 50_000_000, ContentKind.WEBP: 50_000_000}
_FORMATS = {ContentKind.JPEG: "JPEG", ContentKind.PNG: "PNG", ContentKind.WEBP: "WEBP"}
# Pillow warns at this size and refuses at twice it; ours are the limits above, told in words
Image.MAX_IMAGE_PIXELS = max(_MOST_PIXELS.values())

PHOTOS = frozenset({ContentKind.JPEG, ContentKind.PNG, ContentKind.WEBP})
PAPERS = PHOTOS | {ContentKind.PDF}


@dataclass(frozen=True, slots=True)
class Upload:
    """What will be stored: `content` may be a smaller photo than was sent. `taken_at` is aware, in UTC."""

    content: bytes
    kind: ContentKind
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None


def prepare_upload(
    content: bytes,
    *,
    accept: frozenset[ContentKind] = PAPERS,
    limit: int = DEFAULT_LIMIT,
    longest_side: int = DEFAULT_LONGEST_SIDE,
) -> Upload:
    """Check kind and size (bytes), and make photos smaller and free of metadata.

    A photo taken without time zone is taken to be in Beijing time. Raises Invalid (field `file`) in words for an
    empty, too large, foreign or damaged file, whatever its name says.
    """
    if not content:
        raise Invalid(N_("这个文件是空的；请重新选择"), field="file")
    if len(content) > limit:
        raise Invalid(
            N_("文件有 {size} MB，超过了 {limit} MB；请拍小一些，或分成几个文件上传"),
            field="file",
            size=-(-len(content) // MEBIBYTE),
            limit=limit // MEBIBYTE,
        )
    kind = sniff(content)
    if kind is None or kind not in accept:
        raise _foreign(content, accept)
    if kind is ContentKind.PDF:
        return Upload(content, kind)
    return _clean_photo(content, kind, longest_side)


def sniff(content: bytes) -> ContentKind | None:
    """The kind by the first bytes, or None; a name or a browser's word is never believed."""
    if content.startswith(b"\xff\xd8\xff"):
        return ContentKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ContentKind.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ContentKind.WEBP
    if content.startswith(b"%PDF-"):
        return ContentKind.PDF
    return None


def _foreign(content: bytes, accept: frozenset[ContentKind]) -> Invalid:
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
        return Invalid(
            N_(
                "这是 HEIC 照片，这里还打不开。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”后重拍，"
                "或把照片截图后上传"
            ),
            field="file",
        )
    if ContentKind.PDF in accept:
        return Invalid(N_("这个文件不是照片，也不是PDF，打不开。请重新拍一张，或者另选一个。"), field="file")
    return Invalid(N_("这个文件不是照片，打不开。请重新拍一张，或者另选一张（JPG或PNG）。"), field="file")


def _clean_photo(content: bytes, kind: ContentKind, longest_side: int) -> Upload:
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image:
            if image.width * image.height > _MOST_PIXELS[kind]:
                raise _too_many_pixels()
            return _resaved(image, kind, longest_side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise _too_many_pixels() from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as fault:
        # Pillow tells a damaged file by any of these
        raise Invalid(N_("照片打不开，可能没有传完整；请重新拍照或选择"), field="file") from fault


def _too_many_pixels() -> Invalid:
    return Invalid(N_("照片的尺寸太大了；请用普通模式重新拍一张"), field="file")


def _resaved(image: Image.Image, kind: ContentKind, longest_side: int) -> Upload:
    taken_at = _taken_at(image)
    if kind is ContentKind.JPEG:
        # lets the decoder skip what shrinking would throw away: a tenth of the time and memory
        image.draft("RGB", (longest_side, longest_side))
    photo = ImageOps.exif_transpose(image)
    seen_through = photo.mode in {"LA", "PA", "RGBA"} or "transparency" in photo.info
    photo = photo.convert("RGBA" if seen_through else "RGB")
    photo.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    small = io.BytesIO()
    # line drawings and signatures stay sharp; a photo saved as PNG would stay huge
    as_png = seen_through or (kind is ContentKind.PNG and photo.getcolors(4096) is not None)
    bare = Image.frombytes(photo.mode, photo.size, photo.tobytes())  # pixels only: no metadata comes along
    if as_png:
        bare.save(small, "PNG")
    else:
        bare.save(small, "JPEG", quality=_QUALITY)
    stored_as = ContentKind.PNG if as_png else ContentKind.JPEG
    return Upload(small.getvalue(), stored_as, bare.width, bare.height, taken_at)


def _taken_at(image: Image.Image) -> datetime | None:
    details = image.getexif().get_ifd(_EXIF_IFD)
    text = f"{details.get(_TAKEN, '')}".strip("\0 ")
    offset = f"{details.get(_TAKEN_OFFSET, '')}".strip("\0 ")
    try:
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=_BEIJING)
        if offset:
            taken = datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z")
        return taken.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
