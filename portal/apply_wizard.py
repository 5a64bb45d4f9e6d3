"""What every page of an application shares: the draft opened, its form, its people, saving, and the way on."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import request, url_for

from core.cases.draft_state import DraftConflict, Save
from core.cases.drafts import OpenDraft, new_row_key, read_draft, save_draft
from core.cases.procedure import Procedure
from core.catalogue import with_local_labels
from core.errors import Invalid, NotFound
from core.forms import MEMBER_ROWS, Answers, FormDeclaration, Per, Section
from core.households.names import age_on
from core.identity_numbers import IdNumber, parse_id_number
from core.verification.asking import ADULT_AGE
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.form_builder import Form
from core.web.formats import clock, local_day, moment
from core.web.installation import installation
from core.web.page import redirect_to
from core.web.procedures import procedure_in
from core.web.request import actor, now, session, signed_in, today
from core.web.texts import N_, gettext, language
from portal.apply_steps import STEPS, Page, pages_of, words_of_position
from portal.blueprint import blueprint

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody of the draft as the pages show her. `identity` None while her number is missing or wrong."""

    key: str
    row: Answers
    name: str
    relation: str
    is_self: bool
    identity: IdNumber | None
    age: int | None

    @property
    def counted(self) -> bool:
        return self.row.get("counted") is not False


