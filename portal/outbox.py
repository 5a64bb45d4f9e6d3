"""The outbox of a demo: the messages that a real installation would have sent to phones."""

from __future__ import annotations

from werkzeug.wrappers import Response

from core.accounts.codes import outbox as messages
from core.errors import NotFound
from core.masking import mask_mobile
from core.web.access_gate import PUBLIC, access
from core.web.installation import installation
from core.web.page import page
from core.web.request import state, system_session
from core.web.texts import N_
from portal.blueprint import blueprint


@blueprint.get("/outbox")
@access(PUBLIC)
def outbox() -> Response:
    """The last fifty messages, newest first; no such page outside a demo."""
    if not installation().demo:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    # codes stand here: the page must not stay in any cache
    state().personal = True
    with system_session("outbox", writes=False) as database:
        rows = messages(database)
    return page(
        "portal/outbox.html",
        rows=[(written, mask_mobile(phone), text) for _, written, phone, text in rows],
    )
