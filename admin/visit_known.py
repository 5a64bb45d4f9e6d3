"""What is known before a visit: stored values to set beside the new ones, and the colleagues who may go along."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from admin.addresses import places_below
from core.access import ROLE_PERMISSIONS, Permission, Role
from core.accounts.queries import Post, staff_holding
from core.accounts.role_words import ROLE_WORDS
from core.cases.models import Case
from core.cases.people import sensitive_answers
from core.forms import Answers, FormDeclaration, QuestionKind, is_empty
from core.scopes import Assigned
from core.visits.models import VisitKind
from core.visits.queries import visit_record, visits_of_case
from core.web.request import actor, now, session, system_session
from core.web.texts import gettext

ADDRESSES = frozenset({"actual_address", "registered_address"})
FILES = frozenset({QuestionKind.PHOTO, QuestionKind.DOCUMENT, QuestionKind.SIGNATURE})
# words of one visit say nothing of the next
_NOT_COMPARED = FILES | {QuestionKind.LOCATION, QuestionKind.LONG_TEXT, QuestionKind.DATE}
_WORDS_OF_ONE_VISIT = frozenset({"met", "manner_reason"})


def stored_values(case: Case, form: FormDeclaration) -> Answers:
    """Question → what the last home visit, else the declaration, holds of it."""
    database = session()
    stored: Answers = {"household_size": case.household_size}
    if address := declared_address(case):
        stored |= dict.fromkeys(ADDRESSES, address)
    earlier = [visit for visit in visits_of_case(database, case.id) if visit.kind is VisitKind.HOME]
    if earlier:
        stored |= visit_record(database, earlier[0].id).answers
    comparable = {
        each.name
        for each in form.questions
        if each.kind not in _NOT_COMPARED and each.name not in _WORDS_OF_ONE_VISIT
    }
    return {name: value for name, value in stored.items() if name in comparable and not is_empty(value)}


def declared_address(case: Case) -> str:
    """Where the family says it lives; empty where it said nothing."""
    return str(sensitive_answers(session(), case).get("address") or "")


@dataclass(frozen=True, slots=True)
class Colleague:
    """One who may go along: `label` is the name with the post, so that two people of one name are told apart."""

    account_id: uuid.UUID
    name: str
    label: str


def colleagues_of(case: Case) -> list[Colleague]:
    """Those who may go along: staff who record visits where the case lies."""
    roles = [role for role in Role if Permission.VISIT_RECORD in ROLE_PERMISSIONS[role]]
    database = session()
    if isinstance(database.scope, Assigned):
        # a worker who sees only her own cases still has to name who went with her
        with system_session("visit-colleagues", writes=False) as everywhere:
            found = [
                post
                for code in (case.village, case.township)
                if code
                for post in staff_holding(everywhere, roles, now=now(), region_code=code)
            ]
    else:
        found = staff_holding(database, roles, now=now())
    mine = actor().account_id
    return with_posts([post for post in found if post.account_id != mine])


def with_posts(posts: Sequence[Post]) -> list[Colleague]:
    """One line a person: `石梅（镇经办，永兴镇）`; with the user name where name and post are another's too."""
    places = places_below(post.region_code for post in posts)
    held: dict[uuid.UUID, list[str]] = {}
    people: dict[uuid.UUID, Post] = {}
    for post in posts:
        people.setdefault(post.account_id, post)
        where = gettext(
            "{role} {place}", role=gettext(ROLE_WORDS[post.role]), place=places.get(post.region_code, "")
        )
        held.setdefault(post.account_id, []).append(where.strip())
    labels = {
        account: gettext("{name}（{post}）", name=post.name, post=gettext("、").join(held[account]))
        for account, post in people.items()
    }
    times = Counter(labels.values())
    return [
        Colleague(
            account,
            post.name,
            labels[account] if times[labels[account]] == 1 else f"{labels[account]} {post.username}",
        )
        for account, post in people.items()
    ]
