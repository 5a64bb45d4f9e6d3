"""One person before a real Chromium: she reads sentences, fills fields, presses buttons; every page she sees is examined."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PHONE = (390, 844)
DESK = (1366, 768)
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
EXAMINE = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
CONTRAST = (
    "axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']}).then(found => found.violations)"
)
AT_NIGHT = "document.documentElement.dataset.bsTheme = 'dark'"
BY_DAY = "theme => { document.documentElement.dataset.bsTheme = theme }"
THEME = "document.documentElement.dataset.bsTheme"
LARGE = "large => { document.documentElement.classList.toggle('large', large) }"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PATIENCE = 15_000  # milliseconds; the machine may be busy


@dataclass
class Findings:
    """What was wrong with the pages seen; `seen` holds those already examined (face, width, heading, address pattern)."""

    faults: list[str] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)


@dataclass
class Person:
    """A browser of her own: `width` × `height` of her screen, with or without JavaScript."""

    browser: Browser
    home: str
    size: tuple[int, int]
    scripts: bool
    findings: Findings
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    copy: Page | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.size[0], "height": self.size[1]},
            java_script_enabled=self.scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=self.size == PHONE,
            geolocation={"latitude": 27.76, "longitude": 107.48},
            permissions=["geolocation"],
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.findings.faults.append(f"{self.where}: {error}"))

    @property
    def where(self) -> str:
        return self.page.url.removeprefix(self.home)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.findings.faults.append(f"{self.where}: console: {message.text}")

    # --- going and reading ---

    def goes(self, path: str) -> None:
        """Open an address of the site; a fault of the server fails at once."""
        answer = self.page.goto(self.home + path, wait_until="load")
        assert answer is not None
        assert answer.status < 400, f"{path} → {answer.status}\n{self.page.inner_text('body')[:400]}"
        self.examined()

    def reads(self, *sentences: str) -> None:
        """The page says each sentence."""
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence, timeout=PATIENCE)

    def examined(self) -> None:
        """Axe finds nothing, by day and (contrast) by night; nothing is wider than the screen, in large type neither.

        Once for each kind of page and state.
        """
        kind = (self.size, self.page.title(), self.page.locator("h1").all_inner_texts().__repr__(),
                self.page.locator(".is-err").count() > 0, self.page.locator("input,select").count() > 0)  # fmt: skip
        if kind in self.findings.seen:
            return
        self.findings.seen.add(kind)
        shown = self.page if self.scripts else self._copy()
        shown.evaluate(AXE)
        self._note("", shown.evaluate(EXAMINE))
        theme = shown.evaluate(THEME)
        shown.evaluate(AT_NIGHT)
        self._note("dark: ", shown.evaluate(CONTRAST))
        shown.evaluate(BY_DAY, theme)
        for large in (True, False):
            shown.evaluate(LARGE, large)
            if (over := shown.evaluate(TOO_WIDE)) > 0:
                type_ = "large type " if large else ""
                self.findings.faults.append(
                    f"{self.where}: {type_}{over} px wider than a screen of {self.size[0]} px"
                )

    def _note(self, when: str, violations: list[dict[str, Any]]) -> None:
        for violation in violations:
            for node in violation["nodes"]:
                self.findings.faults.append(
                    f"{self.where} ({self.page.title()}): {when}axe {violation['id']}: {node['target']}"
                    f" {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
                )

    def _copy(self) -> Page:
        """The same page where the examination can run: with JavaScript off even axe would wait for ever."""
        if self.copy is None:
            self.copy = self.browser.new_context(
                viewport={"width": self.size[0], "height": self.size[1]}, reduced_motion="reduce"
            ).new_page()
        body = re.sub(r"<script\b.*?</script>", "", self.page.content(), flags=re.DOTALL)
        body = body.replace("<noscript>", "<div>").replace("</noscript>", "</div>")
        here = self.page.url
        self.copy.route(here, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
        self.copy.goto(here, wait_until="load")
        self.copy.unroute(here)
        return self.copy

    # --- acting ---

    def presses(self, words: str, *, within: str = "body") -> None:
        """Press the button or follow the link that says these words, and look at what comes."""
        root = self.page.locator(within)
        named = root.get_by_role("button", name=words).or_(root.get_by_role("link", name=words))
        with self.turns_page():
            named.locator("visible=true").first.click()

    @contextlib.contextmanager
    def turns_page(self) -> Iterator[None]:
        """What is done inside leads to another page (or the same one anew)."""
        with self.page.expect_navigation(wait_until="load", timeout=PATIENCE) as answer:
            yield
        got = answer.value
        assert got is None or got.status < 500, f"{self.where} → {got.status if got else ''}"
        self.examined()

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]')

    def types(self, **answers: str) -> None:
        """Fill fields by their names (`__` stands for `/`)."""
        for name, text in answers.items():
            target = self.field(name.replace("__", "/")).locator("visible=true").first
            if target.evaluate("element => element.tagName") == "SELECT":
                target.select_option(text)
            else:
                target.fill(text)

    def picks(self, **answers: str) -> None:
        """Tick the radio or checkbox of a name with that value."""
        for name, value in answers.items():
            self.ticks(self.page.locator(f'[name="{name.replace("__", "/")}"][value="{value}"]').first)

    def ticks(self, box: Locator) -> None:
        """Tick one box by its label, as a finger does."""
        if not box.is_checked():
            self.page.locator(f'label[for="{box.get_attribute("id")}"]').first.click()

    def answer_all(self) -> dict[str, Any]:
        """Names and kinds of all fields of the page, for reading a failure."""
        found: dict[str, Any] = self.page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('main [name]')].map(e => [e.name, e.type + ':' + e.value]))"
        )
        return found

    def closes(self) -> None:
        self.context.close()
        if self.copy is not None:
            self.copy.context.close()


__all__ = ["DESK", "PHONE", "Findings", "Person"]
