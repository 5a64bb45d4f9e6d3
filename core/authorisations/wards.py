"""Adults for whom a guardian was named: who signs for one shows the papers to a clerk, or the adult signs herself."""

from __future__ import annotations

from core.authorisations.models import Authorisation, PhoneStanding, SignerRole
from core.authorisations.signer_secrets import change_secrets, read_secrets
from core.errors import NotAllowed
from core.sessions import ScopedSession
from core.translations import N_

NO_PROOF = N_("代成年人签的，还要监护关系证明，比如法院判决书、居（村）委会指定监护人的文书。")
_AT_OFFICE = N_("代成年人签的，要到镇里窗口签，或者签在纸上交来，请带上监护关系证明和身份证。")


def refuse_from_afar() -> NotAllowed:
    """Nobody signs for an adult but before a clerk: an applicant's word makes nobody a guardian."""
    return NotAllowed(_AT_OFFICE)


def becomes_her_own(session: ScopedSession, row: Authorisation) -> None:
    """The adult signs herself, as she may: named by mistake, or a child when asked who has come of age since.

    No phone of hers was declared for signing, so no link leads to it afterwards either.
    """
    name = read_secrets(session, row).name
    change_secrets(session, row, signer_name=name, signer_phone="")
    row.role, row.by_applicant, row.guardian_relation = SignerRole.SELF, False, ""
    row.name, row.signer_member_id = name, row.member_id
    row.signer_masked, row.signer_index, row.phone = row.name_masked, None, PhoneStanding.NONE
