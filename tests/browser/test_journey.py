"""One family's whole way, from the phone to the letter, in a real Chromium: once with JavaScript and once without."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import python_calamine
from PIL import Image
from playwright.sync_api import expect

from core.access import Role
from core.testing.town import COUNTY, TOWNSHIP, made_up_id
from core.web.watch import watch_once
from tests.browser.reader import DESK, PHONE, Findings, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.row("R2-07", "R2-17", "R2-27", "R3-02", "R3-18", "R3-22"),
]

WIFE = made_up_id(date(1972, 3, 2), 26)
HUSBAND = made_up_id(date(1970, 4, 5), 15)
DAUGHTER = made_up_id(date(2014, 6, 7), 28)
WIFE_PHONE, HUSBAND_PHONE = "19900000001", "19900000002"
OFFICES = {
    "clerk-01": (Role.TOWNSHIP_CLERK, TOWNSHIP),
    "clerk-02": (Role.TOWNSHIP_CLERK, TOWNSHIP),
    "reviewer-01": (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    "officer-01": (Role.COUNTY_OFFICER, COUNTY),
    "confirmer-01": (Role.COUNTY_CONFIRMER, COUNTY),
}


def photo() -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 180, 160)).save(buffer, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


@dataclass
class Journey:
    """The people of one journey; `case` is the path of the case's page for staff, `number` its number."""

    site: Any
    home: str
    browser: Any
    scripts: bool
    findings: Findings = field(default_factory=Findings)
    case: str = ""
    number: str = ""

    def person(self, size: tuple[int, int] = PHONE) -> Person:
        return Person(self.browser, self.home, size, self.scripts, self.findings)

    def code(self) -> str:
        """The last code, read where a demo shows what would have been sent."""
        reader = self.person()
        reader.goes("/outbox")
        found = re.search(r"验证码 (\d{6})", reader.page.inner_text("main"))
        reader.closes()
        assert found
        return found[1]

    def resident(self) -> Person:
        """Signed in on her phone with a code."""
        person = self.person()
        person.goes("/sign-in")
        person.types(mobile=WIFE_PHONE)
        person.presses("发验证码")
        person.reads("填短信里的六位数")
        person.types(code=self.code())
        person.presses("登录", within="main")
        return person

    def staff(self, username: str, size: tuple[int, int] = DESK) -> Person:
        person = self.person(size)
        person.goes("/staff/sign-in")
        person.types(username=username, password=self.site.passwords[username])
        person.presses("登录", within="main")
        person.reads("待办")
        return person

    def finds_it(self, person: Person) -> None:
        """From her worklist to the case."""
        person.goes("/staff/")
        person.presses(self.number)


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def journey(request, site, address, chromium):
    for username, (role, office) in OFFICES.items():
        site.hire(username, role, office=office)
    made = Journey(site, address, chromium, request.param)
    yield made
    for context in chromium.contexts:
        context.close()


def test_a_family_goes_from_the_phone_to_the_letter(journey):
    wife = journey.resident()
    apply(wife)
    link = submit(journey, wife)
    husband_signs(journey, link)
    clerk = journey.staff("clerk-01")
    accept_and_ask(journey, clerk)
    county_answers(journey)
    visit(journey)
    give_opinion(journey)
    publish(journey, clerk)
    clerk.closes()
    confirm(journey)
    list_for_long(journey)
    read_letter(journey)
    assert not journey.findings.faults, "\n".join(journey.findings.faults)


