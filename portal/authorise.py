"""Step 6 of an application: the applicant reads, ticks body by body and signs; the others get links when it is submitted."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from core.accounts.residents import account_phone
from core.authorisations.days import last_day
from core.authorisations.models import SignerRole
from core.authorisations.phones import DeclaredPhone, mobile_in, sharing_a_phone
from core.authorisations.texts import CURRENT, TEXTS, ReadingWay, text_values
from core.cases.drafts import keep_signature
from core.documents.changes import Belonging
from core.forms import Choice
from core.masking import mask_id_number
from core.verification.asking import asking_terms, asks_supporters
from core.web.authorising import (
    Reading,
    WizardSignForm,
    offer,
    reading_of,
    source_rows,
    store_signature,
)
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, signed_in, today
from core.web.texts import gettext
from portal.apply_wizard import PersonCard, Wizard, apply_page


@apply_page("authorise")
def authorise(wizard: Wizard) -> Response:
    """Read and sign, or leave it for later: an unsigned application can be submitted, but not checked (decision 7)."""
    form = WizardSignForm() if _signs() else WizardSignForm(formdata=None)
    reading, sources = _words(wizard, ReadingWay.ACCOUNT)
    offer(form, sources, reading)
    children = _wards(wizard)
    form.as_guardian.options = [Choice(each.key, each.name) for each in children]
    answer = _act(wizard, form, sources)
    if answer is not None:
        return answer
    return page(
        "portal/authorise/wizard.html",
        wizard=wizard,
        form=form,
        reading=reading,
        sources=sources,
        children=children,
        others=_others(wizard),
        signature=_signature(wizard, sources),
        day=today(),
    )


@apply_page("authorise_paper", "authorise/paper", page="authorise")
def authorise_paper(wizard: Wizard) -> Response:
    """The same words to print, tick and sign by hand."""
    reading, sources = _words(wizard, ReadingWay.PAPER)
    return page(
        "portal/authorise/paper.html",
        reading=reading,
        sources=sources,
        guardian=False,
        code=None,
        back_url=wizard.url("authorise"),
    )


def _signs() -> bool:
    return request.method == "POST" and "act" not in request.form


def _act(wizard: Wizard, form: WizardSignForm, sources: list[dict[str, Any]]) -> Response | None:
    if request.method != "POST":
        return None
    match request.form.get("act", ""):
        case "later":
            wizard.keep({})
            return redirect_to(wizard.next_url)
        case "again":
            keep_signature(session(), actor(), wizard.draft.id, None, now=now())
            return redirect_to(wizard.url("authorise"))
    return redirect_to(wizard.next_url) if _sign(wizard, form, sources) else None


def _sign(wizard: Wizard, form: WizardSignForm, sources: list[dict[str, Any]]) -> bool:
    """Keep the signature with the draft; False, with the reason in the form, when something is missing."""
    if not wizard.people or wizard.people[0].identity is None:
        form.form_errors = [gettext("先把您本人的姓名和身份证号码填好，才能签字。")]
        return False
    if not form.validate():
        return False
    document = store_signature(
        session(),
        form,
        Belonging(owner_account_id=signed_in().account_id, about=wizard.people[0].key),
        title=gettext("核对授权的签名"),
    )
    if document is None:
        return False
    signature = {
        "sources": [each["code"] for each in sources if each["code"] in (form.sources.data or ())],
        "signed_at": now().isoformat(),
        "document_id": str(document.id),
        "as_guardian": list(form.as_guardian.data or []),
        "text_version": CURRENT,
    }
    keep_signature(session(), actor(), wizard.draft.id, signature, now=now())
    wizard.keep({})
    flash(gettext("签好了，和申请一起保存。"), "success")
    return True


def _words(wizard: Wizard, way: ReadingWay) -> tuple[Reading, list[dict[str, Any]]]:
    """What would be signed today."""
    terms = asking_terms(
        session(),
        wizard.procedure,
        case_id=wizard.draft.id,
        region_code=str(wizard.draft.state.fields.get("region", "")),
        owner_account_id=signed_in().account_id,
        submitted_at=now(),
    )
    applicant = wizard.people[0] if wizard.people else None
    number = applicant.identity.number if applicant and applicant.identity else ""
    name = applicant.name if applicant else gettext("您本人")
    values = text_values(
        {**terms.terms, "scheme_name": gettext(terms.scheme_name)},
        name=name,
        signer=name,
        id_masked=mask_id_number(number),
        valid_from=today(),
        valid_to=last_day(today(), terms.months),
    )
    return reading_of(TEXTS[CURRENT], SignerRole.SELF, values, way), source_rows(terms.sources)


def _wards(wizard: Wizard) -> list[PersonCard]:
    """The children whose guardian the applicant is: named by her or by nobody, and under age (an adult's shows papers)."""
    own = wizard.people[0].key if wizard.people else ""
    return [
        each
        for each in wizard.people[1:]
        if each.counted and _is_child(each, wizard.adult_age) and each.row.get("guardian") in {None, own}
    ]


def _is_child(person: PersonCard, adult: int) -> bool:
    return person.age is not None and person.age < adult


def _others(wizard: Wizard) -> list[tuple[str, str, str]]:
    """(name, relation, who will sign) of everyone else who must agree."""
    names = {each.key: each.name for each in wizard.people}
    wards = {each.key for each in _wards(wizard)}
    sharing = _sharing(wizard)
    rows = []
    for each in wizard.people[1:]:
        if each.counted:
            guardian = str(each.row.get("guardian", ""))
            how = (
                gettext("由您代签，在签名下面勾选")
                if each.key in wards
                else _how_member(wizard, each, names.get(guardian, ""), (guardian or each.key) in sharing)
            )
            rows.append((each.name, each.relation, how))
    if asks_supporters(wizard.procedure):
        for each in wizard.supporters:
            relation = gettext("{relation}，不住一起", relation=each.relation)
            how = gettext("算赡养费要本人同意，提交后用自己的链接签")
            rows.append((each.name, relation, _by_link(each, how, shared=each.key in sharing)))
    return rows


def _how_member(wizard: Wizard, person: PersonCard, guardian: str, shared: bool) -> str:
    child = _is_child(person, wizard.adult_age)
    if guardian and not child:
        return gettext(
            "已经成年：由监护人{name}带监护关系证明到窗口签，或者签在纸上连同证明交来。自己能做主的，"
            "请回“家里人”那一步，把监护人改成不选，由本人签。",
            name=guardian,
        )
    if guardian:
        how = gettext("由监护人{name}代签", name=guardian)
        return f"{how}{gettext('。')}{_on_paper()}" if shared else how
    if child:
        return gettext("由监护人代签")
    return _by_link(person, gettext("提交后，本人用自己的链接签"), shared=shared)


def _by_link(person: PersonCard, how: str, *, shared: bool) -> str:
    """`how` she signs by her link, if a code can reach her; else the ways without one."""
    if shared:
        return _on_paper()
    if mobile_in(str(person.row.get("phone", ""))):
        return how
    return gettext(
        "没有填手机号，收不到验证码，用不了链接。有手机的，请回“家里人”那一步填上，交了以后在“我的授权”里填也行；"
        "没有的，签在打印的纸上，或者带身份证到窗口签。"
    )


def _on_paper() -> str:
    return gettext(
        "登记的手机和家里别人是同一部，收验证码分不清是谁，所以签在纸上：提交后可以打印，签好交到窗口，"
        "或者等经办人上门时签，一样有效。有自己手机的，请回“家里人”那一步填本人的号码。"
    )


def _sharing(wizard: Wizard) -> frozenset[Hashable]:
    """Keys of those whose phone is the applicant's or another signer's too; no code is sent to it."""
    own = str(wizard.draft.state.fields.get("phone", ""))
    signers = [
        DeclaredPhone(each.key, own if each.is_self else str(each.row.get("phone", "")), each.is_self)
        for each in (*wizard.people, *wizard.supporters)
        if each.counted and not _is_child(each, wizard.adult_age)
    ]
    return sharing_a_phone(signers, account_phone(session(), signed_in().account_id))


def _signature(wizard: Wizard, sources: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What was signed before, in words; None while nothing is signed."""
    kept = wizard.draft.state.signature
    if kept is None:
        return None
    return {
        "bodies": [each["body"] for each in sources if each["code"] in kept["sources"]],
        "total": len(sources),
        "children": [each.name for each in _wards(wizard) if each.key in kept.get("as_guardian", ())],
        "signed_at": kept["signed_at"],
        "document_id": kept["document_id"],
    }
