"""What an application in the making holds: fields by path, the rows' keys, and how two devices' changes are joined.

The path of a case-wide answer is its question ("address"); the path of a row's answer names the kind of rows, the row's
own key and the question ("incomes/3fa1c0/amount"). Keys stay when rows are added or removed, so an income keeps its
member; a question that points at a member is stored as that member's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from core.errors import Conflict
from core.forms import MEMBER_ROWS, Answers, FormDeclaration, Per
from core.translations import N_

KEPT_FORMER = 8
_IDENTITY = frozenset({"name", "id_number"})


def new_row_key() -> str:
    """A key for a row that is about to be added."""
    return token_hex(4)


@dataclass(slots=True)
class DraftState:
    """Everything the wizard keeps, as sealed. `rows`: keys of each kind's rows in their order.

    `former`: path → [[revision that replaced it, value before, the page that did], …], oldest first. `removed`: row path → revision.
    `signature`: the applicant's authorisation as signed in the wizard: {"sources", "signed_at" (ISO), "document_id",
    "as_guardian" (member keys), "text_version"}. `device` names the browser that saved last; `reached` the pages seen.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    former: dict[str, list[list[Any]]] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    signature: dict[str, Any] | None = None
    device: str = ""
    reached: list[str] = field(default_factory=list)

    def row(self, kind: str, key: str) -> Answers:
        """The answers of one row by question."""
        prefix = f"{kind}/{key}/"
        return {path[len(prefix) :]: value for path, value in self.fields.items() if path.startswith(prefix)}

    def value_at(self, path: str, revision: int) -> Any:
        """What a page made from `revision` showed there."""
        for replaced, value, _page in self.former.get(path, ()):
            if replaced > revision:
                return value
        return self.fields.get(path)

    def changed_elsewhere(self, path: str, revision: int, page: str) -> bool:
        """Whether another opened page than `page` changed the field after `revision`."""
        entries = self.former.get(path, ())
        return any(replaced > revision and (not page or by != page) for replaced, _value, by in entries)


@dataclass(frozen=True, slots=True)
class Save:
    """What one page sends. `values`: path → value (None clears); `seen`: the revision the page was made from.

    `removed`: paths of rows to take out ("incomes/3fa1c0"). `step`: the page to come back to. `device`: which browser.
    `page`: a mark of this one opened page, so that what it saved by itself does not clash with its own button.
    """

    values: Mapping[str, Any]
    seen: int
    removed: Sequence[str] = ()
    step: str = ""
    device: str = ""
    page: str = ""


class DraftConflict(Conflict):
    """Another device changed the same fields since the page was made; nothing was saved.

    `theirs`: path → stored value of each field both changed. `merged`: what the page should show now: the reader's own
    words where both changed, the stored value wherever she had changed nothing. `revision`: the one just compared with.
    """

    def __init__(self, message: str, theirs: dict[str, Any], merged: dict[str, Any], revision: int) -> None:
        super().__init__(message, theirs=dict(theirs))
        self.merged = merged
        self.revision = revision


# --- merging ----------------------------------------------------------------------------------------------------


def merge(state: DraftState, save: Save, revision: int) -> dict[str, Any]:
    """The fields to write; raises DraftConflict where both sides changed the same one. `revision`: the stored one."""
    changed: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for path, mine in save.values.items():
        stored, base = state.fields.get(path), state.value_at(path, save.seen)
        merged[path] = mine
        gone = state.removed.get(path.rpartition("/")[0], 0) > save.seen
        if gone:
            theirs[path] = None
        elif mine == stored:
            continue
        elif stored == base or not state.changed_elsewhere(path, save.seen, save.page):
            changed[path] = mine
        elif mine == base:
            merged[path] = stored
        else:
            theirs[path] = stored
    if theirs:
        raise DraftConflict(
            N_("您在别的手机或电脑上改过这一页。两边不一样的都标出来了，请看看留哪一个，再保存。"),
            theirs,
            merged,
            revision,
        )
    return changed


