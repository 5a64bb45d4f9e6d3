"""A resident at the window with her card and her phone: from then on a code to that phone opens her own file to her."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Sequence
from hmac import compare_digest

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.addresses import places_below
from admin.blueprint import blueprint
from core import audit
from core.access import Permission
from core.accounts.models import VerifiedPhone
from core.accounts.person_links import check_at_window, give_up_phone, verified_phones
from core.errors import Invalid, NotFound
from core.households.models import Person
from core.identity_numbers import tidy_number
from core.scopes import LEVELS
from core.sessions import found
from core.web.access_gate import access
from core.web.choice_fields import TickField
from core.web.fields import ComparedNumberField, PhoneField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, system_session
from core.web.texts import N_, gettext

JOB = "window-check"
audit.name_act("resident.look", N_("看居民核对过的手机"))


class WindowCheckForm(Form):
    """What the clerk has before her: the card, read off and compared; the phone, told by the resident."""

    id_number = ComparedNumberField(
        N_("身份证上的号码"),
        required=True,
        max_length=30,
        hint=N_("照手里的身份证原件填，和档案比对，比完就丢。"),
    )
    mobile = PhoneField(N_("本人的手机号码"), required=True, hint=N_("请本人报，要能收短信。"))
    agreed = TickField(N_("本人在场，身份证是原件，照片和本人对得上"), required=True)


def _person(person_id: uuid.UUID) -> tuple[Person, str]:
    """The person and the deepest region she is registered in; NotFound out of scope."""
    person: Person = found(session().get(Person, person_id))
    codes = [getattr(person, level) for level in reversed(LEVELS)]
    region = next(code for code in codes if code)
    actor().require(Permission.CASE_INTAKE, region)
    return person, region


@blueprint.route("/persons/<uuid:person_id>/account", methods=["GET", "POST"])
@access(Permission.CASE_INTAKE)
def resident_account(person_id: uuid.UUID) -> Response:
    """The phones that open her file; one more after her card was looked at."""
    person, region = _person(person_id)
    form = WindowCheckForm()
    if request.method == "POST" and form.validate() and _check(person, region, form):
        flash(gettext("核对好了。本人刷新一下，就能用这部手机看自己的档案。"), "success")
        return redirect_to(url_for("staff.resident_account", person_id=person_id))
    audit.look(session(), "resident.look", person, now=now(), person_id=person_id)
    return page(
        "admin/residents/account.html",
        person=person,
        place=places_below([region]).get(region, ""),
        phones=_phones(person_id),
        form=form,
    )


def _check(person: Person, region: str, form: WindowCheckForm) -> bool:
    """Whether the account was linked; else the reason stands beside its field. What was tried stays on record."""
    person_id = person.id
    try:
        _compare(person, form.id_number.data or "")
        # one session writes at a time: the request's own lets go of what it read
        session().commit()
        with system_session(JOB) as everywhere:
            check_at_window(everywhere, actor(), person_id, form.mobile.data or "", region=region, now=now())
    except Invalid as problem:
        form.mark(problem)
        session().rollback()
        with system_session(JOB) as everywhere:
            audit.record(
                everywhere,
                "resident.assurance",
                ("persons", person_id),
                now=now(),
                actor=actor(),
                region=region,
                person_id=person_id,
                done=False,
            )
        return False
    return True


def _compare(person: Person, typed: str) -> None:
    if person.died_on is not None:
        raise Invalid(N_("档案里登记了去世，不能核对。登记错了的，请先更正档案。"), field=None)
    numbers = session().vault.index_all("id_number", tidy_number(typed))
    if not any(compare_digest(person.id_index, each) for each in numbers):
        raise Invalid(
            N_("和档案里的身份证号码不一样。请对照原件再填一次；还不一样的，不要核对，先查是不是同一个人。"),
            field="id_number",
        )


def _phones(person_id: uuid.UUID) -> Sequence[VerifiedPhone]:
    with system_session(JOB, writes=False) as everywhere:
        return verified_phones(everywhere, person_id)


@blueprint.route("/persons/<uuid:person_id>/phones/<uuid:phone_id>/end", methods=["GET", "POST"])
@access(Permission.CASE_INTAKE)
def resident_phone_end(person_id: uuid.UUID, phone_id: uuid.UUID) -> Response:
    """A phone that was lost, sold or passed on opens nothing of hers any more, at once and everywhere."""
    person, region = _person(person_id)
    phone = next((each for each in _phones(person_id) if each.id == phone_id), None)
    if phone is None:
        raise NotFound(N_("没有找到这部手机。可能已经停用，请回到上一页看看。"))
    if request.method == "POST":
        session().commit()
        with system_session(JOB) as everywhere:
            give_up_phone(everywhere, actor(), person_id, phone_id, region=region, now=now())
        flash(gettext("已停用。用这部手机登录，再也打不开这个人的档案。"), "success")
        return redirect_to(url_for("staff.resident_account", person_id=person_id))
    return page("admin/residents/end_phone.html", person=person, phone=phone)
