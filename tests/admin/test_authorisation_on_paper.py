"""Signing at the window and on paper where no link is sent: who shares a phone, and who signs for an adult."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import select

from core.access import Role
from core.authorisations.models import Authorisation, SignerRole, SigningLevel
from core.documents.models import Document, DocumentKind
from core.testing import authorising
from core.testing.authorising import APPLICANT, BODIES, FAMILY, MOTHER, SPOUSE, submit_and_ask
from core.testing.town import TOWNSHIP, Town

pytestmark = pytest.mark.row("R2-17", "R1-14")


def photo(colour="white"):
    buffer = io.BytesIO()
    Image.new("RGB", (80, 100), colour).save(buffer, "JPEG")
    buffer.seek(0)
    return buffer, "纸.jpg"


@pytest.fixture
def asked(site, monkeypatch):
    changed = {SPOUSE: {"phone": FAMILY[APPLICANT].phone}, MOTHER: {"guardian": APPLICANT}}
    family = tuple(replace(each, **changed.get(at, {})) for at, each in enumerate(FAMILY))
    monkeypatch.setattr(authorising, "FAMILY", family)
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town)
    town.close()
    return asked


@pytest.fixture
def clerk(site):
    return site.staff("banli-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


def row_of(site, asked, position):
    with site.session() as session:
        return session.get(Authorisation, asked.ids[position])


def scan(clerk, asked, position, **more):
    url = f"/staff/cases/{asked.case_id}/authorisations/{asked.ids[position]}/scan"
    clerk.get(url)
    data = {
        "level": "window",
        "sources": list(BODIES),
        "signed_on": "2026-11-16",
        "agreed": "true",
        "paper": photo(),
        **more,
    }
    return clerk.post(url, data, content_type="multipart/form-data")


def test_the_list_says_why_no_link_is_sent_and_offers_none(clerk, asked, words):
    page = clerk.get(f"/staff/cases/{asked.case_id}/authorisations")
    said = words(page)
    # the husband, and the child he signs for; the applicant signs on her own page, whoever else has her phone
    assert said.count("手机和家里别人合用") == 2
    assert "看监护关系证明" in said
    for position in (SPOUSE, MOTHER):
        assert f"{asked.ids[position]}/link" not in page.text
        assert f"{asked.ids[position]}/scan" in page.text
        refused = clerk.post(f"/staff/cases/{asked.case_id}/authorisations/{asked.ids[position]}/link")
        assert refused.status_code == 409


@pytest.mark.parametrize("level", ["window", "paper"])
def test_who_shares_a_phone_signs_at_the_window_or_on_paper(site, clerk, asked, level):
    assert scan(clerk, asked, SPOUSE, level=level).status_code == 303
    assert row_of(site, asked, SPOUSE).level is SigningLevel(level)


def test_a_guardian_of_an_adult_is_recorded_with_the_proof_and_not_without(site, clerk, asked, words):
    refused = scan(clerk, asked, MOTHER, who="guardian")
    assert refused.status_code == 422
    assert "还要监护关系证明" in words(refused)
    assert row_of(site, asked, MOTHER).signed_at is None
    assert scan(clerk, asked, MOTHER, who="guardian", guardianship=photo("grey")).status_code == 303
    row = row_of(site, asked, MOTHER)
    assert (row.role, row.level) == (SignerRole.GUARDIAN, SigningLevel.WINDOW)
    with site.session() as session:
        proof = session.get(Document, row.guardianship_document_id)
        assert (proof.kind, proof.member_id) == (DocumentKind.GUARDIANSHIP, row.member_id)
        assert proof.authorisation_id is None


def test_the_proof_in_the_file_is_not_asked_for_a_second_time(site, clerk, asked, words):
    scan(clerk, asked, MOTHER, who="guardian", guardianship=photo("grey"))
    here = f"/staff/cases/{asked.case_id}/authorisations/{asked.ids[MOTHER]}"
    clerk.get(f"{here}/withdraw")
    clerk.post(f"{here}/withdraw", {"reason": "监护人来说的"})
    clerk.post(f"{here}/again")
    with site.session() as session:
        again = session.scalars(select(Authorisation).where(Authorisation.round == 2)).one()
    asked.ids[MOTHER] = again.id
    url = f"/staff/cases/{asked.case_id}/authorisations/{again.id}/scan"
    assert "不用再交" in words(clerk.get(url))
    assert scan(clerk, asked, MOTHER, who="guardian").status_code == 303
    assert row_of(site, asked, MOTHER).guardianship_document_id is not None


def test_an_adult_named_a_ward_by_mistake_signs_herself_on_her_own_paper(site, clerk, asked, words):
    here = f"/staff/cases/{asked.case_id}/authorisations/{asked.ids[MOTHER]}"
    assert "监护人签名" in words(clerk.get(f"{here}/paper"))
    own = words(clerk.get(f"{here}/paper?herself=1"))
    assert "监护人" not in own
    assert "本人签名" in own
    assert scan(clerk, asked, MOTHER, who="herself", level="paper").status_code == 303
    row = row_of(site, asked, MOTHER)
    assert (row.role, row.guardianship_document_id) == (SignerRole.SELF, None)


def test_who_signed_must_be_said_for_an_adult(site, clerk, asked):
    assert scan(clerk, asked, MOTHER, guardianship=photo("grey")).status_code == 422
    assert scan(clerk, asked, MOTHER, who="neighbour").status_code == 422
    assert row_of(site, asked, MOTHER).signed_at is None


def test_a_crafted_herself_does_not_change_who_signs_for_a_child(site, clerk, asked):
    assert scan(clerk, asked, authorising.CHILD, who="herself").status_code == 303
    assert row_of(site, asked, authorising.CHILD).role is SignerRole.GUARDIAN
