"""The sealed files of the installation that answers the present request."""

from __future__ import annotations

from core.encrypted_files import FileStore
from core.web.installation import installation


def file_store() -> FileStore:
    """Where uploads are kept. Raises LookupError in an installation without keys."""
    home = installation()
    if home.vault is None:
        msg = "files are sealed: this installation has no keys"
        raise LookupError(msg)
    return FileStore(home.settings.files_folder, home.vault)
