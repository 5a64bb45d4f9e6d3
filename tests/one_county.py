"""A county with real work in it for the walk: cases at several stages, a resident's own, drafts, an import, a link."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from commands.demo_cases import DemoCase, DemoTown, Stage
from commands.demo_families import FamilyMaker
from commands.demo_offices import DEMO_PLACES
from commands.demo_plan import SEED
from core.access import Actor, Role
from core.accounts.assignments import VISIT, assign
from core.accounts.models import LoginSession, ResidentAccount, RoleGrant
from core.accounts.person_links import check_at_window, verified_phones
from core.authorisations.links import token_of
from core.authorisations.models import Authorisation
from core.cases.changes import send_deficiency_letter
from core.cases.data_requests import ask_for_correction
from core.cases.declaration_models import DeclaredMember, StatementLine
from core.cases.draft_state import DraftState, Save
from core.cases.drafts import begin_draft
from core.cases.models import Case
from core.cases.procedure import beijing_day
from core.cases.transfers import Wish, offer_household
from core.cases.window_drafts import begin_window_draft
from core.database import new_id
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.encrypted_files import FileStore
from core.households.models import Household, Person
from core.letters.models import Letter
from core.notices.models import Notice, NoticeLink, PublicRow
from core.packs.changes import enable_pack
from core.regions.queries import children
from core.scopes import Own, Region, region_columns
from core.standards.models import EnteredStandard
from core.testing.authorising import SPOUSE, submit_and_ask
from core.testing.town import COUNTY, TOWNSHIP, Town
from core.verification.models import ResultImport, VerificationRequest
from core.visits.drafts import save_visit_draft
from core.visits.models import Visit, VisitPhoto
from core.workdays import Deadline

STAGES = ((Stage.DECIDED, 34), (Stage.NOTICED, 8), (Stage.CHECKED, 6))
OWNER_PHONE = "19900000001"
CHECKED_PHONE = "19900000055"
PROVINCE = "520000000000"
OTHER_TOWNSHIP = "520328102000"
WRONG = "演示：工资写多了，应该是六千"
OFFICES: dict[str, tuple[Role, str]] = {
    "home-clerk-01": (Role.TOWNSHIP_CLERK, TOWNSHIP),
    "home-clerk-02": (Role.TOWNSHIP_CLERK, TOWNSHIP),
    "home-reviewer": (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    "home-officer": (Role.COUNTY_OFFICER, COUNTY),
    "home-confirmer": (Role.COUNTY_CONFIRMER, COUNTY),
    "home-worker": (Role.CONTRACT_WORKER, TOWNSHIP),
    "home-system": (Role.SYSTEM_ADMINISTRATOR, PROVINCE),
    "home-security": (Role.SECURITY_ADMINISTRATOR, PROVINCE),
}


@dataclass
class OneCounty:
    """The site, browsers of those who work there and of the resident who applied, and what its addresses name.

    `at_stage`: case ids by stage; `ids`: real values by what they name; `secret`: words that only this county's pages hold.
    """

    site: Any
    staff: dict[str, Any]
    resident: Any
    at_stage: dict[Stage, Any]
    ids: dict[str, Any]
    secret: list[str]


def make_county(site: Any) -> OneCounty:
    """Hire the county's staff, take families through the procedure, and let one resident apply by herself."""
    home = site.home
    with site.session(writes=True) as session:
        enable_pack(
            session, session.actor, home.catalogue, "guizhou", PROVINCE, date(2026, 1, 1), now=site.at
        )
        session.commit()
    actors = {name: site.hire(name, role, office=office) for name, (role, office) in OFFICES.items()}
    files = FileStore(home.settings.files_folder, home.vault)
    at_stage = _walk_cases(site, files)
    resident = site.resident(OWNER_PHONE)
    town = Town(home.engine, home.vault, site.at)
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    asked = submit_and_ask(town, account=account)
    town.close()
    _ask_for_papers(town, actors["home-clerk-01"], asked.case_id)
    ids = _ids(site, actors, files, account, asked.case_id, at_stage)
    ids["verified_phone"] = _verified_phone(site, actors["home-clerk-01"], ids["person"])
    browsers = {name: site.sign_in(name) for name in OFFICES}
    with site.session() as session:
        ids["resident_login"] = session.scalars(
            select(LoginSession.id).where(LoginSession.account_id == account)
        ).first()
        ids["staff_login"] = session.scalars(
            select(LoginSession.id).where(LoginSession.account_id == actors["home-reviewer"].account_id)
        ).first()
        ids["standard"] = session.scalars(
            select(EnteredStandard.id).where(EnteredStandard.region_code == COUNTY)
        ).first()
        cases = session.scalars(select(Case)).all()
        secret = [case.number for case in cases] + [
            each.name for each in session.scalars(select(DeclaredMember)) if each.name
        ]
    secret += [WRONG, *(str(each.id) for each in cases)]
    return OneCounty(site, browsers, resident, at_stage, ids, secret)