def put(state: DraftState, path: str, value: Any, revision: int, page: str = "") -> None:
    """Write one field, keeping what stood there; a row that is new is added at the end."""
    former = state.former.setdefault(path, [])
    former.append([revision, state.fields.get(path), page])
    del former[:-KEPT_FORMER]
    if value is None:
        state.fields.pop(path, None)
    else:
        state.fields[path] = value
    kind, _, rest = path.partition("/")
    key = rest.partition("/")[0]
    if rest and key not in state.rows.setdefault(kind, []):
        state.rows[kind].append(key)
        state.removed.pop(f"{kind}/{key}", None)


def take_out(state: DraftState, row_path: str, revision: int) -> None:
    """Remove a row with all its fields."""
    kind, _, key = row_path.partition("/")
    if key not in state.rows.get(kind, ()):
        return
    state.rows[kind].remove(key)
    state.removed[row_path] = revision
    for path in [each for each in state.fields if each.startswith(f"{row_path}/")]:
        del state.fields[path]
        state.former.pop(path, None)


def check_signature(state: DraftState, touched: Sequence[str]) -> None:
    """A signature stands for who signed and for whom: another name or number, and it must be given again."""
    if state.signature is None or not touched:
        return
    members = state.rows.get(Per.MEMBER.rows, [])
    for path in touched:
        kind, _, rest = path.partition("/")
        key, _, question = rest.partition("/")
        if kind != Per.MEMBER.rows or (question and question not in _IDENTITY):
            continue
        if not members or key == members[0]:
            state.signature = None
            return
        state.signature["as_guardian"] = [
            each for each in state.signature.get("as_guardian", ()) if each != key
        ]


# --- answers and fields -----------------------------------------------------------------------------------------


def answers_of(state: DraftState, form: FormDeclaration) -> Answers:
    """The fields as an answer set of `form`; a pointer at a member who is gone is left out."""
    members = state.rows.get(Per.MEMBER.rows, [])
    answers: Answers = {}
    for section in form.sections:
        names = [question.name for question in section.questions]
        pointing = {question.name for question in section.questions if question.choices_from == MEMBER_ROWS}
        if not section.per.rows:
            known = {name: state.fields[name] for name in names if name in state.fields}
            answers |= _numbered(known, pointing, members)
            continue
        keys = state.rows.get(section.per.rows, [])
        rows = answers.setdefault(section.per.rows, [{} for _ in keys])
        for row, key in zip(rows, keys, strict=True):
            given = state.row(section.per.rows, key)
            known = {name: given[name] for name in names if name in given}
            row.update(_numbered(known, pointing, members))
    return answers


def _numbered(known: Answers, pointing: set[str], members: Sequence[str]) -> Answers:
    return {
        name: str(members.index(value)) if name in pointing else value
        for name, value in known.items()
        if name not in pointing or value in members
    }


def state_from(form: FormDeclaration, answers: Mapping[str, Any]) -> DraftState:
    """A fresh state from an answer set (known data, an earlier application): rows get keys, numbers become keys."""
    state = DraftState()
    for per in Per:
        if per.rows and answers.get(per.rows):
            state.rows[per.rows] = [new_row_key() for _ in answers[per.rows]]
    members = state.rows.get(Per.MEMBER.rows, [])
    for section in form.sections:
        rows = section.per.rows
        given = [answers] if not rows else list(answers.get(rows) or ())
        prefixes = [""] if not rows else [f"{rows}/{key}/" for key in state.rows.get(rows, ())]
        for prefix, row in zip(prefixes, given, strict=True):
            for question in section.questions:
                if question.name in row:
                    value = row[question.name]
                    if question.choices_from == MEMBER_ROWS:
                        value = members[int(value)] if int(value) < len(members) else None
                    if value is not None:
                        state.fields[prefix + question.name] = value
    return state
