"""The outbox of a demo: the messages that a real installation would have sent to phones, and numbers to try it with."""

from __future__ import annotations

from datetime import timedelta
from secrets import randbelow

from werkzeug.wrappers import Response

from core.accounts.codes import outbox as messages
from core.errors import NotFound
from core.identity_numbers import Sex, make_demo_id
from core.masking import mask_mobile
from core.web.access_gate import PUBLIC, access
from core.web.installation import installation
from core.web.page import page
from core.web.request import state, system_session, today
from core.web.texts import N_
from portal.blueprint import blueprint


@blueprint.get("/outbox")
@access(PUBLIC)
def outbox() -> Response:
    """The last ten messages, newest first, with the numbers still in sight below; no such page outside a demo."""
    if not installation().demo:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    # codes stand here: the page must not stay in any cache
    state().personal = True
    with system_session("outbox", writes=False) as database:
        rows = messages(database)
    return page(
        "portal/outbox.html",
        rows=[(written, mask_mobile(phone), text) for _, written, phone, text in rows],
        numbers=[(words, _number(sex, years)) for words, sex, years in PEOPLE],
    )


# who a family that tries the product may consist of, with ages in years
PEOPLE = (
    (N_("男，46岁"), Sex.MALE, 46),
    (N_("女，44岁"), Sex.FEMALE, 44),
    (N_("女，74岁"), Sex.FEMALE, 74),
    (N_("男，20岁"), Sex.MALE, 20),
    (N_("女，12岁"), Sex.FEMALE, 12),
    (N_("男，5岁"), Sex.MALE, 5),
)


def _number(sex: Sex, years: int) -> str:
    """A number that belongs to nobody, another one at every look: a family may apply once only."""
    birthday = today().replace(year=today().year - years, day=min(today().day, 28))
    born = birthday - timedelta(days=1 + randbelow(300))
    return make_demo_id("5203", born, 2 * randbelow(500) + (sex is Sex.MALE))