def _walk_cases(site: Any, files: FileStore) -> dict[Stage, Any]:
    town = DemoTown(site.home.engine, site.home.vault, site.home.catalogue, DEMO_PLACES[0], site.at)
    maker = FamilyMaker(random.Random(SEED), beijing_day(site.at), DEMO_PLACES[0].id_prefix)
    with site.session() as session:
        village = children(session, TOWNSHIP)[0].code
    reached = {}
    for stage, days in STAGES:
        case = DemoCase(town, files, village, site.at - timedelta(days=days, hours=6))
        case.walk(maker, stage)
        reached[stage] = case.case_id
    return reached


def _ask_for_papers(town: Town, clerk: Actor, case_id: Any) -> None:
    session = town.at_work(clerk)
    send_deficiency_letter(
        session, clerk, town.case(session, case_id), ["工资单"], town.procedure(session), now=town.now
    )
    session.commit()
    town.close()


def _ids(
    site: Any,
    actors: dict[str, Any],
    files: FileStore,
    account: Any,
    own_case: Any,
    at_stage: dict[Stage, Any],
) -> dict[str, Any]:
    checked, noticed = at_stage[Stage.CHECKED], at_stage[Stage.NOTICED]
    ids: dict[str, Any] = {"own_case": own_case, "checked_case": checked, "noticed_case": noticed}
    ids["decided_case"] = at_stage[Stage.DECIDED]
    view = site.home.for_region(TOWNSHIP, site.at.date())
    form = view.form(view.scheme("dibao").application_form)
    clerk, owner = actors["home-clerk-01"], Actor("resident", account)
    with site.session(Own(account), owner, writes=True) as session:
        paper = _paper(session, owner, files, Belonging(owner_account_id=account), site.at)
        state = DraftState(fields=_begun(paper), rows={"members": ["aa", "bb"]})
        ids["draft"] = begin_draft(session, owner, "dibao", form, now=site.at, state=state).id
        ids["draft_paper"] = paper
        session.commit()
    with site.session(Region(TOWNSHIP), clerk, writes=True) as session:
        paper = _paper(session, clerk, files, Belonging(region_code=TOWNSHIP), site.at)
        state = DraftState(fields=_begun(paper), rows={"members": ["aa", "bb"]})
        ids["window_draft"] = begin_window_draft(session, clerk, "dibao", form, now=site.at, state=state).id
        ids["window_paper"] = paper
        belonging = Belonging(region_code=TOWNSHIP, case_id=checked)
        ids["case_paper"] = ids["draft_photo"] = _paper(session, clerk, files, belonging, site.at)
        begun = Save({"photo": str(ids["draft_photo"])}, seen=0)
        case = session.get(Case, checked)
        save_visit_draft(session, clerk, case, new_id(), begun, now=site.at)
        procedure = DemoTown(
            site.home.engine, site.home.vault, site.home.catalogue, DEMO_PLACES[0], site.at
        ).procedure(session, TOWNSHIP, site.at)
        ids["correction"] = ask_for_correction(session, owner, case, WRONG, procedure, now=site.at).id
        session.commit()
    with site.session(Region(TOWNSHIP), actors["home-reviewer"], writes=True) as session:
        worker = actors["home-worker"].account_id
        until = site.at.date()
        given = assign(
            session, session.actor, worker, VISIT, until, case_id=checked, region=TOWNSHIP, now=site.at
        )
        ids["assignment"] = given.id
        session.commit()
    ids["transfer"] = _offer_a_household(site, clerk, at_stage[Stage.DECIDED])
    with site.session(writes=True) as session:
        imported = ResultImport(
            **region_columns(COUNTY), id=new_id(), file_name="演示回复.csv", file_hash=bytes(32),
            received_at=site.at, received_by=actors["home-officer"].account_id,
        )  # fmt: skip
        session.add(imported)
        session.flush()
        ids["import"] = imported.id
        asked = session.scalars(
            select(Authorisation).where(Authorisation.case_id == own_case).order_by(Authorisation.position)
        ).all()
        ids["own_authorisation"] = asked[0].id
        ids["waiting_authorisation"] = asked[SPOUSE].id
        ids["token"] = token_of(session, asked[SPOUSE], site.at)
        one = {
            "authorisation": select(Authorisation.id).where(Authorisation.case_id == checked),
            "request": select(VerificationRequest.id).where(VerificationRequest.case_id == checked),
            "line": select(StatementLine.line_key).where(StatementLine.case_id == checked),
            "member": select(DeclaredMember.id).where(DeclaredMember.case_id == checked),
            "person": select(Person.id),
            "household": select(Household.id),
            "letter": select(Letter.id).where(Letter.case_id == at_stage[Stage.DECIDED]),
            "own_letter": select(Letter.id).where(Letter.case_id == own_case),
            "notice": select(Notice.id).where(Notice.case_id == noticed),
            "public_row": select(PublicRow.id)
            .join(NoticeLink, NoticeLink.public_row_id == PublicRow.id)
            .join(Notice, Notice.id == NoticeLink.notice_id)
            .where(Notice.case_id == noticed),
            "visit": select(Visit.id).where(Visit.case_id == noticed),
            "visit_photo": select(VisitPhoto.document_id)
            .join(Visit, Visit.id == VisitPhoto.visit_id)
            .where(Visit.case_id == noticed, VisitPhoto.document_id.is_not(None)),
            "grant": select(RoleGrant.id).where(RoleGrant.account_id == clerk.account_id),
        }
        ids |= {name: session.scalars(statement).first() for name, statement in one.items()}
        session.commit()
    ids["staff_account"], ids["township"] = clerk.account_id, TOWNSHIP
    assert all(ids.values()), ids
    return ids


