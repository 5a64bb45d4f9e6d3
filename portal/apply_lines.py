"""Lines of money written one by one: incomes under each member, expenses, property; the sum so far, which decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import flash, request
from werkzeug.wrappers import Response
from wtforms import Field

from core.cases.draft_state import DraftConflict
from core.cases.drafts import new_row_key
from core.forms import Per
from core.income import income_window
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import today
from core.web.texts import gettext
from portal.apply_questions import autosaving, interim, notes, saved
from portal.apply_rows import RowEditor, labels_of, open_row, sent_key, unfinished
from portal.apply_sums import running_sum, sheets, stored_lines
from portal.apply_wizard import Wizard, apply_page

PAGES = {"incomes": Per.INCOME, "expenses": Per.EXPENSE, "properties": Per.PROPERTY}


@dataclass
class OpenPage:
    """The page of one kind of lines: what is stored, which line is open, what is wrong."""

    wizard: Wizard
    per: Per
    editor: RowEditor | None = None
    for_member: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)
    status: int | None = None

    @property
    def url(self) -> str:
        return self.wizard.url(self.per.rows)


@apply_page("incomes")
def incomes(wizard: Wizard) -> Response:
    """Income of the four kinds, member by member, line by line (R3-05: everybody of the family)."""
    return _lines_page(wizard, Per.INCOME)


@apply_page("expenses")
def expenses(wizard: Wizard) -> Response:
    """What illness, school and rehabilitation cost the family itself."""
    return _lines_page(wizard, Per.EXPENSE)


@apply_page("properties")
def properties(wizard: Wizard) -> Response:
    """Deposits, houses, vehicles and what else the family owns."""
    return _lines_page(wizard, Per.PROPERTY)


def _lines_page(wizard: Wizard, per: Per) -> Response:
    opened = OpenPage(wizard, per)
    if request.method == "POST":
        answer = _act(opened)
        if answer is not None:
            return answer
    elif (key := request.args.get("edit", "")) in wizard.draft.state.rows.get(per.rows, []):
        _open(opened, key, sent=False)
    elif "add" in request.args:
        _open(opened, new_row_key(), sent=False)
        opened.for_member = request.args["add"]
    return _show(opened)


def _open(opened: OpenPage, key: str, *, sent: bool | None = None) -> None:
    without = frozenset({"member"}) if opened.per is Per.INCOME else frozenset()
    opened.editor = open_row(opened.wizard, opened.per, key, without=without, sent=sent)
    opened.for_member = str(opened.editor.wizard.draft.state.fields.get(f"{opened.editor.prefix}member", ""))


def _act(opened: OpenPage) -> Response | None:
    """Keep what is open, then do what the button says; None shows the page again."""
    wizard = opened.wizard
    fixed = _ticks(wizard) if opened.per is Per.INCOME else {}
    right = True
    try:
        wizard.keep(fixed)
        if key := sent_key():
            right = _keep_line(opened, key)
    except DraftConflict as conflict:
        wizard.clash(conflict)
        if autosaving():
            return saved(wizard)
        if key := sent_key():
            _open(opened, key, sent=False)
        opened.status = 409
        return None
    if (answer := interim(wizard)) is not None:
        return answer
    address = _pressed(opened, right=right)
    if address is None and right:
        opened.problems = _problems(opened)
        if opened.problems:
            opened.editor, opened.status = None, 422
        else:
            address = wizard.next_url
    return redirect_to(address) if address is not None else None


def _pressed(opened: OpenPage, *, right: bool) -> str | None:
    """Where the buttons of single lines lead; None for the main one, and while the open line must be mended first."""
    wizard, rows = opened.wizard, opened.per.rows
    what, _, about = request.form.get("do", "next").partition(":")
    then = wizard.then or None
    if what == "remove":
        wizard.keep({}, removed=[f"{rows}/{about}"])
        flash(gettext("删掉了一项。"), "info")
        return wizard.url(rows, then=then)
    if what == "edit":
        return wizard.url(rows, edit=about, then=then) + "#edit"
    if what == "add" and right:
        return wizard.url(rows, add=about, then=then) + "#edit"
    if what == "save" and right:
        return wizard.url(rows, then=then)
    return None


def _ticks(wizard: Wizard) -> dict[str, object]:
    """Who ticked that she has no income; only members whose tick the page showed."""
    shown = [key for key in request.form.getlist("asked-none") if key in wizard.member_keys]
    return {f"members/{key}/no_income": True if request.form.get(f"none-{key}") else None for key in shown}


def _keep_line(opened: OpenPage, key: str) -> bool:
    """Save the open line. Whether it can stand; an editor left empty is no line at all."""
    wizard = opened.wizard
    _open(opened, key)
    editor = opened.editor
    assert editor is not None
    member = request.form.get("row-member", "")
    given = [value for value in editor.form.typed().values() if value not in (None, "")]
    uploads = any(getattr(each, "uploads", None) for each in editor.form)
    if editor.fresh and not given and not uploads:
        opened.editor = None
        return True
    right = editor.check()
    editor.keep({"member": member} if member in wizard.member_keys and opened.per is Per.INCOME else None)
    opened.for_member = member
    status = editor.keep_papers()
    if status is not None:
        right = False
    opened.status = status or (None if right else 422)
    return right


def _wrong_now(opened: OpenPage) -> list[tuple[str, str]]:
    """(address, sentence) of what is wrong in the open line: whose, which money, what to do."""
    editor = opened.editor
    if editor is None or request.method != "POST":
        return []
    kind = _kinds(opened).get(str(editor.form["kind"].data or ""), "")
    who = ""
    if opened.for_member in opened.wizard.member_keys:
        who = opened.wizard.person(Per.MEMBER, opened.for_member).name
    return [
        (
            f"#{_anchor(each)}",
            f"{_whose(who, kind)}{gettext('，')}{each.label.text}{gettext('：')}{each.errors[0]}",
        )
        for each in editor.form
        if each.errors and each.type != "CSRFTokenField"
    ]


def _whose(who: str, what: str) -> str:
    return gettext("%(who)s%(what)s", who=who, what=what) if who and what else who or what


def _anchor(each: Field) -> str:
    """The first thing of a field that can be focussed."""
    return f"{each.id}-0" if each.type in {"RadioChoiceField", "YesNoField"} else str(each.id)


def _problems(opened: OpenPage) -> list[tuple[str, str]]:
    """(address, sentence) of what is not finished: lines half written, members of whose income nothing is said."""
    wizard = opened.wizard
    kinds = _kinds(opened)
    found = []
    for key, told in unfinished(wizard, opened.per).items():
        row = wizard.draft.state.row(opened.per.rows, key)
        who = (
            wizard.person(Per.MEMBER, str(row["member"])).name
            if row.get("member") in wizard.member_keys
            else ""
        )
        what = kinds.get(str(row.get("kind", "")), gettext("一项没写完的"))
        found.append(
            (wizard.url(opened.per.rows, edit=key) + "#edit", f"{_whose(who, what)}{gettext('：')}{told[0]}")
        )
    if opened.per is Per.INCOME:
        for sheet in sheets(wizard):
            if sheet.person.counted and not sheet.lines and not sheet.nothing:
                told_none = gettext("%(name)s：写一项收入，或者勾“没有收入”", name=sheet.person.name)
                found.append((f"#none-{sheet.person.key}", told_none))
    return found


# --- what is shown ----------------------------------------------------------------------------------------------


def _kinds(opened: OpenPage) -> dict[str, str]:
    questions = [
        each for section in opened.wizard.form.sections_per(opened.per) for each in section.questions
    ]
    return labels_of(questions, "kind")


def _show(opened: OpenPage) -> Response:
    wizard, editor = opened.wizard, opened.editor
    form: Form | None = editor.form if editor is not None else None
    told = notes(wizard, editor.form, editor.section.questions, editor.prefix) if editor is not None else {}
    law, scheme = wizard.procedure.law, wizard.procedure.scheme
    first, last = income_window(today(), law.number(scheme.income_window_key))
    section = wizard.form.sections_per(opened.per)[0]
    status = opened.status or (422 if form is not None and form.errors and request.method == "POST" else None)
    return page(
        f"portal/apply/{'incomes' if opened.per is Per.INCOME else 'lines'}.html",
        status=status,
        wizard=wizard,
        section=section,
        per=opened.per,
        editor=editor,
        line_form=form,
        notes=told,
        for_member=opened.for_member,
        problems=[*opened.problems, *_wrong_now(opened)],
        sheets=sheets(wizard),
        lines=stored_lines(wizard, opened.per),
        sums=running_sum(wizard),
        first=first,
        last=last,
    )
