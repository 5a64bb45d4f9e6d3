"""Putting right the name or number of a registered person, her papers in the clerk's hand (PIPL art. 46)."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from admin.addresses import places_below
from admin.blueprint import blueprint
from admin.intake_page import made_up_allowed
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.corrections.changes import Wish, correct_identity, region_of
from core.corrections.queries import cases_under_way, corrections_of
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.errors import Blocked, Conflict, Invalid
from core.forms import Choice
from core.households.models import Person
from core.identity_numbers import parse_id_number
from core.sessions import found
from core.web.access_gate import access, may, safe_next
from core.web.choice_fields import RadioChoiceField, TickField
from core.web.fields import IdNumberField, LongTextField, NameField
from core.web.file_fields import DocumentField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, today
from core.web.stored_files import file_store
from core.web.texts import N_, gettext, text_of


class CorrectForm(Form):
    """What the papers say; what is left empty stays. `version`: the person's when the page was opened."""

    version = HiddenField()
    name = NameField(N_("证件上的姓名"), hint=N_("姓名没错的空着。"))
    id_number = IdNumberField(
        N_("证件上的证件号"), hint=N_("证件号没错的空着。出生日期、性别从证件号里读，不用另填。")
    )
    evidence = RadioChoiceField(
        N_("看的什么原件"),
        required=True,
        choices=(
            Choice(DocumentKind.ID_CARD, N_("身份证")),
            Choice(DocumentKind.HOUSEHOLD_REGISTER, N_("户口簿")),
            Choice(DocumentKind.PROOF_LETTER, N_("公安机关的证明")),
        ),
    )
    paper = DocumentField(
        N_("原件的照片或扫描件"), required=True, hint=N_("加密保存，谁看过都有记录。再提交一次要重新选。")
    )
    reason = LongTextField(
        N_("为什么更正"), required=True, max_length=200, hint=N_("比如：受理时看错一位。不要写证件号。")
    )
    same = TickField(N_("已看原件，档案里的就是证件上的这个人，只是登记错了"), required=True)


@blueprint.route("/persons/<uuid:person_id>/correct", methods=["GET", "POST"])
@access(Permission.CASE_ACCEPT)
def person_correct(person_id: uuid.UUID) -> Response:
    """The register beside the papers; what follows is said before it is done."""
    person: Person = found(session().get(Person, person_id))
    actor().require(Permission.CASE_ACCEPT, region_of(person))
    form = CorrectForm()
    if request.method == "GET":
        return _show(person_id, form)
    try:
        if not _correct(person, form):
            return _show(person_id, form, status=422)
    except Conflict as problem:
        session().rollback()
        return _show(person_id, form, status=409, clash=text_of(problem))
    flash(_done(person_id), "success")
    return redirect_to(_came_from() or _home(person))


def _came_from() -> str | None:
    """The request that is still to be answered, or the case, where the reader came from there."""
    return safe_next(request.args.get("next"))


def _home(person: Person) -> str:
    if person.household_id is not None and may(Permission.HOUSEHOLD_READ):
        return url_for("staff.household", household_id=person.household_id)
    return url_for("staff.intake")


def _done(person_id: uuid.UUID) -> str:
    """What was put right, and what is to be done next for it."""
    last = corrections_of(session(), person_id)[0]
    if last.number_changed == ():
        return gettext("已更正姓名。") if last.name_changed != () else gettext("已按证件更正出生日期、性别。")
    done = gettext("已更正证件号。") if last.name_changed == () else gettext("已更正姓名和证件号。")
    return done + gettext("请本人按新的证件号重新签核对授权。")


def _show(person_id: uuid.UUID, form: CorrectForm, *, status: int = 200, clash: str = "") -> Response:
    person: Person = found(session().get(Person, person_id))
    region = region_of(person)
    audit.look(session(), "person.look", person, now=now(), person_id=person_id)
    made, home = corrections_of(session(), person_id), _home(person)
    if request.method == "GET" or clash:
        # what is sent back for another reason is still of the version the reader began with
        form.version.data = str(person.version)
    return page(
        "admin/persons/correct.html",
        status=status,
        person=person,
        home=home,
        back=_came_from() or home,
        place=places_below([region]).get(region, ""),
        form=form,
        clash=clash,
        cases=cases_under_way(session(), person_id),
        corrections=made,
        staff=names_of(session(), [each.row.corrected_by for each in made if each.row.corrected_by]),
    )


def _correct(person: Person, form: CorrectForm) -> bool:
    """Whether it was done; else what is wrong stands beside its field, and nothing is kept but what was typed."""
    if not form.validate():
        return False
    if not (form.name.data or form.id_number.data):
        form.name.errors = [gettext("请填要改的：姓名、证件号，至少一样。")]
        return False
    try:
        if not correct_identity(session(), actor(), person, _wish(person, form), procedure_of, now=now()):
            # it was so already, and kept with a paper: this one is not needed
            session().rollback()
    except (Invalid, Blocked) as problem:
        session().rollback()
        form.mark(problem)
        return False
    return True


def _wish(person: Person, form: CorrectForm) -> Wish:
    seen = str(form.version.data or "")
    number = form.id_number.data
    return Wish(
        seen=int(seen) if seen.isascii() and seen.isdigit() else -1,
        document_id=_keep_paper(person, form),
        reason=form.reason.data or "",
        name=form.name.data or "",
        number=parse_id_number(number, today=today(), demo=made_up_allowed()) if number else None,
    )


def _keep_paper(person: Person, form: CorrectForm) -> uuid.UUID:
    belonging = Belonging(region_code=region_of(person), person_id=person.id, about=person.id.hex)
    kind = DocumentKind(str(form.evidence.data))
    content = form.paper.uploads[0].read()
    try:
        return store_document(session(), actor(), file_store(), content, kind, belonging, now=now()).id
    except Invalid as problem:
        raise Invalid(problem.message, field="paper", **problem.values) from problem
