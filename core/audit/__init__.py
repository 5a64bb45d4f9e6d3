"""The audit trail: who did or looked at what; append-only, sealed in hash-linked batches (architecture 7)."""

from core.audit.alike import LOOKS, MOST_ACTS, MOST_LOOKS, Alike, acts_on, looks
from core.audit.content import changes_of, without_numbers
from core.audit.protection import protection_ddl
from core.audit.queries import EntryRow, Filter, counts, entries, last_sealed_at, times_shown
from core.audit.records import look, record, trace, truncate_address
from core.audit.sealing import last_anchor, seal
from core.audit.verifying import Fault, verify
from core.audit.words import act_words, known_acts, name_act, name_subject, subject_words

__all__ = [
    "LOOKS",
    "MOST_ACTS",
    "MOST_LOOKS",
    "Alike",
    "EntryRow",
    "Fault",
    "Filter",
    "act_words",
    "acts_on",
    "changes_of",
    "counts",
    "entries",
    "known_acts",
    "last_anchor",
    "last_sealed_at",
    "look",
    "looks",
    "name_act",
    "name_subject",
    "protection_ddl",
    "record",
    "seal",
    "subject_words",
    "times_shown",
    "trace",
    "truncate_address",
    "verify",
    "without_numbers",
]
