"""Who may do what, and where: permissions, the roles that hold them, grants in a region, and the actor."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import NotAllowed
from core.translations import N_

NATION = "000000000000"


class Permission(StrEnum):
    """One act on one kind of thing, written `thing:act`."""

    # an Enum hashes its name in Python, each time; sets of them are asked at every link of a page
    __hash__ = str.__hash__

    WORKLIST_READ = "worklist:read"
    HOUSEHOLD_READ = "household:read"
    HOUSEHOLD_TRANSFER = "household:transfer"
    PERSON_SEARCH = "person:search"
    PERSON_REVEAL = "person:reveal"
    CASE_READ = "case:read"
    CASE_INTAKE = "case:intake"
    CASE_ACCEPT = "case:accept"
    CASE_ASSIGN = "case:assign"
    CASE_PAUSE = "case:pause"
    DOCUMENT_READ = "document:read"
    LETTER_READ = "letter:read"
    LETTER_SEND = "letter:send"
    AUTHORISATION_READ = "authorisation:read"
    AUTHORISATION_SCAN = "authorisation:scan"
    VERIFICATION_REQUEST = "verification:request"
    VERIFICATION_RECORD = "verification:record"
    VISIT_READ = "visit:read"
    VISIT_RECORD = "visit:record"
    OPINION_SIGN = "opinion:sign"
    NOTICE_READ = "notice:read"
    NOTICE_PUBLISH = "notice:publish"
    OBJECTION_HANDLE = "objection:handle"
    CONFIRMATION_SIGN = "confirmation:sign"
    DELEGATED_CONFIRMATION_SIGN = "delegated-confirmation:sign"
    STANDARD_READ = "standard:read"
    STANDARD_ENTER = "standard:enter"
    CALENDAR_ENTER = "calendar:enter"
    OFFICE_EDIT = "office:edit"
    REGION_EDIT = "region:edit"
    PACK_MANAGE = "pack:manage"
    STAFF_READ = "staff:read"
    STAFF_CREATE = "staff:create"
    ROLE_GRANT = "role:grant"
    STAFF_LOCK = "staff:lock"
    AUDIT_READ = "audit:read"


class Role(StrEnum):
    """The roles of R2-28 and the three separated administrators of GB/T 22239 (8.1.4)."""

    __hash__ = str.__hash__

    VILLAGE_ASSISTANT = "village_assistant"
    CONTRACT_WORKER = "contract_worker"
    TOWNSHIP_CLERK = "township_clerk"
    TOWNSHIP_REVIEWER = "township_reviewer"
    TOWNSHIP_CONFIRMER = "township_confirmer"
    COUNTY_OFFICER = "county_officer"
    COUNTY_CONFIRMER = "county_confirmer"
    CITY_SUPERVISOR = "city_supervisor"
    PROVINCE_SUPERVISOR = "province_supervisor"
    DEPARTMENT_OFFICER = "department_officer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


P = Permission
_READ_CASE = {P.CASE_READ, P.DOCUMENT_READ, P.LETTER_READ, P.AUTHORISATION_READ, P.VISIT_READ, P.NOTICE_READ}
# a city or province, too, announces standards for all below it (R2-04, R2-28)
_SUPERVISOR = frozenset({P.WORKLIST_READ, P.STANDARD_READ, P.STANDARD_ENTER, P.NOTICE_READ})
_DESK = _READ_CASE | {P.WORKLIST_READ, P.HOUSEHOLD_READ, P.PERSON_SEARCH, P.STANDARD_READ}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VILLAGE_ASSISTANT: frozenset(
        {
            P.WORKLIST_READ,
            P.CASE_READ,
            P.VISIT_READ,
            P.VISIT_RECORD,
            P.CASE_INTAKE,
        }
    ),
    Role.CONTRACT_WORKER: frozenset({P.WORKLIST_READ, P.VISIT_READ, P.VISIT_RECORD}),
    Role.TOWNSHIP_CLERK: frozenset(
        _DESK
        | {
            P.PERSON_REVEAL,
            P.HOUSEHOLD_TRANSFER,
            P.CASE_INTAKE,
            P.CASE_ACCEPT,
            P.CASE_PAUSE,
            P.LETTER_SEND,
            P.AUTHORISATION_SCAN,
            P.VERIFICATION_REQUEST,
            P.VISIT_RECORD,
            P.NOTICE_PUBLISH,
            P.OBJECTION_HANDLE,
        }
    ),
    Role.TOWNSHIP_REVIEWER: frozenset(
        _DESK | {P.PERSON_REVEAL, P.CASE_ASSIGN, P.CASE_PAUSE, P.OPINION_SIGN, P.VISIT_RECORD}
    ),
    Role.TOWNSHIP_CONFIRMER: frozenset(
        _DESK | {P.PERSON_REVEAL, P.DELEGATED_CONFIRMATION_SIGN, P.LETTER_SEND}
    ),
    Role.COUNTY_OFFICER: frozenset(
        _DESK
        | {
            P.PERSON_REVEAL,
            P.CASE_ASSIGN,
            P.VERIFICATION_RECORD,
            P.VISIT_RECORD,
            P.CASE_PAUSE,
            P.LETTER_SEND,
            P.OBJECTION_HANDLE,
            P.STANDARD_ENTER,
            P.OFFICE_EDIT,
        }
    ),
    Role.COUNTY_CONFIRMER: frozenset(
        _DESK | {P.PERSON_REVEAL, P.CONFIRMATION_SIGN, P.LETTER_SEND, P.CASE_PAUSE}
    ),
    Role.CITY_SUPERVISOR: _SUPERVISOR,
    Role.PROVINCE_SUPERVISOR: _SUPERVISOR,
    Role.DEPARTMENT_OFFICER: frozenset({P.WORKLIST_READ, P.VERIFICATION_RECORD}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            P.STAFF_READ,
            P.STAFF_CREATE,
            P.PACK_MANAGE,
            P.REGION_EDIT,
            P.CALENDAR_ENTER,
            P.OFFICE_EDIT,
            P.STANDARD_READ,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset({P.STAFF_READ, P.ROLE_GRANT, P.STAFF_LOCK}),
    Role.AUDIT_ADMINISTRATOR: frozenset({P.AUDIT_READ}),
}

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
# these work on what was handed over to them by name, not on a place
WORK_BY_ASSIGNMENT = frozenset({Role.CONTRACT_WORKER, Role.DEPARTMENT_OFFICER})
# who must carry a second factor outside demo installations (issue: confirmers and administrators)
SECOND_FACTOR_ROLES = ADMINISTRATORS | {Role.TOWNSHIP_CONFIRMER, Role.COUNTY_CONFIRMER}
# roles that one person may not hold together: administrators are separated, and who signs does not confirm
INCOMPATIBLE_ROLES: tuple[frozenset[Role], ...] = (
    *(
        frozenset({administrator, other})
        for administrator in sorted(ADMINISTRATORS)
        for other in Role
        if other is not administrator
    ),
    frozenset({Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_CONFIRMER}),
)


def region_contains(ancestor: str, code: str) -> bool:
    """Whether region `code` (12 digits) is `ancestor` or lies below it."""
    for digits in (0, 2, 4, 6, 9):
        if ancestor[digits:].strip("0") == "":
            return code.startswith(ancestor[:digits])
    return code == ancestor


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in one region node (12-digit code) and all below it."""

    role: Role
    region_code: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a staff account at work in one region node, a resident account, a signer by link, or a named job.

    `kind` is "staff", "resident", "link", "job" or "nobody"; `name` is shown in histories (never a resident's in audit).
    """

    kind: str
    account_id: uuid.UUID | None = None
    name: str = ""
    node: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)

    def roles_at(self, node: str) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants if region_contains(grant.region_code, node))

    def permissions_at(self, node: str) -> frozenset[Permission]:
        """Everything her roles let her do in `node`; nothing where that is no place."""
        roles = self.roles_at(node) if node else ()
        return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))

    def may(self, permission: Permission, node: str | None = None) -> bool:
        """Whether a grant that covers `node` (default: the node at work in) holds `permission`."""
        where = node or self.node
        return bool(where) and any(permission in ROLE_PERMISSIONS[role] for role in self.roles_at(where))

    def require(self, permission: Permission, node: str | None = None) -> None:
        """Raise NotAllowed unless `may`; a job may do what its code does."""
        if self.kind != "job" and not self.may(permission, node):
            raise NotAllowed(N_("您的角色不办理这一项。需要办理的，请联系本单位的安全管理员。"))


NOBODY = Actor(kind="nobody")


def job_actor(name: str) -> Actor:
    """The actor of a named background job or command; audited under that name."""
    return Actor(kind="job", name=name)


def incompatible(roles: Iterable[Role]) -> frozenset[Role] | None:
    """The first pair of `roles` that one person may not hold together, or None."""
    held = frozenset(roles)
    return next((pair for pair in INCOMPATIBLE_ROLES if pair <= held), None)
