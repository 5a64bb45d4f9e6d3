"""A walk-in as a clerk types it: reads the page's fields as a browser would, and fills the province's form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from io import BytesIO

from sqlalchemy import select

from core.cases.models import Case
from core.testing.town import made_up_id

TAG = re.compile(r"<(input|select|textarea)\b([^>]*)>", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
OPTIONS = re.compile(r"<option\b([^>]*)>")
APPLICANT = made_up_id(date(1980, 5, 1), 11)
SPOUSE = made_up_id(date(1982, 6, 2), 12)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def fields_of(text: str, form_id: str = "intake-form") -> dict[str, str]:
    """Name → value of every field of a form as it stands, ticked radios only; the fields beside it that name it too."""
    start = text.index(f'id="{form_id}"')
    inside = text[start : text.index("</form>", start)]
    beside = "".join(found[0] for found in re.finditer(rf'<input\b[^>]*form="{form_id}"[^>]*>', text))
    found: dict[str, str] = {}
    for match in TAG.finditer(inside + beside):
        kind, attributes = match[1], dict(ATTRIBUTE.findall(match[2]))
        name, which = unescape(attributes.get("name", "")), attributes.get("type", "text")
        if not name or which == "file":
            continue
        if which in {"radio", "checkbox"}:
            if "checked" in attributes:
                found[name] = unescape(attributes.get("value", "on"))
        elif kind == "select":
            end = inside.find("</select>", match.end())
            chosen = [dict(ATTRIBUTE.findall(each)) for each in OPTIONS.findall(inside[match.end() : end])]
            found[name] = next((unescape(each["value"]) for each in chosen if "selected" in each), "")
        elif kind == "textarea":
            end = inside.find("</textarea>", match.end())
            found[name] = unescape(inside[match.end() : end]).strip()
        else:
            found[name] = unescape(attributes.get("value", ""))
    return found


@dataclass
class DeskPage:
    """The open page of one draft in one clerk's browser."""

    browser: object
    url: str
    text: str = ""
    extra: dict[str, object] = field(default_factory=dict)

    def __post_init__(self):
        self.read()

    def read(self):
        answer = self.browser.get(self.url)
        assert answer.status_code == 200, answer.text
        self.text = answer.text
        return self

    @property
    def fields(self) -> dict[str, str]:
        return fields_of(self.text)

    def keys(self, rows: str) -> list[str]:
        return re.findall(rf'id="{rows}/([0-9a-f]+)"', self.text)

    def press(self, what: str, typed: dict[str, object] | None = None):
        """Send the whole page with `typed` put in, by one of its buttons; a redirect back here is followed."""
        sent = {**self.fields, **(typed or {}), "do": what}
        answer = self.browser.post(self.url, sent, content_type="multipart/form-data")
        # a large request lies in a temporary file, which the test client leaves open
        answer.request.environ["wsgi.input"].close()
        if answer.status_code == 303 and answer.headers["Location"].partition("#")[0] == self.url:
            self.read()
        elif answer.status_code != 303:
            self.text = answer.text
        return answer


def fill(desk: DeskPage, *, village: str, spouse: bool = True) -> dict[str, object]:
    """Add the rows and return everything a complete application of two people types."""
    if spouse and len(desk.keys("members")) == 1:
        desk.press("add:members")
    if not desk.keys("incomes"):
        desk.press("add:incomes")
    members, income = desk.keys("members"), desk.keys("incomes")[0]
    typed: dict[str, object] = {
        "by_proxy": "false",
        "region": village,
        "area": "rural",
        "village_group": "岩脚组",
        "address": "岩脚组12号",
        "phone": "19900000001",
        "variant": "household",
        "related_party": "false",
        "relocated": "false",
        "has_account": "have",
        "account_holder": "0",
        "bank_name": "演示信用社",
        "bank_account": "6222020000000000000",
        "identity_photo": photo(),
        **{f"promise_{each}": "true" for each in ("materials", "truth", "authorise", "cooperate")},
        f"incomes/{income}/member": "0",
        f"incomes/{income}/kind": "wage",
        f"incomes/{income}/description": "务工",
        f"incomes/{income}/amount": "1,000",
        f"incomes/{income}/period": "month",
    }
    people = [("周明", APPLICANT, "01"), ("杨兰", SPOUSE, "10")]
    for number, (key, (name, id_number, relation)) in enumerate(zip(members, people, strict=False)):
        typed |= {
            f"members/{key}/name": name,
            f"members/{key}/id_number": id_number,
            f"members/{key}/relation": relation,
            f"members/{key}/counted": "true",
            f"members/{key}/working": "false",
            f"members/{key}/no_income": "true" if number else "",
        }
    return typed


def photo(content: bytes = PNG, name: str = "card.png"):
    """A file to upload."""
    return BytesIO(content), name


def search(browser, typed):
    browser.get("/staff/intake")
    return browser.post("/staff/intake", {"q": typed})


def begin(browser, typed=APPLICANT, **more):
    browser.get("/staff/intake")
    answer = browser.post("/staff/intake/begin", {"q": typed, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def cases_in(site):
    with site.session() as session:
        return session.scalars(select(Case).order_by(Case.id)).all()