def _verified_phone(site: Any, clerk: Actor, person: Any) -> Any:
    """The id of a phone that the window verified as one person's, who had just signed in by it."""
    site.resident(CHECKED_PHONE)
    with site.session(writes=True) as session:
        check_at_window(session, clerk, person, CHECKED_PHONE, region=TOWNSHIP, now=site.at)
        session.commit()
        return verified_phones(session, person)[0].id


def _offer_a_household(site: Any, clerk: Actor, decided: Any) -> Any:
    """One office of the county offers a household to another; the id of its own half."""
    with site.session(Region(TOWNSHIP), clerk, writes=True) as session:
        wish = Wish(OTHER_TOWNSHIP, "搬走了", Deadline(beijing_day(site.at)))
        offered = offer_household(session, clerk, session.get(Case, decided).household_id, wish, now=site.at)
        session.commit()
        return offered.id


def _begun(paper: Any) -> dict[str, str]:
    return {
        "region": TOWNSHIP,
        "members/aa/name": "周明",
        "members/bb/name": "杨兰",
        "identity_photo": str(paper),
    }


def _paper(session: Any, actor: Actor, files: FileStore, belonging: Belonging, at: Any) -> Any:
    sheet = BytesIO()
    Image.new("RGB", (60, 80), "white").save(sheet, "JPEG")
    belonging = replace(belonging, about=belonging.about or "walk")
    return store_document(session, actor, files, sheet.getvalue(), DocumentKind.ID_CARD, belonging, now=at).id
