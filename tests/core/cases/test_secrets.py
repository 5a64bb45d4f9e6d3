"""After a whole journey nothing personal lies in the clear where it must not: in no column of any table (R3-18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.authorisations.changes import refuse
from core.awards.changes import confirm_case
from core.cases.comparison import Adoption, adopt_line, compare, unexplained
from core.cases.confirmations import ConfirmationAnswer
from core.cases.data_requests import ask_for_correction
from core.cases.declaration_models import LineKind, Period
from core.cases.models import Outcome, Task
from core.database import Base
from core.notices.changes import close_due_notices, publish_first_notice, publish_long_term
from core.notices.models import Notice, Objection, PublicRow
from core.notices.objections import decide_objection, raise_objection
from core.scopes import System
from core.testing.authorising import (
    APPLICANT,
    CHILD,
    DAUGHTER,
    FAMILY,
    answer,
    request_all,
    sign_at_window,
    submit_and_ask,
    wizard_signature,
)
from core.testing.authorising import accept as accept_asked
from core.testing.casework import Way
from core.verification.findings import Finding, Findings

pytestmark = pytest.mark.row("R3-18", "R2-17")
ACCOUNT = "6222020000000000000"
FOUND, SAID, WRONG = "农业银行尾号的一张卡", "他家在县城有门面", "我的生日写错了"
# names stand in the clear where staff search and list by them; nowhere else
NAMED = {"declared_members", "persons", "authorisations", "name_bigrams", "public_rows", "visit_surveyors"}


def everything(session):
    """(table, column, value) of every row of every table of ours; other tests declare tables of their own."""
    for mapper in Base.registry.mappers:
        if not mapper.class_.__module__.startswith("core."):
            continue
        table = str(mapper.local_table.name)
        for row in session.scalars(select(mapper.class_)):
            for attribute in mapper.column_attrs:
                yield table, attribute.key, getattr(row, attribute.key)


def written(value):
    return value if isinstance(value, bytes) else str(value).encode()


def test_a_whole_journey_leaves_nothing_personal_in_the_clear(town):
    asked = submit_and_ask(town, wizard_signature(town))
    way = Way(town, asked.case_id)
    sign_at_window(asked)
    accept_asked(asked)
    request_all(asked)
    finding = Finding(LineKind.DEPOSIT, 900_000, Period.ONCE, description=FOUND)
    answer(asked, Findings((finding,)), member=APPLICANT, source="bank")
    answer(asked, Findings(nothing=True))
    way.visit()
    with way.acting(town.clerk) as (session, case, _procedure):
        for line in unexplained(compare(session, case.id)):
            adopt_line(
                session, town.clerk, case, Adoption(line.key, line.suggested, "以核对为准"), now=town.now
            )
    way.opine()
    with way.acting(town.clerk) as (session, case, procedure):
        publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    with town.session(System("objection")) as outside:
        row = outside.scalars(select(PublicRow.id)).one()
        raise_objection(outside, row, SAID, name="举报人", phone="19900000088", now=town.now)
        outside.commit()
    with way.acting(town.clerk) as (session, case, procedure):
        objection = session.scalars(select(Objection)).one()
        decide_objection(
            session, town.clerk, objection, procedure, upheld=False, answer=f"查过：{SAID}不实", now=town.now
        )
    mine = town.resident(asked.account_id)
    ask_for_correction(
        mine, mine.actor, town.case(mine, asked.case_id), WRONG, town.procedure(mine), now=town.now
    )
    mine.commit()
    town.now += timedelta(days=8)
    with town.session(System("close-notices")) as sweep:
        close_due_notices(sweep, sweep.actor, lambda _: town.procedure(sweep), now=town.now)
        sweep.commit()
    with way.acting(town.confirmer) as (session, case, procedure):
        fen = session.scalars(select(PublicRow.monthly_fen)).one()
        grant = ConfirmationAnswer(Outcome.GRANTED, "同意镇里意见", fen)
        confirm_case(session, town.confirmer, case, grant, procedure, now=town.now)
    with way.acting(town.clerk) as (session, case, procedure):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)

    numbers = {each.id_number for each in FAMILY} | {each.phone for each in FAMILY if each.phone}
    child = FAMILY[CHILD].name
    secret = {
        each.encode() for each in {*numbers, ACCOUNT, FOUND, SAID, WRONG, "举报人", "19900000088", child}
    }
    names = {each.name.encode() for each in FAMILY}
    with town.session(System("count")) as session:
        seen = 0
        for table, column, value in everything(session):
            if value is None:
                continue
            seen += 1
            text = written(value)
            assert not [each for each in secret if each in text], (table, column)
            if table not in NAMED:
                assert not [each for each in names if each in text], (table, column)
        assert seen > 3000
        assert session.scalars(select(Task.label).distinct()).all() == [
            f"周*|4|{way.at(town.clerk)[1].number}"
        ]
        assert len(session.scalars(select(Notice)).all()) == 2
        assert session.scalars(select(AuditEntry)).all()


def test_a_number_typed_into_a_reason_does_not_reach_the_trail(town):
    asked = submit_and_ask(town, wizard_signature(town))
    number = FAMILY[DAUGHTER].id_number
    session = town.at_work(town.clerk)
    refuse(session, town.clerk, asked.ids[DAUGHTER], f"{number} 不同意，电话 19900000004", now=town.now)
    session.commit()
    with town.session(System("count")) as everywhere:
        texts = [written(value) for _table, _column, value in everything(everywhere) if value is not None]
        assert not [each for each in texts if number.encode() in each or b"19900000004" in each]
