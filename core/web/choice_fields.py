"""Form fields for answers that are chosen: one of several, several, yes or no, a place, a statement ticked."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms.fields.choices import Choice as Option
from wtforms.fields.choices import SelectFieldBase
from wtforms.widgets import CheckboxInput, Select, html_params

from core.access import region_contains
from core.errors import Invalid
from core.forms import Choice, QuestionKind
from core.translations import N_
from core.web.fields import AnswerField
from core.web.texts import gettext

__all__ = ["ChoiceField", "ChoicesField", "RegionField", "TickField", "YesNoField"]


class DropDown(Select):
    """The list of WTForms, which for every option sorts its attributes and asks for the signature of what writes it."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        shown = html_params(id=field.id, name=field.name, multiple=self.multiple, **attributes)
        return Markup(f"<select {shown}>{''.join(map(self._written, field.iter_choices()))}</select>")  # noqa: S704

    def _written(self, option: Option) -> str:
        if option.render_kw:
            return str(self.render_option(option))
        chosen = "selected " if option.selected else ""
        return f'<option {chosen}value="{escape(option.value)}">{escape(option.label)}</option>'


class ChoiceField(AnswerField, SelectFieldBase):
    """One of the question's choices; `options` replaces them where they depend on the case (its members).

    `nothing`: msgid of the list's line for no answer; a filter says "全部" there.
    """

    kind = QuestionKind.CHOICE
    widget = DropDown()
    attributes = {}  # noqa: RUF012  (read only)
    options: Sequence[Choice] | None = None
    nothing = N_("请选择")

    @property
    def offered(self) -> Sequence[Choice]:
        return self.question.choices if self.options is None else self.options

    def offer_members(self, names: Sequence[str]) -> None:
        """Offer the household's members by name, in their order."""
        self.options = [Choice(str(number), name) for number, name in enumerate(names)]

    def chosen(self) -> frozenset[str]:
        """The codes shown as chosen: where an answer is needed and one alone is possible, that one."""
        shown = self.typed if self.typed is not None else self.data
        if shown is None and self.question.required and len(self.offered) == 1:
            return frozenset({self.offered[0].code})
        return frozenset() if shown is None else frozenset({str(shown)})

    def iter_choices(self) -> Iterator[Option]:
        chosen = self.chosen()
        if isinstance(self.widget, Select) and not self.widget.multiple:
            # a list without it shows its first line as the answer of who gave none
            none = chosen.isdisjoint(each.code for each in self.offered)
            if none or not self.question.required:
                yield Option("", gettext(self.nothing), none, {})
        for each in self.offered:
            hint = {"data-hint": gettext(each.hint)} if each.hint else {}
            yield Option(each.code, gettext(each.label), each.code in chosen, hint)

    def missing(self) -> str:
        return gettext("请选择“{label}”", label=gettext(self.question.label))

    def read(self, given: object) -> Any:
        if self.options is None:
            return super().read(given)
        if str(given) not in {each.code for each in self.options}:
            raise Invalid(N_("请从列出的里面选一项"))
        # the question itself lists nothing where the choices depend on the case
        return str(given) if self.kind is QuestionKind.CHOICE else super().read(given)


class RadioChoiceField(ChoiceField):
    """The same, listed side by side or below each other, without an empty line."""

    def iter_choices(self) -> Iterator[Option]:
        return (option for option in super().iter_choices() if option.value != "")


class YesNoField(RadioChoiceField):
    """True or False; neither is chosen beforehand."""

    kind = QuestionKind.YES_NO

    @property
    def offered(self) -> Sequence[Choice]:
        return (Choice("true", N_("是")), Choice("false", N_("否")))

    def chosen(self) -> frozenset[str]:
        shown = self.typed if self.typed is not None else self.data
        if isinstance(shown, bool):
            return frozenset({"true" if shown else "false"})
        return frozenset() if shown is None else frozenset({str(shown)})


class ChoicesField(RadioChoiceField):
    """Any number of the choices; a list of codes in the order they are offered."""

    kind = QuestionKind.CHOICES
    widget = DropDown(multiple=True)
    several: list[str] | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.several = [str(value) for value in valuelist]

    def given(self) -> object:
        return self.several if self.several is not None else self.data

    def chosen(self) -> frozenset[str]:
        shown = self.several if self.several is not None else self.data
        return frozenset(shown if isinstance(shown, list) else ())

    def read(self, given: object) -> Any:
        if self.options is None:
            return super().read(given)
        codes = given if isinstance(given, list) else [given]
        offered = [each.code for each in self.options]
        if any(code not in offered for code in codes):
            raise Invalid(N_("请从列出的里面选"))
        return [code for code in offered if code in codes]


class RegionField(ChoiceField):
    """A 12-digit region code. The view sets `options` (code, name) or `within`, the codes it must lie below."""

    kind = QuestionKind.REGION
    within: tuple[str, ...] = ()

    def read(self, given: object) -> Any:
        code = super().read(given)
        if self.within and not any(region_contains(parent, code) for parent in self.within):
            raise Invalid(N_("这个地方不在能选的范围里；请重新选"))
        return code

    def offer(self, places: Sequence[tuple[str, str]]) -> None:
        """Offer these (code, name)."""
        self.options = [Choice(code, name) for code, name in places]


class TickField(AnswerField):
    """One statement to agree with; `required` means it must be ticked."""

    kind = QuestionKind.YES_NO
    widget = CheckboxInput()
    attributes = {}  # noqa: RUF012  (read only)

    def given(self) -> object:
        # a box that is not ticked sends nothing
        return (
            (True if self.typed not in (None, "", "false", "0") else None)
            if self.raw_data is not None
            else self.data
        )

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        self.data = bool(self.data)

    def missing(self) -> str:
        return gettext("请先看清楚，再勾“{label}”", label=gettext(self.question.label))

    def _value(self) -> str:
        return "true"

    @property
    def checked(self) -> bool:
        return bool(self.given())
