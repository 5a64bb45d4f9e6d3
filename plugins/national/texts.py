"""The national texts this pack stands on, as they are cited."""

from __future__ import annotations

CONFIRMATION_RULES = "《最低生活保障审核确认办法》（民发〔2021〕57号）"
ASSISTANCE_RULES = "《社会救助暂行办法》"
NOTICE_83 = "民发〔2022〕83号"
NOTICE_39 = "国办发〔2023〕39号"
TEKUN_RULES = "《特困人员认定办法》（民发〔2021〕43号）"
RIGID_EXPENSE_RULES = "《刚性支出困难家庭认定办法》（2025年1月1日起施行）"
PRIVACY_LAW = "《中华人民共和国个人信息保护法》"


def article(number: str, text: str = CONFIRMATION_RULES) -> str:
    """A citation: the text and its article."""
    return f"{text}{number}"
