"""The words people sign, by version: what was read is what was signed, so a version once used never changes (PIPL 14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.authorisations.models import SignerRole
from core.translations import N_


class ReadingWay(StrEnum):
    """Where the words are read, which is how the reader comes back to them: signed in, by a link of her own, on paper."""

    ACCOUNT = "account"
    LINK = "link"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class AuthorisationText:
    """One version of the words, as msgids with {placeholders}, which `text_values` fills."""

    version: str
    title: Mapping[SignerRole, str]
    lead: str
    whom: Mapping[SignerRole, str]
    asked_by: str
    purpose: str
    until: str
    after_until: str
    sees: Mapping[ReadingWay, str]
    if_refused: str
    supporter_refusal: str
    if_withdrawn: str
    in_any_case: str
    how_to_withdraw: Mapping[ReadingWay, str]
    basis: str
    statement: Mapping[SignerRole, str]


TEXTS: dict[str, AuthorisationText] = {
    "1": AuthorisationText(
        version="1",
        title={
            SignerRole.SELF: N_("请您签字，同意核对家里的收入和财产"),
            SignerRole.GUARDIAN: N_("请您代孩子（被监护人）签字，同意核对名下的收入和财产"),
            SignerRole.SUPPORTER: N_("请您签字，同意核对您的收入和财产"),
        },
        lead=N_("镇里要核实了才能算出补多少。看清楚再签；签了以后，随时可以撤回。"),
        whom={
            SignerRole.SELF: N_("{name}本人，{id_masked}"),
            SignerRole.GUARDIAN: N_("{name}，{id_masked}，由监护人{signer}代签"),
            SignerRole.SUPPORTER: N_("{name}本人，{id_masked}。您不住在一起，但依法有赡养、抚养的责任"),
        },
        asked_by=N_("{verifier}。由{requester}提出，别的单位和个人都不能查。"),
        purpose=N_("只为审核{submitted_on}的{scheme}申请，和领{scheme}期间每年的核查。"),
        until=N_("{valid_from}到{valid_to}。"),
        after_until=N_("过期作废，再查要重新请您签；救助提前结束，马上停止。"),
        sees={
            ReadingWay.ACCOUNT: N_("每查一次，都记在“我的授权”里。"),
            ReadingWay.LINK: N_("每查一次，都记下来：再打开这个链接，核对身份以后就能看。"),
            ReadingWay.PAPER: N_("每查一次，都记下来：带身份证到窗口可以问。"),
        },
        if_refused=N_("不签：没法核实，这次申请可能办不下去。"),
        if_withdrawn=N_("撤回：从那一刻起不再查。以前查过的仍然算数，救助可能因此停止。"),
        in_any_case=N_("不影响以后再申请，也不影响急难时先救助。"),
        supporter_refusal=N_("您不同意也可以：经办人会看情况决定，不会由电脑自动作决定。"),
        how_to_withdraw={
            ReadingWay.ACCOUNT: N_("想撤回：在“我的授权”里点“撤回”，或者到窗口说一声。"),
            ReadingWay.LINK: N_("想撤回：再打开这个链接，核对身份以后点“撤回授权”；或者到窗口说一声。"),
            ReadingWay.PAPER: N_("想撤回：到窗口说一声。"),
        },
        basis=N_("依据：《社会救助暂行办法》第五十八条、{law}。"),
        statement={
            SignerRole.SELF: N_("上面的话我看过了，或者有人念给我听了，我愿意。"),
            SignerRole.GUARDIAN: N_("我是监护人。上面的话我看过了，或者有人念给我听了，我代他（她）同意。"),
            SignerRole.SUPPORTER: N_("上面的话我看过了，或者有人念给我听了，我愿意。"),
        },
    )
}
CURRENT = "1"


def text_values(
    terms: Mapping[str, Any], *, name: str, signer: str, id_masked: str, valid_from: date, valid_to: date
) -> dict[str, object]:
    """What fills the placeholders; days stay days, so that each reader's language writes them."""
    return {
        "name": name,
        "signer": signer,
        "id_masked": id_masked,
        "verifier": terms["verifier"],
        "requester": terms["requester"],
        "scheme": terms["scheme_name"],
        "law": terms["law"],
        "submitted_on": date.fromisoformat(terms["submitted_on"]),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
