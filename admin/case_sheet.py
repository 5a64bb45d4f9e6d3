"""The income sheet, the rule's conditions and the comparison of a case, as rows ready to be drawn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin.case_file import CaseFile
from admin.case_people import CasePeople
from core.cases.assessment import Assessment
from core.cases.comparison import ComparedLine
from core.cases.declaration_models import COUNTED, Layer, LineKind, Section, StatementLine
from core.cases.models import Case
from core.cases.procedure import Procedure, beijing_day
from core.income import KIND_TEXTS, IncomeKind, SheetLine, income_window
from core.law import Reading, Unit
from core.rules import Reason, Supplement
from core.web import formats
from core.web.formats import money
from core.web.texts import N_, gettext, language, message_text

LAYER_WORDS = {
    Layer.DECLARED: N_("申报"),
    Layer.VERIFIED: N_("核对"),
    Layer.VISITED: N_("入户"),
    Layer.ADOPTED: N_("采信"),
}
LINE_WORDS = {
    LineKind.WAGE: N_("工资性收入"),
    LineKind.BUSINESS: N_("经营净收入"),
    LineKind.PROPERTY_INCOME: N_("财产净收入"),
    LineKind.TRANSFER: N_("转移净收入"),
    LineKind.OTHER_INCOME: N_("其他收入"),
    LineKind.DEPOSIT: N_("存款"),
    LineKind.SECURITIES: N_("股票、基金、理财"),
    LineKind.INSURANCE: N_("商业保险"),
    LineKind.DWELLING: N_("住房"),
    LineKind.OTHER_HOUSE: N_("门面、仓库等房屋"),
    LineKind.VEHICLE: N_("机动车辆"),
    LineKind.ENTERPRISE: N_("办厂、开店、入股"),
    LineKind.MEDICAL_EXPENSE: N_("医疗支出"),
    LineKind.SCHOOL_EXPENSE: N_("教育支出"),
    LineKind.REHABILITATION_EXPENSE: N_("康复支出"),
}
# counted in pieces, not in yuan
ARTICLES = {
    IncomeKind.WAGE: "57号 第十三条（一）",
    IncomeKind.BUSINESS: "57号 第十三条（二）",
    IncomeKind.PROPERTY: "57号 第十三条（三）",
    IncomeKind.TRANSFER: "57号 第十三条（四）",
    IncomeKind.OTHER: "57号 第十三条",
}

SheetRow = tuple[str, str, str, str, int, str, int, int, str, str | None]
ConditionRow = tuple[str, str, str, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole calculation in words and fen. `window`: the months whose income counts.

    `declared`: the groups of the supplement that rest on what the family says.
    """

    rows: Sequence[SheetRow]
    total: int
    deducted: int
    counted: int
    window: str
    items: Sequence[tuple[str, str, bool]]
    proposed: tuple[str, str]
    rule: str
    defaults: bool
    declared: str


def sheet_of(case: Case, assessment: Assessment, people: CasePeople, procedure: Procedure) -> Sheet:
    """The income sheet line by line with its deductions, and the reckoning under it."""
    sheet, decision = assessment.sheet, assessment.decision
    income = [each for each in assessment.lines if each.any_line.section is Section.INCOME]
    first, last = income_window(
        beijing_day(case.submitted_at), procedure.law.number(procedure.scheme.income_window_key)
    )
    return Sheet(
        rows=[_sheet_row(line, compared, people) for line, compared in zip(sheet.lines, income, strict=True)],
        total=sheet.gross_fen,
        deducted=sheet.gross_fen - sheet.counted_fen,
        counted=sheet.counted_fen,
        window=f"{_month(first)} – {_month(last)}",
        items=_reckoning(assessment, people),
        proposed=(
            gettext(
                "算得　{top_up} ＋ {more}",
                top_up=money(decision.monthly_fen),
                more=money(decision.supplement_fen),
            ),
            gettext("{sum} 元/月", sum=money(decision.total_monthly_fen)),
        ),
        rule=gettext(
            "{rule}规则，{day}起的版本",
            rule=gettext(decision.rule.title),
            day=formats.day(decision.rule.since, language()),
        ),
        defaults=decision.uses_defaults,
        declared=gettext("、").join(
            dict.fromkeys(gettext(row.text) for row in decision.supplements if row.declared)
        ),
    )


def _month(day: date) -> str:
    return formats.month(day, language())


def name_of_line(line: ComparedLine) -> str:
    """What an office calls a line: in the family's words where they said anything, else by its kind."""
    return line.description or gettext(LINE_WORDS[line.any_line.kind])


