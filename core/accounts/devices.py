"""Names a browser in a few words, so that a person recognises her own sign-ins in a list."""

from __future__ import annotations

# the first that is found names it: Edge calls itself Chrome too, WeChat everything
_BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("QQBrowser", "QQ 浏览器"), ("UCBrowser", "UC 浏览器"),
    ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(user_agent: str | None) -> str:
    """`Chrome · Windows`; empty where nothing is recognised. The agent's own text is never kept."""
    text = user_agent or ""
    browser = next((words for sign, words in _BROWSERS if sign in text), "")
    system = next((words for sign, words in _SYSTEMS if sign in text), "")
    return " · ".join(word for word in (browser, system) if word)
