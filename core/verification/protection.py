"""Triggers that refuse, below the application, a check that no authorisation in force covers (R2-17)."""

from __future__ import annotations

_REFUSAL = "no check without a signed authorisation in force for this person and body"
# a row may only be inserted, moved to another person or body, or sent out, while the authorisation it names allows it
_WATCHED = "authorisation_id, member_id, case_id, source, round, sent_at"


def protection_ddl(dialect: str) -> tuple[str, ...]:
    """The statements, safe to repeat, run by the tables' owner: after `create_all` by itself, in a migration by hand.

    The day is counted in China's time, from the instant written into the row. Raises ValueError for an unknown database.
    """
    if dialect == "sqlite":
        return tuple(_sqlite_trigger(event) for event in ("INSERT", "UPDATE"))
    if dialect == "postgresql":
        return (_POSTGRESQL_FUNCTION, *_postgresql_triggers())
    msg = f"no protection of checks is known for {dialect}"
    raise ValueError(msg)


def _sqlite_trigger(event: str) -> str:
    moment = "NEW.requested_at" if event == "INSERT" else "COALESCE(NEW.sent_at, NEW.requested_at)"
    timing = "INSERT" if event == "INSERT" else f"UPDATE OF {_WATCHED}"
    changed = "" if event == "INSERT" else _changed("IS NOT")
    day = f"date({moment}, '+8 hours')"
    # every part of the statement is written in this file
    return (
        f"CREATE TRIGGER IF NOT EXISTS verification_requests_covered_{event.lower()} BEFORE {timing} "  # noqa: S608
        f"ON verification_requests {changed} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}') WHERE NOT EXISTS ("
        "SELECT 1 FROM authorisations a WHERE a.id = NEW.authorisation_id AND a.case_id = NEW.case_id "
        "AND a.member_id = NEW.member_id AND a.signed_at IS NOT NULL AND a.revoked_at IS NULL "
        f"AND a.valid_from <= {day} AND a.valid_to >= {day} AND (a.ended_on IS NULL OR a.ended_on > {day}) "
        "AND EXISTS (SELECT 1 FROM json_each(a.sources_ticked) t WHERE t.value = NEW.source)); END"
    )


def _changed(differs: str) -> str:
    columns = [name for name in _WATCHED.split(", ") if name != "sent_at"]
    moved = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)
    return f"WHEN ({moved} OR (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL))"


_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_uncovered_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked_on date := (COALESCE(NEW.sent_at, NEW.requested_at) AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM authorisations a WHERE a.id = NEW.authorisation_id AND a.case_id = NEW.case_id
      AND a.member_id = NEW.member_id AND a.signed_at IS NOT NULL AND a.revoked_at IS NULL
      AND a.valid_from <= asked_on AND a.valid_to >= asked_on AND (a.ended_on IS NULL OR a.ended_on > asked_on)
      AND jsonb_exists(a.sources_ticked, NEW.source::text)) THEN
    RAISE EXCEPTION '{_REFUSAL}';
  END IF;
  RETURN NEW;
END $$
"""  # noqa: S608


def _postgresql_triggers() -> tuple[str, ...]:
    name, act = "verification_requests_covered", "EXECUTE FUNCTION refuse_uncovered_check()"
    changed = _changed("IS DISTINCT FROM")
    return (
        f"DROP TRIGGER IF EXISTS {name}_insert ON verification_requests",
        f"CREATE TRIGGER {name}_insert BEFORE INSERT ON verification_requests FOR EACH ROW {act}",
        f"DROP TRIGGER IF EXISTS {name}_update ON verification_requests",
        f"CREATE TRIGGER {name}_update BEFORE UPDATE OF {_WATCHED} ON verification_requests FOR EACH ROW {changed} {act}",
    )
