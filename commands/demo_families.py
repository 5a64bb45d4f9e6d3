"""Made-up families for the demo installation: names, ages, incomes; every number carries the county code 99."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from core.cases.application import Application, LineAnswer, MemberAnswer
from core.cases.declaration_models import LineKind, Period, Section
from core.cases.models import Channel
from core.database import new_id
from core.households.models import Area
from core.identity_numbers import make_demo_id

SURNAMES = "冉陈罗田何杨周吴龙覃韦石黄潘邓王张李刘赵"
GIVEN_MEN = tuple(a + b for a in "光应明志德永正兴昌世" for b in "祥富贵强顺福华旺林平")
GIVEN_WOMEN = tuple(a + b for a in "秀正桂小玉春丽素菊雨" for b in "珍琼兰梅芬花华英香欣")
GROUPS = ("岩脚组", "茶山组", "湾头组", "新寨组", "老街组")
WORKS = ("茶厂做零工", "县内建筑务工", "超市收银", "跑短途运输")
CROPS = ("茶叶和包谷", "水稻和油菜", "辣椒", "养猪两头")


@dataclass(slots=True)
class FamilyMaker:
    """Draws families one by one; the same seed draws the same families. `today` in China.

    No two people of one maker share a name or a phone: whoever tries the product tells them apart by these.
    """

    source: random.Random
    today: date
    region_prefix: str
    order: int = 10
    taken: set[str] = field(default_factory=set)

    def _new(self, draw: Callable[[], str]) -> str:
        while (drawn := draw()) in self.taken:
            continue
        self.taken.add(drawn)
        return drawn

    def _person(self, surname: str, woman: bool, age: int, relation: str, **more: object) -> MemberAnswer:
        self.order += 2
        order = self.order % 1000 if woman else (self.order + 1) % 1000
        birth = date(self.today.year - age, self.source.randint(1, 12), self.source.randint(1, 28))
        if birth > self.today:
            birth = birth.replace(year=birth.year - 1)
        given = GIVEN_WOMEN if woman else GIVEN_MEN
        return MemberAnswer(
            name=self._new(lambda: surname + self.source.choice(given)),
            id_number=make_demo_id(self.region_prefix, birth, order),
            birth_date=birth,
            sex=2 if woman else 1,
            relation=relation,
            **more,  # type: ignore[arg-type]
        )

    def _members(self) -> list[MemberAnswer]:
        draw = self.source
        surname = draw.choice(SURNAMES)
        shape = draw.randrange(4)
        # the first hundred are the accounts' own
        phone = self._new(lambda: f"1990000{draw.randrange(100, 10_000):04d}")
        if shape == 0:
            return [self._person(surname, True, draw.randint(66, 78), "02", is_applicant=True, phone=phone)]
        head = self._person(
            surname, False, draw.randint(38, 56), "02", is_applicant=True, phone=phone, working=True
        )
        people = [head]
        if shape >= 2:
            disability = {"disability_class": 4, "disability_grade": 2} if draw.random() < 0.5 else {}
            people.append(self._person(draw.choice(SURNAMES), True, draw.randint(36, 52), "10", **disability))
        girl = draw.random() < 0.5
        child = "30" if girl else "20"
        people.append(self._person(surname, girl, draw.randint(7, 17), child, student=True, guardian=0))
        if shape == 3:
            people.append(self._person(draw.choice(SURNAMES), True, draw.randint(68, 80), "52"))
        return people

    def _lines(self, members: list[MemberAnswer]) -> Iterator[LineAnswer]:
        draw = self.source
        for position, member in enumerate(members):
            if member.working:
                yield _income(LineKind.WAGE, position, draw.randint(60, 95) * 100, draw.choice(WORKS))
                yield _income(LineKind.BUSINESS, position, draw.randint(8, 24) * 100, draw.choice(CROPS))
            elif member.birth_date.year < self.today.year - 60:
                yield _income(LineKind.TRANSFER, position, 1_656, "城乡居民养老金")
        yield LineAnswer(
            Section.PROPERTY, LineKind.DEPOSIT, draw.randint(5, 40) * 10_000, Period.ONCE, 0, "存款"
        )
        yield LineAnswer(Section.PROPERTY, LineKind.DWELLING, 0, Period.ONCE, None, "自住瓦房")

    def family(
        self, village: str, *, pack: str, form: tuple[str, str], account_id: uuid.UUID | None
    ) -> Application:
        """The next family, applying from `village` (12-digit code)."""
        members = self._members()
        lines, group = tuple(self._lines(members)), self.source.choice(GROUPS)
        return Application(
            id=new_id(),
            scheme="dibao",
            pack=pack,
            form_name=form[0],
            form_version=form[1],
            region_code=village,
            area=Area.RURAL,
            channel=Channel.ONLINE if account_id else Channel.WINDOW,
            owner_account_id=account_id,
            members=members,
            lines=lines,
            answers={"village_group": group},
            sensitive_answers={
                "bank_account": f"62220200{self.source.randrange(10**11):011d}",
                "address": f"{group}{self.source.randint(1, 60)}号",
            },
        )


def _income(kind: LineKind, position: int, yuan: int, text: str) -> LineAnswer:
    return LineAnswer(Section.INCOME, kind, yuan * 100, Period.YEAR, position, text)
