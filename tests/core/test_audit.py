"""Whoever did or looked at something leaves an entry that nobody can take away, alter or slip in unseen."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import audit
from core.access import Actor
from core.audit import queries as audit_queries
from core.audit.models import AuditBatch, AuditEntry
from core.database import make_engine
from core.encryption import KeyRing, Vault
from core.scopes import Own, Public, Region, System
from core.sessions import open_session

MEITAN, YONGXING, FENGGANG = "520328000000", "520328104000", "520327000000"
CLERK = Actor(kind="staff", account_id=uuid.UUID(int=5), name="石梅", node=YONGXING)
RESIDENT = Actor(kind="resident", account_id=uuid.UUID(int=6), name="周桂兰")


class Keys:
    def __init__(self):
        self._ring = KeyRing.new()

    def ring(self):
        return self._ring


@pytest.fixture
def vault():
    return Vault(Keys())


@pytest.fixture
def opens(engine, vault):
    opened = []

    def opens(scope, actor=CLERK, **options):
        opened.append(open_session(engine, scope, actor, vault=vault, **options))
        return opened[-1]

    yield opens
    for session in opened:
        session.close()


@pytest.fixture
def below(engine, request):
    """The database as its owner, with the triggers out of the way: what an intruder with the disk would have."""
    if engine.dialect.name == "postgresql":
        owner = make_engine(request.getfixturevalue("postgresql_url"))
        before = "SET session_replication_role = replica"
    else:
        owner, before = engine, None

    def run(*statements):
        with owner.begin() as connection:
            if before:
                connection.execute(text(before))
            else:
                for name in connection.execute(
                    text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                ).scalars():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            for statement in statements:
                connection.execute(text(statement))

    yield run
    if owner is not engine:
        owner.dispose()


@pytest.fixture
def trail(opens, now):
    """Three batches of two chains, anchored twice."""
    for minute in range(2):
        for region in (YONGXING, FENGGANG):
            session = opens(Region(region))
            for step in range(3):
                audit.record(session, "case.look", ("cases", f"{minute}-{step}"), now=now, region=region)
            session.commit()
        sealer = opens(System("audit"))
        assert audit.seal(sealer, now + timedelta(minutes=minute)) == 6
        sealer.commit()
    return audit.last_anchor(opens(System("audit"), writes=False))


def faults(opens, expected=""):
    session = opens(System("audit"), writes=False)
    found = audit.verify(session, expected=expected)
    session.close()
    return {fault.kind.value for fault in found}


@pytest.mark.row("R2-28")
def test_an_entry_says_who_what_where_when_and_why(opens, now):
    session = opens(Region(YONGXING))
    audit.trace(session, login_id=uuid.UUID(int=9), ip="203.0.113.77")
    audit.record(
        session,
        "person.reveal",
        ("people", uuid.UUID(int=3)),
        now=now,
        person_id=uuid.UUID(int=3),
        reason="电话核对，号码 199 0000 1234，身份证５２０３９９１９９００１０１００１Ｘ，2026-11-16 来电",
    )
    session.commit()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.actor_name, entry.node, entry.county) == (
        "person.reveal",
        "石梅",
        YONGXING,
        MEITAN,
    )
    assert entry.ip == "203.0.113.0"
    assert entry.login_id == uuid.UUID(int=9)
    assert entry.reason == "电话核对，号码 ***，身份证***，2026-11-16 来电"


def test_a_resident_is_never_named_in_the_trail(opens, now):
    session = opens(Own(RESIDENT.account_id), RESIDENT)
    audit.record(session, "case.submit", ("cases", 1), now=now, region=YONGXING)
    session.commit()
    entry = opens(System("audit"), writes=False).scalars(select(AuditEntry)).one()
    assert entry.actor_name == ""
    assert entry.account_id == RESIDENT.account_id


def test_every_scope_writes_and_only_the_region_reads(opens, now):
    for scope in (Region(YONGXING), Own(uuid.UUID(int=6)), Public(now.date()), System("job")):
        session = opens(scope)
        audit.record(session, "search", now=now, region=YONGXING)
        session.commit()
    assert len(opens(Region(MEITAN), writes=False).scalars(select(AuditEntry.id)).all()) == 4
    for scope in (Region(FENGGANG), Own(uuid.UUID(int=6)), Public(now.date())):
        assert opens(scope, writes=False).scalars(select(AuditEntry.id)).all() == []


def test_a_look_is_written_when_the_request_ends_well_and_not_before(opens, now):
    reader = opens(Region(YONGXING), writes=False)
    reader.scalars(select(AuditEntry.id)).all()
    audit.look(reader, "case.look", ("cases", 1), now=now)
    assert opens(System("x"), writes=False).scalars(select(AuditEntry.id)).all() == []
    reader.commit()
    assert opens(System("x"), writes=False).scalars(select(AuditEntry.act)).all() == ["case.look"]
    reader.commit()
    assert len(opens(System("x"), writes=False).scalars(select(AuditEntry.act)).all()) == 1


def test_changes_keep_dates_and_numbers_and_hide_texts(opens, now):
    session = opens(System("x"))
    audit.record(session, "case.look", now=now)
    session.commit()
    entry = session.scalars(select(AuditEntry)).one()
    entry.done, entry.reason, entry.at = False, "某人", now + timedelta(days=1)
    assert audit.changes_of(entry, "done", "reason") == {"done": [True, False], "reason": ["", "***"]}
    session.expunge(entry)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("搬走了，电话１３９ ００００ １２３４（女儿）。", "搬走了，电话***（女儿）。"),
        ("身份证 52030319700101123X：已核对；2026-11-30 来过", "身份证 ***：已核对；2026-11-30 来过"),
        ("没有号码，只有“引号”、（括号）！", "没有号码，只有“引号”、（括号）！"),
    ],
)
def test_a_reason_loses_its_long_numbers_and_keeps_its_words_as_written(written, kept):
    assert audit.without_numbers(written) == kept


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET act = 'nothing'",
        "UPDATE audit_entries SET batch = NULL",
        "UPDATE audit_entries SET batch = 7",
        "DELETE FROM audit_entries",
        "UPDATE audit_batches SET entries = 1",
        "DELETE FROM audit_batches",
        "UPDATE audit_anchors SET number = 9",
        "DELETE FROM audit_anchors",
    ],
)
def test_the_database_itself_refuses_to_alter_the_trail(engine, trail, statement):
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('doudi.kind', 'system', false)"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_a_whole_trail_has_no_fault(opens, trail, now):
    assert faults(opens, trail) == set()
    late = opens(Region(YONGXING))
    audit.record(late, "search", now=now - timedelta(hours=2))
    late.commit()
    assert faults(opens, trail) == set()


def test_sealing_again_seals_nothing_twice(opens, trail, now):
    session = opens(System("audit"))
    assert audit.seal(session, now) == 0
    assert len(session.scalars(select(AuditBatch.id)).all()) == 4


def test_sm3_seals_as_well(opens, now):
    session = opens(System("audit"))
    audit.record(session, "search", now=now)
    session.flush()
    assert audit.seal(session, now, algorithm="sm3") == 1
    session.commit()
    assert session.scalars(select(AuditBatch.algorithm)).one() == "sm3"
    assert audit.verify(session) == []


SECOND = "chain = '520328000000' AND batch = 2"


@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        (["UPDATE audit_entries SET reason = '没看过' WHERE " + SECOND], {"altered"}),
        (["UPDATE audit_entries SET actor_name = '别人' WHERE subject_id = '0-1'"], {"altered"}),
        (["DELETE FROM audit_entries WHERE subject_id = '0-1'"], {"removed"}),
        (["DELETE FROM audit_entries WHERE " + SECOND], {"removed"}),
        (
            [
                "DELETE FROM audit_entries WHERE " + SECOND,
                "DELETE FROM audit_batches WHERE chain = '520328000000' AND number = 2",
            ],
            {"removed"},
        ),
        (["DELETE FROM audit_batches WHERE number = 1"], {"removed"}),
        (["DELETE FROM audit_anchors WHERE number = 2"], {"removed"}),
        (["DELETE FROM audit_anchors WHERE number = 1"], {"removed"}),
        (["UPDATE audit_batches SET sealed_at = sealed_at, entries = 4 WHERE number = 1"], {"removed"}),
        (["UPDATE audit_batches SET previous = hash WHERE number = 2"], {"altered"}),
        (["UPDATE audit_anchors SET heads = '{}' WHERE number = 2"], {"altered", "removed"}),
    ],
)
def test_what_was_altered_or_removed_below_the_application_is_found(opens, trail, below, statements, kinds):
    below(*statements)
    assert faults(opens) == kinds


COPIED = (
    "at, act, done, actor_kind, account_id, actor_name, node, subject_type, subject_id, person_id, case_id, reason, "
    "changes, login_id, ip, chain, digest, proof, province, city, county, township, village"
)


@pytest.mark.parametrize("batch", ["1", "NULL"])
def test_a_row_slipped_in_is_found_whether_or_not_it_claims_a_batch(opens, trail, below, engine, batch):
    new = uuid.UUID(int=77)
    written = f"'{new.hex}'" if engine.dialect.name == "sqlite" else f"'{new}'"
    below(
        f"INSERT INTO audit_entries (id, batch, {COPIED}) SELECT {written}, {batch}, {COPIED} FROM audit_entries "
        "WHERE subject_id = '0-1' AND chain = '520328000000'"
    )
    assert faults(opens) & {"altered", "inserted"}
    if batch == "1":
        assert "inserted" in faults(opens)


def test_a_forger_who_knows_the_algorithm_but_not_the_key_is_found(opens, engine, trail, now):
    """He writes a perfect entry, digest and all; only the keyed proof is beyond him."""
    stranger = open_session(engine, Region(YONGXING), CLERK, vault=Vault(Keys()))
    audit.record(stranger, "person.reveal", ("people", 1), now=now)
    stranger.commit()
    stranger.close()
    assert faults(opens) == {"inserted"}


def test_removing_everything_that_came_last_is_found_by_the_anchor_kept_outside(opens, trail, below):
    below(
        "DELETE FROM audit_entries WHERE batch = 2",
        "DELETE FROM audit_batches WHERE number = 2",
        "DELETE FROM audit_anchors WHERE number = 2",
    )
    assert faults(opens) == set()
    assert faults(opens, trail) == {"removed"}


def test_pages_of_the_trail_follow_one_another_without_losing_or_repeating(opens, now):
    session = opens(Region(YONGXING))
    for number in range(audit_queries.PAGE + 3):
        audit.record(session, "search", ("n", number), now=now + timedelta(microseconds=number // 7))
    session.commit()
    wanted = audit.Filter(since=now, until=now + timedelta(days=1))
    first = audit.entries(session, wanted)
    assert len(first) == audit_queries.PAGE + 1
    last = first[audit_queries.PAGE - 1]
    rest = audit.entries(session, wanted, before=(last.at, last.id))
    seen = [int(row.subject_id) for row in (*first[: audit_queries.PAGE], *rest)]
    assert seen == list(reversed(range(audit_queries.PAGE + 3)))
