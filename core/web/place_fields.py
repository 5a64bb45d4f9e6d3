"""A form field for where something happened: a fix of the device with its accuracy, looked at and confirmed."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from typing import Any

from core.forms import QuestionKind, is_empty
from core.web.choice_fields import TickField
from core.web.fields import AnswerField, TextField
from core.web.request import now
from core.web.texts import N_, gettext

__all__ = ["LocationField"]

PARTS = {
    "latitude": N_("纬度"),
    "longitude": N_("经度"),
    "accuracy": N_("误差（米）"),
    "fixed_at": N_("定位时间"),
    "address": N_("受访地点"),
}


class LocationField(AnswerField):
    """Parts of its own, `<name>-latitude` and so on, so that it works typed by hand too.

    `latitude`, `longitude`, `accuracy`, `fixed_at`, `address` and `confirmed` are fields for the template.
    """

    kind = QuestionKind.LOCATION

    def __init__(self, label: str | None = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.parts = {part: self._part(TextField(text), part) for part, text in PARTS.items()}
        self.latitude, self.longitude = self.parts["latitude"], self.parts["longitude"]
        self.accuracy, self.fixed_at, self.address = (
            self.parts["accuracy"], self.parts["fixed_at"], self.parts["address"],
        )  # fmt: skip
        self.confirmed = self._part(TickField(N_("我确认就在这里")), "confirmed")

    def _part(self, unbound: Any, part: str) -> Any:
        return unbound.bind(form=None, name=f"{self.name}-{part}", _meta=self.meta)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        stored = self.data if isinstance(self.data, dict) else {}
        for name, part in self.parts.items():
            part.process(formdata, stored.get("accuracy_m" if name == "accuracy" else name))
        self.confirmed.process(formdata, stored.get("confirmed"))
        if formdata is not None:
            self.raw_data = [part.typed for part in self.parts.values() if part.typed]

    def given(self) -> object:
        if self.raw_data is None:
            return self.data
        if is_empty(self.latitude.typed) or is_empty(self.longitude.typed):
            kept = {"declined": self.declined, "address": self.address.typed}
            return {part: text for part, text in kept.items() if text} or None
        return {
            "latitude": self.latitude.typed,
            "longitude": self.longitude.typed,
            "accuracy_m": self.accuracy.typed or 0,
            # typed by hand there is no time of the fix: it is the time of receipt
            "fixed_at": self.fixed_at.typed or now().isoformat(),
            "address": self.address.typed or "",
            "confirmed": self.confirmed.checked,
        }

    def missing(self) -> str:
        return gettext("还没有取得位置；请点“取位置”，或者写明为什么取不到")