def _sheet_row(line: SheetLine, compared: ComparedLine, people: CasePeople) -> SheetRow:
    used = compared.adopted or compared.layers[compared.suggested]
    origin = used.adopted_from or used.layer
    kept = gettext("采信{layer}", layer=gettext(LAYER_WORDS[origin])) if compared.adopted else gettext(
        "暂用{layer}", layer=gettext(LAYER_WORDS[origin])
    )  # fmt: skip
    taken = gettext("、").join(
        gettext(each.name) if each.allowed else gettext("{name}（不许扣减）", name=gettext(each.name))
        for each in line.taken_off
    )
    articles = [f"{each.reading.document} {each.reading.article}".strip() for each in line.taken_off]
    member = used.member_id
    return (
        gettext(KIND_TEXTS[line.line.kind]),
        people.name(member),
        name_of_line(compared),
        kept,
        line.yearly_fen,
        taken,
        line.taken_off_fen,
        line.counted_fen,
        articles[0] if articles else ARTICLES[line.line.kind],
        None,
    )


def _reckoning(assessment: Assessment, people: CasePeople) -> list[tuple[str, str, bool]]:
    sheet, decision = assessment.sheet, assessment.decision
    counted = [each for each in assessment.members if each.counted]
    size = max(1, len(counted))
    items: list[tuple[str, str, bool]] = []
    if sheet.expenses_fen:
        items.append((gettext("刚性支出抵扣"), f"{formats.MINUS}{money(sheet.expenses_fen)}", False))
    each = (sheet.yearly_fen * 2 + size) // (2 * size)
    items.append(
        (gettext("人均年收入　{sum} ÷ {size}", sum=money(sheet.yearly_fen), size=size), money(each), True)
    )
    standard = next((row for row in decision.readings if row.key.endswith(".standard")), None)
    if standard is not None and isinstance(standard.value, int):
        monthly = standard.unit is Unit.FEN_PER_MONTH
        yearly = standard.value * 12 if monthly else standard.value
        text = (
            gettext("{name}　{sum} × 12", name=gettext(standard.name), sum=money(standard.value))
            if monthly
            else gettext(standard.name)
        )
        items.append((text, money(yearly), False))
        if decision.monthly_fen:
            text = gettext(
                "补差　（{line} − {each}）× {size} ÷ 12", line=money(yearly), each=money(each), size=size
            )
            items.append((text, gettext("{sum} /月", sum=money(decision.monthly_fen)), True))
    for row in decision.supplements:
        name = people.name(counted[row.person].id) if row.person < len(counted) else ""
        items.append((_supplement(row, name), money(row.monthly_fen), False))
    return items


def _supplement(row: Supplement, name: str) -> str:
    text = gettext("分类施保　{name} {group}", name=name, group=gettext(row.text))
    if not row.rate:
        return text
    share = f"{row.rate / 100:g}%"
    return f"{text} {money(row.base_fen // 12)} × {share}"


# --- conditions --------------------------------------------------------------------------------------------------


def condition_rows(assessment: Assessment, file: CaseFile, people: CasePeople) -> list[ConditionRow]:
    """The rule's conditions with numbers and articles, then those of the procedure."""
    rows = [_condition(reason) for reason in assessment.decision.reasons]
    counted = [each for each in people.members if each.counted]
    left_out = len(people.members) - len(counted)
    members = (
        gettext("{count} 人，无未计入成员", count=len(counted))
        if not left_out
        else gettext(
            "计入 {count} 人，未计入 {left_out} 人，均写明原因", count=len(counted), left_out=left_out
        )
    )
    rows.append(("yes", gettext("共同生活成员全部计入"), members, "57号 第七条", None, None))
    remedies = {
        "authorisations": gettext("请还没签的人签核对授权"),
        "visit": gettext("登记入户调查，至少两人去"),
    }
    for code in ("authorisations", "visit", "related"):
        item = file.item(code)
        remedy = remedies.get(code) if item.mark == "no" else None
        rows.append((item.mark, item.title, item.found, item.source, None, remedy))
    rows.append(_differences(assessment, file.due))
    return rows


def _condition(reason: Reason) -> ConditionRow:
    mark = {True: "yes", False: "no", None: "note"}[reason.met]
    numbers = numbers_of(reason.message, reason.values, reason.period)
    remedy = None
    if reason.met is False:
        remedy = gettext("核算有误的先更正；无误的，初审提“不同意”并指明这一条")
    elif reason.met is None:
        remedy = gettext("正好在线上，由签意见的人决定，并写明理由")
    return mark, gettext(reason.text), numbers, reason.article, None, remedy


