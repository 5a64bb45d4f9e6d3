"""A resident walks through the application by its real pages: what a test does not say is filled in plainly."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date

from PIL import Image
from sqlalchemy import select

from core.cases.draft_state import DraftState
from core.cases.drafts import read_draft
from core.regions.models import Region
from core.testing.town import TOWNSHIP, made_up_id

REVISION = re.compile(r'name="revision" form="apply" value="(\d+)"')
OPENED = re.compile(r'name="opened" value="([0-9a-f]+)"')
ROW = re.compile(r'name="row" value="([0-9a-f]+)"')
ADD = re.compile(r'value="add:([0-9a-f]+)"')

SELF_ID = made_up_id(date(1958, 3, 2), 26)
SON_ID = made_up_id(date(1983, 4, 5), 15)
CHILD_ID = made_up_id(date(2011, 6, 7), 28)
DAUGHTER_ID = made_up_id(date(1986, 8, 9), 32)


def photo(width=800, height=600, colour=(200, 180, 160)):
    """A JPEG as a phone takes it."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


class Walk:
    """One browser at one draft; `send` posts a page as its own form would."""

    def __init__(self, site, browser, draft_id):
        self.site, self.browser, self.draft_id = site, browser, draft_id
        self.page = None

    def url(self, name):
        return f"/apply/{self.draft_id}/{name}"

    def open(self, name):
        self.page = self.browser.get(self.url(name))
        return self.page

    def marks(self):
        found = {}
        for name, pattern in (("revision", REVISION), ("opened", OPENED), ("row", ROW)):
            if self.page is not None and (hit := pattern.search(self.page.text)):
                found[name] = hit[1]
        return found

    def send(self, name, values=None, *, do="next", fresh=True, **more):
        """Open the page (unless it stands open) and press a button."""
        if fresh:
            self.open(name)
        answer = self.browser.post(self.url(name), {**self.marks(), "do": do, **(values or {}), **more})
        # the test client leaves its temporary file of a large body open
        answer.request.environ["wsgi.input"].close()
        if answer.mimetype == "text/html" and answer.status_code in (409, 422):
            self.page = answer
        return answer

    def draft(self):
        with self.site.session() as session:
            return read_draft(session, uuid.UUID(self.draft_id))

    def keys(self, rows="members"):
        return self.draft().state.rows.get(rows, [])

    # --- plain answers ---

    def you(self, **more):
        given = {"name": "周桂兰", "id_number": SELF_ID, "working": "false", "student": "false", **more}
        return self.send("you", given)

    def contact(self, **more):
        given = {
            "area": "rural", "village_group": "岩脚组", "address": "岩脚组学堂边", "phone": "19900000001", **more,
        }  # fmt: skip
        return self.send("contact", given)

    def about(self, **more):
        return self.send(
            "about", {"variant": "household", "relocated": "false", "related_party": "false", **more}
        )

    def add_person(self, kind="family", key="ab12", **more):
        given = {"name": "田志强", "id_number": SON_ID, "relation": "20", "counted": "true", **more}
        return self.send(f"people/{kind}/{key}", given)

    def add_income(self, member=None, **more):
        member = member or self.keys()[0]
        self.page = self.browser.get(self.url("incomes") + f"?add={member}")
        given = {
            "row-member": member,
            "kind": "transfer",
            "description": "养老金",
            "amount": "138",
            "period": "month",
        }
        return self.send("incomes", {**given, **more}, do=more.pop("do", "save"), fresh=False)

    def account_page(self, **more):
        given = {
            "has_account": "have",
            "account_holder": "0",
            "bank_name": "演示信用社",
            "bank_account": "6222020000000000000",
            **more,
        }
        return self.send("account", given)

    def papers(self, **more):
        self.open("papers")
        return self.send("papers", {"identity_photo": (io.BytesIO(photo()), "sfz.jpg"), **more}, fresh=False)

    def promise(self, **more):
        ticks = dict.fromkeys(
            ("promise_materials", "promise_truth", "promise_authorise", "promise_cooperate"), "true"
        )
        return self.send("check", {**ticks, **more}, do="submit")

    def fill(self):
        """Everything up to the last page, for one old woman with her son and grandchild."""
        for answer in (
            self.you(),
            self.contact(),
            self.about(),
            self.add_person(),
            self.add_person(
                key="cd34", name="田雨欣", id_number=CHILD_ID, relation="42", student="true", guardian="1"
            ),
            self.add_income(),
        ):
            assert answer.status_code == 303, answer.text
        son, child = self.keys()[1:]
        none = {"asked-none": [son, child], f"none-{son}": "1", f"none-{child}": "1"}
        for answer in (
            self.send("incomes", none),
            self.send("expenses"),
            self.send("properties"),
            self.account_page(),
            self.papers(),
        ):
            assert answer.status_code == 303, answer.text
        return self


def village_of(site, township=TOWNSHIP):
    """The first village of the township."""
    with site.session() as session:
        return session.scalars(
            select(Region.code).where(Region.parent_code == township).order_by(Region.code)
        ).first()


def begin(site, browser=None, **more):
    """A resident who has chosen her village and stands at the first page."""
    browser = browser or site.resident()
    browser.get("/apply/new")
    answer = browser.post("/apply/new", {"region": village_of(site), **more})
    assert answer.status_code == 303, answer.text
    draft_id = re.search(r"/apply/([0-9a-f-]{36})/", answer.headers["Location"])[1]
    return Walk(site, browser, draft_id)


__all__ = ["DraftState", "Walk", "begin", "photo", "village_of"]