def apply(wife: Person) -> None:
    """Steps 1 to 8: herself, her family, income, expenses, property, her signature, the account, the papers."""
    for page in ("/", "/check", "/help/dibao", "/apply"):
        wife.goes(page)
    wife.goes(f"/apply/new?under={TOWNSHIP}")
    with wife.turns_page():
        wife.page.locator("button[name=region]").nth(3).click()
    wife.types(name="周桂兰", id_number=WIFE)
    wife.picks(working="false", student="false")
    wife.presses("保存，下一步")
    wife.picks(area="rural")
    wife.types(village_group="岩脚组", address="岩脚组学堂边", phone=WIFE_PHONE)
    wife.presses("保存，下一步")
    wife.picks(variant="household", relocated="false", related_party="false")
    wife.presses("保存，下一步")
    wife.goes(wife.where.partition("?")[0])
    wife.presses("加一个家里人")
    wife.types(name="田志强", id_number=HUSBAND, relation="10", phone=HUSBAND_PHONE)
    wife.picks(counted="true", working="true")
    wife.presses("写好了，存下来")
    wife.presses("加一个家里人")
    wife.types(name="田雨欣", id_number=DAUGHTER, relation="30", guardian="0")
    wife.picks(counted="true", student="true")
    wife.presses("写好了，存下来")
    wife.reads("田雨欣")
    wife.presses("人都写齐了，下一步")
    wife.presses("给田志强加一项")
    wife.types(description="县内建筑务工", amount="900")
    wife.picks(kind="wage", period="month")
    wife.presses("写好了，存这一项")
    for none in wife.page.locator('[name^="none-"]').all():
        wife.ticks(none)
    wife.presses("保存，下一步")
    wife.presses("加一项花销")
    wife.types(member="0", description="住院自付", amount="3000")
    wife.picks(kind="medical_expense", period="year")
    wife.presses("写好了，存这一项")
    wife.presses("保存，下一步")
    wife.presses("加一项")
    wife.types(member="0", amount="8000", description="信用社存折")
    wife.picks(kind="deposit")
    wife.presses("写好了，存这一项")
    wife.presses("保存，下一步")
    wife.reads("请您签字，同意核对家里的收入和财产", "没有替您勾好的。不勾的不查。")
    agree(wife)
    wife.reads("签好了，和申请一起保存。")


def agree(person: Person) -> None:
    """Tick every body one by one, the child too, and sign."""
    for box in person.page.locator("[name=sources], [name=as_guardian]").all():
        person.ticks(box)
    sign(person, "signature-file")
    person.picks(agreed="true")
    person.presses("签字，同意核对")


def sign(person: Person, paper: str) -> None:
    """By hand on the screen; without JavaScript a photo of the paper signed at home."""
    if not person.scripts:
        person.field(paper).set_input_files(photo())
        return
    pad = person.page.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box, mouse = pad.bounding_box(), person.page.mouse
    assert box
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
    mouse.move(box["x"] + 200, box["y"] + 50, steps=5)
    mouse.up()


def submit(journey: Journey, wife: Person) -> str:
    """The account, the card, the promise; her receipt tells the number and her husband's link."""
    wife.picks(has_account="have", account_holder="0")
    wife.types(bank_name="演示信用社", bank_account="6222020000000000000")
    wife.presses("保存，下一步")
    wife.field("identity_photo").first.set_input_files(photo())
    wife.presses("保存，下一步")
    wife.reads("看一遍，没有错就交")
    for each in ("materials", "truth", "authorise", "cooperate"):
        wife.picks(**{f"promise_{each}": "true"})
    wife.presses("提交申请")
    wife.reads("申请交上了", "请记下编号", "田志强")
    number = re.search(r"\bMTYX-\d{4}-\d{6}\b", wife.page.inner_text("main"))
    link = re.search(r"/sign/[\w.-]+", wife.page.content())
    assert number
    assert link
    journey.number = number[0]
    for page in ("/my/cases", "/my/authorisations", "/my/data", "/account"):
        wife.goes(page)
    wife.closes()
    return link[0]


def husband_signs(journey: Journey, link: str) -> None:
    husband = journey.person()
    husband.goes(link)
    husband.reads("先核对身份，再看要签的内容")
    husband.presses("发验证码")
    husband.types(id_number=HUSBAND, code=journey.code())
    husband.presses("核对身份")
    husband.reads("田志强")
    agree(husband)
    husband.reads("签好了，谢谢您")
    husband.closes()


def accept_and_ask(journey: Journey, clerk: Person) -> None:
    journey.finds_it(clerk)
    journey.case = clerk.where.removesuffix("/acceptance")
    clerk.picks(way="accept")
    clerk.presses("决定并发出文书")
    clerk.reads("已受理，受理通知书已发出。时限从明天起算。")
    for tab in ("members", "documents", "authorisations", "income-sheet", "letters", "history", "visits"):
        clerk.goes(f"{journey.case}/{tab}")
    clerk.goes(f"{journey.case}/verification")
    clerk.presses("发起信息核对")
    clerk.reads("已发起 24 项核对，县里会收到待办。")


