"""What is sealed with an authorisation: full names and the signer's phone, opened and sealed again in this one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from core.authorisations.models import Authorisation
from core.encryption import place_of
from core.sessions import ScopedSession


@dataclass(frozen=True, slots=True)
class SignerSecrets:
    """Full names, and the phone of the signer as it was typed, or empty."""

    name: str
    signer_name: str
    signer_phone: str = field(repr=False)


def read_secrets(session: ScopedSession, row: Authorisation) -> SignerSecrets:
    """What is sealed with a row."""
    return SignerSecrets(**session.vault.unseal_json(place_of(row, "secrets_sealed"), row.secrets_sealed))


def keep_secrets(session: ScopedSession, row: Authorisation, secrets: SignerSecrets) -> None:
    """Seal them with a row, in the stead of what was."""
    row.secrets_sealed = session.vault.seal_json(place_of(row, "secrets_sealed"), asdict(secrets))


def change_secrets(session: ScopedSession, row: Authorisation, **changes: str) -> None:
    """Change some of them by name; the others stay."""
    keep_secrets(session, row, replace(read_secrets(session, row), **changes))
