"""The plain pages of an application: one group of case-wide questions each, as the place's form declares them."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cases.draft_state import DraftConflict
from core.errors import NotFound
from core.web.form_builder import Form, form_class
from core.web.page import page, redirect_to
from core.web.texts import N_, gettext
from portal.apply_answers import answer_text
from portal.apply_wizard import Wizard, apply_page

TITLES = {
    "contact": (N_("怎么找到您家"), N_("镇里要上门看看，有事也要打得通电话。")),
    "about": (N_("这次申请的情况"), ""),
    "account": (N_("救助金打到哪个账户"), ""),
}
# a select is shorter than thirty buttons
LONG_LISTS = frozenset({"relation"})


@apply_page("questions", "<name>")
def questions(wizard: Wizard, name: str) -> Response:
    """Ask one section; what was typed is kept whether or not it can stand."""
    section = wizard.page.section
    if section is None or name in {"papers", "check"}:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    kind = form_class(section)
    form = wizard.make_form(kind, section)
    status: int | None = None
    if request.method == "POST":
        right = form.validate()
        try:
            wizard.keep(wizard.values(form, section))
        except DraftConflict as conflict:
            wizard.clash(conflict)
            if autosaving():
                return saved(wizard)
            form, status = wizard.make_form(kind, section, sent=False), 409
        else:
            if (answer := interim(wizard)) is not None:
                return answer
            if right:
                return redirect_to(wizard.next_url)
    title, lead = TITLES.get(name, (section.title, ""))
    return page(
        "portal/apply/questions.html",
        status=status,
        wizard=wizard,
        form=form,
        title=gettext(title),
        lead=gettext(lead or section.hint) if lead or section.hint else "",
        notes=notes(wizard, form, section.questions),
        long_lists=LONG_LISTS,
    )


def notes(wizard: Wizard, form: Form, asked: object, prefix: str = "") -> dict[str, str]:
    """Beside each field both devices changed: what the other one holds."""
    told: dict[str, str] = {}
    for question in asked:  # type: ignore[attr-defined]
        path = prefix + question.name
        if path in wizard.conflicts and question.name in form:
            theirs = wizard.conflicts[path]
            text = answer_text(question, theirs, wizard.member_names) or gettext("（空着）")
            told[question.name] = gettext("在别的手机或电脑上写的是：%(text)s", text=text)
    return told


def autosaving() -> bool:
    """Whether the page saves by itself, without a press of a button."""
    return request.form.get("do") == "autosave"


def saved(wizard: Wizard) -> Response:
    """The line that says when it was last saved; it carries the new revision."""
    return Response(render_template("portal/apply/_saved.html", wizard=wizard), mimetype="text/html")


def interim(wizard: Wizard) -> Response | None:
    """The answer to saving without going on: by itself, or to stop for now; None for the main button."""
    if autosaving():
        return saved(wizard)
    if request.form.get("do") == "pause":
        flash(gettext("存好了。下次登录，点“接着填”就回到这里；换一部手机也行。"), "success")
        return redirect_to(url_for("portal.apply"))
    return None