def county_answers(journey: Journey) -> None:
    """One answer typed in, the others by the sheet; and the standard that a family with medical costs needs."""
    officer = journey.staff("officer-01")
    officer.goes("/staff/settings/standards/income.deduction.medical")
    officer.types(answer="yes", effective_from="2026-01-01", document="演示文件〔2026〕1号")
    officer.presses("录入", within="main")
    officer.reads("已录入，从生效日起按它算。")
    officer.goes("/staff/verification")
    officer.presses("录入")
    officer.ticks(officer.field("nothing").first)
    officer.presses("登记结果")
    officer.reads("结果已登记。")
    officer.goes("/staff/verification")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("button", name=re.compile("下载核对表")).click()
    sheet = python_calamine.CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    filled = io.StringIO()
    csv.writer(filled).writerows([head, *([*row[:5], "无", *row[6:]] for row in rows)])
    officer.goes("/staff/verification")
    content = filled.getvalue().encode("utf-8-sig")
    officer.page.locator("input[type=file]").set_input_files(
        {"name": "answers.csv", "mimeType": "text/csv", "buffer": content}
    )
    officer.presses("导入", within="main")
    officer.reads("收到了：登记 23 行，没有登记 0 行。")
    officer.closes()


def visit(journey: Journey) -> None:
    """Two clerks at the family's home, with a phone and the province's form."""
    visitor = journey.staff("clerk-02", PHONE)
    visitor.goes("/staff/visits")
    visitor.goes(f"{journey.case}/visit")
    visitor.reads("省里要核实的情况")
    colleague = visitor.page.locator("[name=colleague] option", has_text="clerk-01").get_attribute("value")
    visitor.types(colleague=colleague)
    visitor.picks(
        manner="home", housing="safe", declared_members_true="true", declared_income_true="true",
        declared_property_true="true", visit_group="new_applicant", whole_family_listed="true",
        income_item_by_item="true", rigid_costs="true", grain_shortage="false", care_needed="false",
        neighbours_asked="false",
    )  # fmt: skip
    visitor.types(met="周桂兰", income_by_visitors="种茶，男的在县里做工", rigid_costs_detail="住院收据")
    for agrees in visitor.page.locator("[value=agrees]").all():
        visitor.ticks(agrees)
    visitor.field("house_photo").set_input_files(photo())
    visitor.page.locator("#together_photo-row summary").click()
    visitor.field("together_photo-declined").fill("对方不愿合照")
    if visitor.scripts:
        visitor.page.locator("[data-locate]").click()
        expect(visitor.field("position-latitude")).not_to_have_value("")
        visitor.picks(**{"position-confirmed": "true"})
    else:
        visitor.page.locator("#position-row summary").last.click()
        visitor.field("position-declined").fill("手机没有信号，在岩脚组学堂边")
    sign(visitor, "family_signature-file")
    visitor.presses("提交入户登记")
    visitor.reads("入户登记已提交，不能再改", "贵州省低保入户核查表")
    visitor.closes()


def give_opinion(journey: Journey) -> None:
    reviewer = journey.staff("reviewer-01")
    journey.finds_it(reviewer)
    reviewer.reads("745.00")
    reviewer.goes(f"{journey.case}/opinion")
    reviewer.picks(opinion="agree")
    reviewer.types(reason="核实情况与申报一致，人均收入低于标准。")
    reviewer.presses("签署初审意见")
    reviewer.reads("初审意见已签署。")
    reviewer.closes()


def publish(journey: Journey, clerk: Person) -> None:
    """Hung today, read by a neighbour from tomorrow on, closed by itself when its days are over."""
    clerk.goes(f"{journey.case}/notice")
    clerk.reads("只有这些，别的一样都不会出现")
    clerk.presses("张贴初审公示")
    clerk.reads("已经以普通访客的身份读过一遍，没有不该公示的信息。")
    journey.site.later(days=1)
    neighbour = journey.person()
    neighbour.goes(f"/notices/{TOWNSHIP}")
    neighbour.reads("周桂兰", "745.00", "3口人 · 低保")
    assert WIFE[-4:] not in neighbour.page.content()
    neighbour.closes()
    journey.site.later(days=9)
    watch_once(journey.site.app, now=journey.site.at)


def confirm(journey: Journey) -> None:
    confirmer = journey.staff("confirmer-01")
    journey.finds_it(confirmer)
    confirmer.goes(f"{journey.case}/confirmation")
    confirmer.picks(outcome="grant")
    confirmer.types(reason="同意镇里的意见。")
    confirmer.presses("签署并发出")
    confirmer.reads("已确认，每月 745.00 元。确认通知书已发出。")
    confirmer.closes()


def list_for_long(journey: Journey) -> None:
    clerk = journey.staff("clerk-01")
    clerk.goes(f"{journey.case}/notice")
    clerk.presses("长期公布")
    clerk.reads("公示已张贴")
    clerk.closes()


def read_letter(journey: Journey) -> None:
    wife = journey.resident()
    wife.goes("/my/cases")
    wife.reads("批准了", "745.00")
    wife.presses("最低生活保障审核确认通知书")
    wife.reads("周桂兰", "745.00")
    wife.closes()