def numbers_of(message: str, values: Mapping[str, Any] | None, period: str) -> str:
    """`每月 138.00 < 450.00，低 312.00 元`; nothing where the rule compared no numbers."""
    if not message:
        return ""
    numbers = message_text(message, dict(values or {}))
    if not period:
        return numbers
    per = gettext("每月") if period == "month" else gettext("每年")
    return f"{per} {numbers}"


def _differences(assessment: Assessment, due: bool) -> ConditionRow:
    """Differences are explained when the opinion is open, not before."""
    differing = [line for line in assessment.lines if line.differs]
    open_lines = [line for line in differing if not line.explained]
    done = gettext("{done} / {count} 项", done=len(differing) - len(open_lines), count=len(differing))
    if not differing:
        return "yes", gettext("差异均已说明"), gettext("没有差异"), "57号 第十七条", None, None
    if not open_lines:
        return "yes", gettext("差异均已说明"), done, "57号 第十七条", None, None
    name = name_of_line(open_lines[0])
    text = gettext("{done}，“{name}”未说明", done=done, name=name)
    if not due:
        return "wait", gettext("差异均已说明"), text, "57号 第十七条", None, None
    remedy = gettext("到下面的对照表里逐项说明")
    return "no", gettext("差异均已说明"), text, "57号 第十七条", None, remedy


# --- comparison --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line side by side. Each value is (text, differs) or None; `state` is explained, open or same.

    `alone`: nobody but the family spoke of it, so that there is nothing to compare.
    """

    key: uuid.UUID
    item: str
    member: str
    values: dict[str, tuple[str, bool] | None]
    adopted: str
    which: str
    state: str
    alone: bool
    explanation: str


def compared_rows(lines: Sequence[ComparedLine], people: CasePeople) -> list[ComparedRow]:
    """Declared, verified and visited values of every line; those that differ from the adopted one are marked."""
    return [_compared(line, people) for line in lines]


def _compared(line: ComparedLine, people: CasePeople) -> ComparedRow:
    chosen = line.adopted or line.layers[line.suggested]
    reference = (chosen.yearly_fen, chosen.quantity)
    stated = line.stated
    values: dict[str, tuple[str, bool] | None] = {}
    for layer in (Layer.DECLARED, Layer.VERIFIED, Layer.VISITED):
        row = line.layers.get(layer)
        if row is not None:
            values[layer] = (value_text(row), stated[layer] != reference)
        else:
            # what an office or a visitor found and the family did not tell is itself a difference
            values[layer] = (gettext("未申报"), True) if layer is Layer.DECLARED else None
    state = "same" if not line.differs else "explained" if line.explained else "open"
    return ComparedRow(
        key=line.key,
        item=name_of_line(line),
        member=people.name(chosen.member_id),
        values=values,
        adopted=value_text(chosen) if line.adopted or not line.differs else gettext("未采信"),
        which=gettext(LAYER_WORDS[chosen.adopted_from]) if chosen.adopted_from else "",
        state=state,
        alone=stated.keys() == {Layer.DECLARED},
        explanation=chosen.explanation if line.adopted else "",
    )


def value_text(row: StatementLine) -> str:
    """`12,000.00`, a yearly sum; or how many pieces."""
    if row.kind in COUNTED:
        return gettext("{count} 处", count=row.quantity) if row.kind is not LineKind.VEHICLE else gettext(
            "{count} 辆", count=row.quantity
        )  # fmt: skip
    return money(row.yearly_fen)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One value of the law that the calculation read."""

    name: str
    value: str
    since: date
    source: str
    default: bool


def reading_rows(assessment: Assessment) -> list[ReadingRow]:
    """Every value read, with its document and article."""
    return [
        ReadingRow(
            gettext(row.name),
            _read_value(row),
            row.effective_from,
            f"{gettext(row.document) if row.default else row.document} {row.article}".strip(),
            row.default,
        )
        for row in assessment.decision.readings
    ]


def _read_value(row: Reading) -> str:
    value = row.value
    if isinstance(value, str):
        return value
    if row.unit.is_money:
        unit = gettext("元/月") if row.unit is Unit.FEN_PER_MONTH else gettext("元")
        return f"{money(int(value))} {unit}"
    if row.unit is Unit.RATIO:
        return f"{float(value) * 100:g}%"
    if row.unit is Unit.YES_NO:
        return gettext("是") if value else gettext("否")
    return str(value)
