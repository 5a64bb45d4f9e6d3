"""The people of an application: the applicant's own card, the family, and those who owe support and live elsewhere."""

from __future__ import annotations

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from core.cases.draft_state import DraftConflict
from core.cases.drafts import new_row_key
from core.errors import NotFound
from core.forms import Per
from core.identity_numbers import IdNumber, Sex
from core.regions import queries as regions
from core.web.access_gate import RESIDENT, access
from core.web.page import page, redirect_to
from core.web.request import session
from core.web.texts import N_, gettext
from portal.apply_questions import autosaving, interim, notes, saved
from portal.apply_rows import RowEditor, open_row, unfinished
from portal.apply_steps import NOT_OF_SELF, SELF
from portal.apply_wizard import Wizard, apply_page, identity_of
from portal.blueprint import blueprint

KINDS = {"family": Per.MEMBER, "supporters": Per.SUPPORTER}
_OF_SELF = {"relation": SELF, "counted": True, "not_counted_reason": None}


@apply_page("you")
def you(wizard: Wizard) -> Response:
    """The applicant's own card: the first of the family."""
    key = wizard.member_keys[0] if wizard.member_keys else new_row_key()
    return _card(wizard, Per.MEMBER, key, is_self=True)


@apply_page("people")
def family(wizard: Wizard) -> Response:
    """Everybody written so far, and the way to add or change one."""
    if request.method == "POST":
        wizard.keep({})
        if (answer := interim(wizard)) is not None:
            return answer
        if not _unfinished(wizard):
            return redirect_to(wizard.next_url)
    problems = _unfinished(wizard) if request.method == "POST" else []
    return page(
        "portal/apply/people.html",
        status=422 if problems else None,
        wizard=wizard,
        problems=problems,
        hints={each.key: id_words(each.identity) for each in [*wizard.people, *wizard.supporters]},
    )


def _unfinished(wizard: Wizard) -> list[tuple[str, str]]:
    """(address, sentence) per card that still lacks something."""
    found = []
    for kind, per in KINDS.items():
        for key, told in unfinished(wizard, per).items():
            card = wizard.person(per, key)
            where = wizard.url("you") if card.is_self else wizard.url("person", kind=kind, key=key)
            found.append((where, f"{card.name}{gettext('：')}{told[0]}"))
    return found


@apply_page("person", "people/<kind>/<key>", page="people")
def person(wizard: Wizard, kind: str, key: str) -> Response:
    """One card: a new one under the key "new", else one to change."""
    if kind not in KINDS:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    per = KINDS[kind]
    known = wizard.draft.state.rows.get(per.rows, [])
    if per is Per.MEMBER and known and key == known[0]:
        return redirect_to(wizard.url("you"))
    if key == "new":
        return redirect_to(wizard.url("person", kind=kind, key=new_row_key()))
    return _card(wizard, per, key, is_self=False)


@apply_page("person_remove", "people/<kind>/<key>/remove", page="people")
def person_remove(wizard: Wizard, kind: str, key: str) -> Response:
    """Take somebody out, after saying what goes with her."""
    per = KINDS.get(kind)
    if per is None or key not in wizard.draft.state.rows.get(per.rows, []) or key == wizard.member_keys[0]:
        raise NotFound(N_("没有找到这个人，可能已经在别的手机上删掉了。"))
    card = wizard.person(per, key)
    lines = _lines_of(wizard, key) if per is Per.MEMBER else []
    if request.method == "POST":
        wizard.keep({}, removed=[f"{per.rows}/{key}", *lines])
        flash(gettext("删掉了：%(name)s", name=card.name), "info")
        return redirect_to(wizard.url("people"))
    return page("portal/apply/person_remove.html", wizard=wizard, card=card, lines=len(lines))


def _lines_of(wizard: Wizard, key: str) -> list[str]:
    state = wizard.draft.state
    return [
        f"{per.rows}/{line}"
        for per in (Per.INCOME, Per.EXPENSE, Per.PROPERTY)
        for line in state.rows.get(per.rows, [])
        if state.fields.get(f"{per.rows}/{line}/member") == key
    ]


@blueprint.post("/apply/id-hint")
@access(RESIDENT)
def apply_id_hint() -> Response:
    """What a number tells (birth date, sex, where issued): worked out of the number itself, nobody is looked up."""
    words = id_words(identity_of(request.form.get("id_number")))
    return Response(render_template("portal/apply/_id_hint.html", words=words), mimetype="text/html")


def _card(wizard: Wizard, per: Per, key: str, *, is_self: bool) -> Response:
    editor = open_row(wizard, per, key, without=NOT_OF_SELF if is_self else frozenset())
    _narrow(editor, is_self=is_self)
    status: int | None = None
    if request.method == "POST":
        right = editor.check()
        try:
            editor.keep(_OF_SELF if is_self else None)
        except DraftConflict as conflict:
            wizard.clash(conflict)
            if autosaving():
                return saved(wizard)
            editor = open_row(wizard, per, key, without=NOT_OF_SELF if is_self else frozenset(), sent=False)
            _narrow(editor, is_self=is_self)
            status = 409
        else:
            if (answer := interim(wizard)) is not None:
                return answer
            if right:
                return redirect_to(
                    wizard.next_url if is_self else wizard.url("people", then=wizard.then or None)
                )
    number = editor.form["id_number"]
    return page(
        "portal/apply/person.html",
        status=status,
        wizard=wizard,
        form=editor.form,
        card=wizard.person(per, key),
        per=per,
        is_self=is_self,
        words=id_words(identity_of(number.typed or number.data)),
        notes=notes(wizard, editor.form, editor.section.questions, editor.prefix),
    )


def _narrow(editor: RowEditor, *, is_self: bool) -> None:
    """Nobody else is the applicant; a guardian is of age, and nobody is her own."""
    form, wizard = editor.form, editor.wizard
    if "relation" in form and not is_self:
        form["relation"].options = [each for each in form["relation"].offered if each.code != SELF]
    if "guardian" in form:
        others = [
            each
            for each, person in zip(form["guardian"].offered, wizard.people, strict=True)
            if person.key != editor.key and (person.age is None or person.age >= wizard.adult_age)
        ]
        form["guardian"].options = others
        if not others:
            # who lives alone is not asked whom of nobody
            del form["guardian"]


def id_words(identity: IdNumber | None) -> dict[str, object]:
    """What an ID number says: birth date, sex, the place that issued it if it still has that code."""
    if identity is None:
        return {}
    issued = ""
    for code in (
        f"{identity.region6}000000",
        f"{identity.region6[:4]}00000000",
        f"{identity.region6[:2]}0000000000",
    ):
        try:
            issued = regions.node(session(), code).full_name
            break
        except NotFound:
            continue
    return {
        "birth_date": identity.birth_date,
        "sex": gettext("男") if identity.sex is Sex.MALE else gettext("女"),
        "issued": issued,
        "converted": identity.converted_from_15,
    }