@dataclass
class Wizard:
    """One draft at one page. `conflicts`: path → what another device stored there since."""

    draft: OpenDraft
    form: FormDeclaration
    procedure: Procedure
    page: Page
    pages: tuple[Page, ...]
    conflicts: Mapping[str, Any] = field(default_factory=dict)
    merged: Mapping[str, Any] = field(default_factory=dict)

    # --- the way through ---

    @property
    def steps(self) -> list[tuple[str, str | None]]:
        """(title, address or None) of the eight steps; what was reached once can be opened again."""
        reached = max([self.page.step, *(page.step for page in self.pages if page.name in self.seen)])
        firsts = [
            next(page for page in self.pages if page.step == number) for number in range(1, len(STEPS) + 1)
        ]
        return [
            (gettext(title), self.url(first.name) if first.step <= reached else None)
            for title, first in zip(STEPS, firsts, strict=True)
        ]

    @property
    def where(self) -> str:
        """Which step this is, and which page of it where it has several."""
        return words_of_position(self.pages, self.page)

    @property
    def seen(self) -> Sequence[str]:
        return self.draft.state.reached

    def url(self, name: str, **more: Any) -> str:
        """The address of a page of this draft."""
        if name in _OWN_VIEWS:
            return url_for(f"portal.apply_{name}", draft_id=self.draft.id, **more)
        return url_for("portal.apply_questions", draft_id=self.draft.id, name=name, **more)

    @property
    def position(self) -> int:
        return next(number for number, page in enumerate(self.pages) if page.name == self.page.name)

    @property
    def back_url(self) -> str:
        return self.url(self.pages[self.position - 1].name) if self.position else url_for("portal.apply")

    @property
    def next_url(self) -> str:
        """Where the main button leads: on, or back to the page of all answers when one came from there to mend."""
        if request.values.get("then") == "check":
            return self.url("check")
        return self.url(self.pages[self.position + 1].name)

    @property
    def then(self) -> str:
        return "check" if request.values.get("then") == "check" else ""

    @property
    def opened(self) -> str:
        """A mark of this opened page: the one it was sent with, else a new one."""
        return request.form.get("opened", "")[:16] or new_row_key()

    @property
    def shown_revision(self) -> int:
        """What the page sends back: after a clash the reader has seen the newest, unless the page only saved by itself."""
        unseen = self.conflicts and request.form.get("do") == "autosave"
        return self.seen_revision if unseen else self.draft.revision

    @property
    def saved_words(self) -> str:
        """When it was last saved: today's time, or the day with it."""
        at = self.draft.saved_at
        if local_day(at) == today():
            return gettext("今天 %(time)s", time=clock(at, language()))
        return moment(at, language())

    @property
    def elsewhere(self) -> bool:
        """Whether another browser saved last, which the reader is told."""
        return self.draft.state.device not in {"", device()}

    # --- people ---

    @property
    def member_keys(self) -> list[str]:
        return self.draft.state.rows.get(Per.MEMBER.rows, [])

    @property
    def people(self) -> list[PersonCard]:
        """The family in order, the applicant first."""
        return [self.person(Per.MEMBER, key) for key in self.member_keys]

    @property
    def supporters(self) -> list[PersonCard]:
        return [self.person(Per.SUPPORTER, key) for key in self.draft.state.rows.get(Per.SUPPORTER.rows, [])]

    @property
    def adult_age(self) -> int:
        """From which age on one signs for oneself and may be a guardian."""
        return self.procedure.law.number(ADULT_AGE)

    def person(self, per: Per, key: str) -> PersonCard:
        """One card, whatever of it was filled in so far."""
        row = self.draft.state.row(per.rows, key)
        is_self = per is Per.MEMBER and bool(self.member_keys) and self.member_keys[0] == key
        identity = identity_of(row.get("id_number"))
        codes = {each.code: each.label for each in self.form.question("relation", per).choices}
        relation = gettext("您本人") if is_self else gettext(codes.get(str(row.get("relation", "")), ""))
        name = str(row.get("name") or "") or (gettext("您本人") if is_self else gettext("还没写姓名"))
        age = age_on(identity.birth_date, today()) if identity else None
        return PersonCard(key, row, name, relation, is_self, identity, age)

    @property
    def member_names(self) -> list[str]:
        return [each.name for each in self.people]

    # --- answers of a page ---

    @property
    def case_answers(self) -> Answers:
        """The case-wide answers so far, for questions that depend on them."""
        return {path: value for path, value in self.draft.state.fields.items() if "/" not in path}

    def data(self, section: Section, prefix: str = "") -> Answers:
        """What a form of the section shows: stored, or as merged after a conflict; members by their number."""
        shown: Answers = {}
        for question in section.questions:
            path = prefix + question.name
            value = self.merged.get(path, self.draft.state.fields.get(path))
            if question.choices_from == MEMBER_ROWS:
                value = str(self.member_keys.index(value)) if value in self.member_keys else None
            if value is not None:
                shown[question.name] = value
        return shown

    def make_form(
        self, kind: type[Form], section: Section, prefix: str = "", *, sent: bool | None = None
    ) -> Form:
        """The form of a section: as sent, or as stored (also after a conflict)."""
        use_sent = request.method == "POST" if sent is None else sent
        more: dict[str, Any] = {} if use_sent else {"formdata": None}
        return kind(
            data=self.data(section, prefix), known=self.case_answers, members=self.member_names, **more
        )

    def values(self, form: Form, section: Section, prefix: str = "") -> dict[str, Any]:
        """Path → value of what was sent, right or wrong, as the draft keeps it; files are kept by their own page."""
        typed = form.typed()
        values: dict[str, Any] = {}
        for question in section.questions:
            if question.name not in form or hasattr(form[question.name], "uploads"):
                continue
            value = typed.get(question.name)
            if question.choices_from == MEMBER_ROWS and value is not None:
                value = self._key_at(str(value))
            values[prefix + question.name] = value
        return values

    def _key_at(self, number: str) -> str | None:
        if not (number.isascii() and number.isdigit() and int(number) < len(self.member_keys)):
            return None
        return self.member_keys[int(number)]

    def keep(self, values: Mapping[str, Any], removed: Sequence[str] = ()) -> None:
        """Save at once: what was typed stays even where the page then answers with an error.

        Raises DraftConflict, which `apply_page` leaves to the view.
        """
        save = Save(
            values,
            seen=self.seen_revision,
            removed=removed,
            step=self.page.name,
            device=device(),
            page=request.form.get("opened", "")[:16],
        )
        self.draft = save_draft(session(), actor(), self.draft.id, save, now=now())
        session().commit()

    @property
    def seen_revision(self) -> int:
        sent = request.form.get("revision", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else self.draft.revision

    def clash(self, conflict: DraftConflict) -> None:
        """Show both sides: the newest draft with the reader's own words where both changed."""
        session().rollback()
        self.draft = read_draft(session(), self.draft.id)
        self.conflicts, self.merged = conflict.theirs, conflict.merged


_OWN_VIEWS: set[str] = set()


def apply_page(name: str, address: str = "", *, page: str = "") -> Callable[[View], View]:
    """Register a page of the wizard below /apply/<draft>/: signed in, one's own draft, not yet submitted.

    `page`: the page it belongs to where it is not one itself (an editor of one person).
    """

    def register(view: View) -> View:
        @wraps(view)
        def opened(draft_id: uuid.UUID, **more: Any) -> Any:
            wizard = open_wizard(draft_id, page or more.get("name", "") or name)
            if wizard is None:
                return redirect_to(url_for("portal.apply_receipt", draft_id=draft_id))
            return view(wizard, **more)

        _OWN_VIEWS.add(name)
        rule = f"/apply/<uuid:draft_id>/{address or name}"
        blueprint.add_url_rule(rule, f"apply_{name}", access(RESIDENT)(opened), methods=["GET", "POST"])
        return view

    return register


def open_wizard(draft_id: uuid.UUID, page_name: str) -> Wizard | None:
    """The draft at one of its pages; None once it was submitted. Raises NotFound for somebody else's, or no such page."""
    draft = read_draft(session(), draft_id)
    if draft.case_id is not None:
        return None
    region = str(draft.state.fields.get("region", ""))
    procedure = procedure_in(draft.scheme, region)
    declared = installation().catalogue.form(draft.form_name, draft.form_version)
    form = with_local_labels(declared, procedure.law)
    pages = pages_of(form)
    page = next((each for each in pages if each.name == page_name), None)
    if page is None:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    speak_of(region)
    return Wizard(draft, form, procedure, page, pages)


def identity_of(number: object) -> IdNumber | None:
    """An ID number taken apart, or None while it is missing or wrong."""
    try:
        return parse_id_number(str(number or ""), today=today(), demo=made_up_allowed())
    except Invalid:
        return None


def made_up_allowed() -> bool:
    """Whether made-up ID numbers pass: in demo and tests only."""
    return installation().demo or installation().settings.testing


def device() -> str:
    """Which browser this is, so that one can say that another one saved last; it names nobody."""
    return hashlib.sha256(signed_in().token_id.bytes).hexdigest()[:12]
