"""Who is on the register of a household and was not declared again: told before acceptance, each with a reason (R3-05)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.cases.entering import would_leave
from core.cases.models import Case
from core.errors import Invalid
from core.forms import Choice
from core.households.models import LeftOut
from core.households.names import age_on
from core.households.queries import MemberRow
from core.web.choice_fields import ChoiceField
from core.web.form_builder import Form
from core.web.request import session, today
from core.web.texts import N_, gettext

LEFT_OUT_WORDS = {
    LeftOut.LIVES_APART: N_("不再一起生活：结婚、分户、搬走"),
    LeftOut.DIED: N_("已经去世"),
    LeftOut.RELIGIOUS_SITE: N_("在宗教场所住了三年以上的教职人员"),
    LeftOut.IN_PRISON: N_("在监狱里"),
    LeftOut.COMPULSORY_TREATMENT: N_("在强制隔离戒毒"),
    LeftOut.MISSING: N_("宣告失踪"),
    LeftOut.OTHER: N_("省里规定的其他情形"),
}


class LeftOutForm(Form):
    """Why one person no longer is of the household."""

    why = ChoiceField(
        N_("为什么不算这家人"),
        required=True,
        choices=tuple(Choice(str(code), text) for code, text in LEFT_OUT_WORDS.items()),
    )


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person who would leave with the acceptance, and the form that asks why."""

    person_id: uuid.UUID
    who: str
    form: LeftOutForm


def leaving_with(case: Case) -> list[Leaving]:
    """Everybody who would leave the household if the case were accepted as declared."""
    rows = would_leave(session(), case)
    return [Leaving(row.person.id, name_and_age(row), _form_of(row)) for row in rows]


def name_and_age(row: MemberRow) -> str:
    """`周*（15 岁）`: two of a family are often masked alike."""
    age = age_on(row.person.birth_date, today())
    return gettext("{name}（{age} 岁）", name=row.person.name_masked, age=age)


def _form_of(row: MemberRow) -> LeftOutForm:
    form = LeftOutForm(prefix=f"{row.person.id.hex}-")
    form.why.label.text = gettext("{who}为什么不算这家人", who=name_and_age(row))
    return form


def reasons_in(leaving: list[Leaving]) -> dict[uuid.UUID, LeftOut]:
    """The reasons that were sent. Raises Invalid when one is missing or none of those listed; it stands beside its field."""
    wrong = [each for each in leaving if not each.form.validate()]
    if wrong:
        raise Invalid(N_("有人登记在这一户、没有写进这次申请，请逐人选原因。"), field="left_out")
    return {each.person_id: LeftOut(str(each.form.why.data)) for each in leaving}
