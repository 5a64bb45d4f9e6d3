"""One line of a family's economy: which value is adopted, what is taken off it, and why the values differ."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from admin.blueprint import blueprint
from admin.case_forms import CaseForm, attempt
from admin.case_frame import case_frame, is_open
from admin.case_people import people_of
from admin.case_sheet import LAYER_WORDS, compared_rows, value_text
from core.access import Permission
from core.cases import queries
from core.cases.assessment import assess
from core.cases.comparison import Adoption, ComparedLine, adopt_line, compare
from core.cases.declaration_models import Layer, LineKind, Section
from core.cases.models import Case, StepCode
from core.cases.procedure import Procedure
from core.errors import Blocked, Conflict, Invalid
from core.forms import Choice
from core.income import IncomeKind, costs_of
from core.law import path_of
from core.sessions import found
from core.web.access_gate import access
from core.web.choice_fields import ChoiceField, RadioChoiceField
from core.web.fields import LongTextField, MoneyField, TextField
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

MOST_DEDUCTIONS = 3
EXCLUDED, DEDUCTION = "income.excluded.", "income.deduction."
INCOME_KINDS = {
    LineKind.WAGE: IncomeKind.WAGE,
    LineKind.BUSINESS: IncomeKind.BUSINESS,
    LineKind.PROPERTY_INCOME: IncomeKind.PROPERTY,
    LineKind.TRANSFER: IncomeKind.TRANSFER,
    LineKind.OTHER_INCOME: IncomeKind.OTHER,
}


class LineForm(CaseForm):
    """What is adopted for one line. `line_seen`: what was adopted when the page was opened."""

    line_seen = HiddenField()
    layer = RadioChoiceField(N_("采信哪一个"), required=True)
    explanation = LongTextField(
        N_("差异说明"), max_length=200, hint=N_("几处数值不一样时必须写：为什么不一样，为什么采信这一个。")
    )
    item = ChoiceField(N_("整笔不计入收入的，是哪一种"))
    item_1 = ChoiceField(N_("扣减项一"))
    amount_1 = MoneyField(N_("扣减金额（一年）"), minimum=0)
    reason_1 = TextField(N_("理由和凭据"), max_length=100)
    approved_1 = TextField(N_("批准人（豁免供养费用时填）"), max_length=30)
    item_2 = ChoiceField(N_("扣减项二"))
    amount_2 = MoneyField(N_("扣减金额（一年）"), minimum=0)
    reason_2 = TextField(N_("理由和凭据"), max_length=100)
    approved_2 = TextField(N_("批准人（豁免供养费用时填）"), max_length=30)
    item_3 = ChoiceField(N_("扣减项三"))
    amount_3 = MoneyField(N_("扣减金额（一年）"), minimum=0)
    reason_3 = TextField(N_("理由和凭据"), max_length=100)
    approved_3 = TextField(N_("批准人（豁免供养费用时填）"), max_length=30)

    def offer(self, line: ComparedLine, case: Case, procedure: Procedure) -> None:
        """Offer the values there are, and what the law of the place lets off this kind of income."""
        self.layer.options = [
            Choice(str(layer), gettext(LAYER_WORDS[layer]), hint=value_text(line.layers[layer]))
            for layer in (Layer.VERIFIED, Layer.VISITED, Layer.DECLARED)
            if layer in line.stated
        ]
        kind = INCOME_KINDS.get(line.any_line.kind)
        excluded, costs = _items(case, procedure, kind)
        self.item.options = excluded
        for number in range(1, MOST_DEDUCTIONS + 1):
            self[f"item_{number}"].options = [*costs, *excluded]

    def deductions(self) -> tuple[dict[str, object], ...]:
        """The rows with an item; raises Invalid for a row that is half filled in."""
        rows = []
        for number in range(1, MOST_DEDUCTIONS + 1):
            item, amount = self[f"item_{number}"].data, self[f"amount_{number}"].data
            if item is None and amount is None:
                continue
            if item is None or amount is None:
                raise Invalid(
                    N_("扣减项和金额要一起填，不扣减的两样都空着。"),
                    field=f"{'item' if item is None else 'amount'}_{number}",
                )
            rows.append(
                {
                    "item": item,
                    "amount_fen": amount,
                    "reason": self[f"reason_{number}"].data or "",
                    "approved_by": self[f"approved_{number}"].data or "",
                }
            )
        return tuple(rows)


def _items(case: Case, procedure: Procedure, kind: IncomeKind | None) -> tuple[list[Choice], list[Choice]]:
    if kind is None:
        return [], []
    declared = procedure.view.book.declared(path_of(case.region_code))
    excluded = [
        Choice(each.key.removeprefix(EXCLUDED), each.name)
        for each in declared
        if each.key.startswith(EXCLUDED)
    ]
    costs = [
        Choice(item, each.name)
        for each in declared
        if each.key.startswith(DEDUCTION) and (item := each.key.removeprefix(DEDUCTION)) in costs_of(kind)
    ]
    return excluded, costs


@blueprint.route("/cases/<uuid:case_id>/lines/<uuid:line_key>", methods=["GET", "POST"])
@access(Permission.CASE_ACCEPT, Permission.OPINION_SIGN)
def case_line(case_id: uuid.UUID, line_key: uuid.UUID) -> Response:
    """Choose the value of one line and say why; a difference without a word is not accepted."""
    case = queries.case(session(), case_id)
    procedure = procedure_of(case)
    line = _line(case, line_key)
    form = LineForm(data=_known(case, line))
    form.offer(line, case, procedure)
    status: int | None = None
    if form.is_submitted():
        answer = attempt(
            case,
            form,
            lambda: _adopt(case, line_key, form, procedure),
            lambda again: _stored(again, line_key),
        )
        if isinstance(answer, Response):
            return answer
        if answer is None:
            flash(gettext("已采信，核算表按它重算了。"), "success")
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status = answer
    frame = case_frame(case_id, "economy")
    line = _line(frame.case, line_key)
    return page(
        "admin/cases/line.html",
        status=status,
        frame=frame,
        form=form,
        row=compared_rows([line], people_of(frame.case))[0],
        is_income=line.any_line.section is Section.INCOME,
        open=is_open(frame, StepCode.OPINION),
        numbers=range(1, MOST_DEDUCTIONS + 1),
    )


def _line(case: Case, line_key: uuid.UUID) -> ComparedLine:
    lines = compare(session(), case.id)
    return found(next((line for line in lines if line.key == line_key), None))


def _seen(line: ComparedLine) -> str:
    """What tells whether somebody adopted something else meanwhile."""
    return line.adopted.entered_at.isoformat() if line.adopted else ""


def _known(case: Case, line: ComparedLine) -> dict[str, Any]:
    used = line.adopted or line.layers[line.suggested]
    known: dict[str, Any] = {
        "version": case.version,
        "line_seen": _seen(line),
        "layer": str(used.adopted_from or used.layer),
        "explanation": line.adopted.explanation if line.adopted else None,
        "item": used.item or None,
    }
    for number, each in enumerate((used.deductions or ())[:MOST_DEDUCTIONS], start=1):
        known |= {
            f"item_{number}": each["item"],
            f"amount_{number}": int(each["amount_fen"]),
            f"reason_{number}": each.get("reason") or None,
            f"approved_{number}": each.get("approved_by") or None,
        }
    return known


def _adopt(case: Case, line_key: uuid.UUID, form: LineForm, procedure: Procedure) -> None:
    stored = _line(case, line_key)
    if (form.line_seen.data or "") != _seen(stored):
        raise Conflict(N_("这一项刚刚被别的同事采信过。请核对后再办。"))
    adoption = Adoption(
        line_key=line_key,
        layer=Layer(str(form.layer.data)),
        explanation=form.explanation.data or "",
        item=form["item"].data or "",
        deductions=form.deductions(),
    )
    adopt_line(session(), actor(), case, adoption, now=now())
    try:
        # what the sheet could not carry must not be kept
        assess(session(), case, procedure)
    except Blocked:
        # a missing standard hinders the decision, not the line
        return


def _stored(case: Case, line_key: uuid.UUID) -> dict[str, str]:
    line = _line(case, line_key)
    adopted = line.adopted
    if adopted is None:
        return {"layer": gettext("还没有采信")}
    origin = adopted.adopted_from or adopted.layer
    return {"layer": gettext(LAYER_WORDS[origin]), "explanation": adopted.explanation}
