"""Form fields for photos, papers and signatures: they hand the bytes to the view, which stores them and sets the id."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import base64
import binascii
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation
from wtforms.widgets import FileInput, HiddenInput

from core.errors import Invalid
from core.forms import QuestionKind, is_empty
from core.translations import N_
from core.web.fields import AnswerField
from core.web.texts import gettext

__all__ = ["DocumentField", "PhotoField", "SignatureField"]

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_SIGNATURE = 1_000_000


class DocumentField(AnswerField):
    """Files chosen or photographed. `uploads` are the new ones; `data` the id of the one kept before, if any.

    What a file really is (a renamed program, a picture too large to open) is for core.documents to judge.
    """

    kind = QuestionKind.DOCUMENT
    widget = FileInput()
    multiple = False
    attributes = {"accept": "image/*,application/pdf"}  # noqa: RUF012  (read only)

    def __init__(
        self, label: str | None = None, validators: Any = None, *, multiple: bool = False, **given: Any
    ) -> None:
        self.uploads: list[FileStorage] = []
        super().__init__(label, validators, **given)
        self.multiple = multiple
        if multiple:
            self.widget = FileInput(multiple=True)

    def process_formdata(self, valuelist: list[Any]) -> None:
        files = [each for each in valuelist if isinstance(each, FileStorage) and each.filename]
        self.uploads = files if self.multiple else files[:1]

    def given(self) -> object:
        return {"declined": self.declined} if self.declined and not self.uploads else self.data

    def pre_validate(self, form: Any) -> None:
        if any(_size(each) == 0 for each in self.uploads):
            raise StopValidation(gettext("这个文件是空的；请重新选"))
        if self.uploads:
            # the view stores the bytes and then sets the id
            return
        super().pre_validate(form)

    def missing(self) -> str:
        return gettext("请拍照或选文件：{label}", label=gettext(self.question.label))

    def _value(self) -> str:
        return ""


class PhotoField(DocumentField):
    """The same, offered to the camera first."""

    kind = QuestionKind.PHOTO
    attributes = {"accept": "image/*"}  # noqa: RUF012  (read only)


class SignatureField(AnswerField):
    """A name written by hand: a PNG sent as a data address by the pad, or the photo of a paper in `<name>-file`.

    `image` is the PNG; `uploads` the paper; `data` the id of one kept before.
    """

    kind = QuestionKind.SIGNATURE
    widget = HiddenInput()
    attributes = {}  # noqa: RUF012  (read only)

    def __init__(self, label: str | None = None, validators: Any = None, **given: Any) -> None:
        self.image: bytes | None = None
        self.uploads: list[FileStorage] = []
        super().__init__(label, validators, **given)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            sent = formdata.getlist(f"{self.name}-file")
            self.uploads = [each for each in sent if isinstance(each, FileStorage) and each.filename][:1]

    def pre_validate(self, form: Any) -> None:
        if self.typed and self.typed.startswith("data:"):
            try:
                self.image = _png(self.typed)
            except Invalid as fault:
                raise StopValidation(gettext(fault.message)) from None
        if self.image is not None or self.uploads:
            return
        if is_empty(self.typed):
            # what was signed before still stands
            self.raw_data = None
        super().pre_validate(form)

    def missing(self) -> str:
        return gettext("请签名，或者上传纸上签名的照片")


def _size(file: FileStorage) -> int:
    position = file.stream.tell()
    size = file.stream.seek(0, 2)
    file.stream.seek(position)
    return size


def _png(address: str) -> bytes:
    head, _, body = address.partition(",")
    if head != "data:image/png;base64" or len(body) > LARGEST_SIGNATURE * 4 // 3:
        raise Invalid(N_("没有读懂签名；请擦掉重新写一次"))
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data.startswith(PNG):
        raise Invalid(N_("没有读懂签名；请擦掉重新写一次"))
    return data
