"""An accepted family of the made-up town and a visit to it, filled in as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from core.cases.application import Application
from core.cases.changes import accept_application
from core.cases.models import Case
from core.cases.procedure import procedure_for
from core.cases.submission import prepare, submit_application
from core.forms import QuestionKind
from core.regions.queries import children
from core.scopes import Region
from core.testing.town import TOWNSHIP, catalogue, enablings, family_of_four, law_book
from core.visits.models import Visit
from tests.admin.walking_in import fields_of, photo


def village_of(site, township=TOWNSHIP):
    with site.session() as session:
        return children(session, township)[0].code


def procedure_at(site, session, region):
    return procedure_for(
        session,
        catalogue(),
        law_book(),
        scheme="dibao",
        region_code=region,
        day=site.at.date(),
        enablings=enablings(),
    )


def accepted(site, clerk, *, village="", application: Application | None = None, local_duty=False):
    """A case that the clerk accepted."""
    region = village or village_of(site)
    wanted = application or replace(
        family_of_four(village=region), sensitive_answers={"address": "永兴镇流河渡村岩脚组12号"}
    )
    with site.session(Region(clerk.node), clerk, writes=True) as session:
        procedure = procedure_at(site, session, region)
        prepared = prepare(site.home.vault, wanted, now=site.at, today=site.at.date())
        case = submit_application(session, clerk, prepared, procedure, now=site.at)
        accept_application(session, clerk, case, procedure, now=site.at, local_duty=local_duty)
        session.commit()
        return case.id


def state_of(site, case_id):
    with site.session() as session:
        return session.get(Case, case_id).state


@dataclass
class VisitPage:
    """The open form of one worker."""

    browser: object
    case_id: object
    text: str = ""

    def __post_init__(self):
        self.url = f"/staff/cases/{self.case_id}/visit"
        self.read()

    def read(self):
        answer = self.browser.get(self.url)
        assert answer.status_code == 200, answer.text
        self.text = answer.text
        return self

    @property
    def fields(self):
        return fields_of(self.text, "visit-form")

    def press(self, what, typed=None, without=()):
        sent = {**self.fields, **(typed or {}), "do": what}
        for name in without:
            sent.pop(name, None)
        answer = self.browser.post(self.url, sent, content_type="multipart/form-data")
        # a large request lies in a temporary file, which the test client leaves open
        answer.request.environ["wsgi.input"].close()
        if answer.status_code == 303 and answer.headers["Location"].partition("#")[0] == self.url:
            self.read()
        elif answer.status_code != 303:
            self.text = answer.text
        return answer


def visit_answers(form, colleague):
    """Every question of a form answered plainly, as typed."""
    typed = {"colleague": str(colleague.account_id)}
    for question in form.questions:
        if not question.asked or question.shown_if is not None:
            continue
        name = question.name
        match question.kind:
            case QuestionKind.YES_NO:
                typed[name] = "true"
            case QuestionKind.CHOICE | QuestionKind.CHOICES:
                typed[name] = question.choices[0].code
            case QuestionKind.WHOLE_NUMBER:
                typed[name] = "4"
            case QuestionKind.DATE:
                typed[name] = "2026-11-16"
            case QuestionKind.PHOTO:
                typed[name] = photo(name=f"{name}.png")
            case QuestionKind.SIGNATURE:
                typed[f"{name}-declined"] = "不会写字，按了手印在纸上"
            case QuestionKind.LOCATION:
                typed |= {
                    f"{name}-latitude": "27.76",
                    f"{name}-longitude": "107.48",
                    f"{name}-accuracy": "18",
                    f"{name}-fixed_at": "2026-11-16T02:20:00+00:00",
                    f"{name}-confirmed": "true",
                }
            case _:
                typed[name] = "都看过"
    return typed


def answers_for(answers, questions, **more):
    """Add the answers of questions that depend on another."""
    return answers | dict.fromkeys(questions, "都看过") | more


def visits_in(site):
    with site.session() as session:
        return session.scalars(select(Visit).order_by(Visit.id)).all()


def all_of(site, model, *where):
    with site.session() as session:
        return session.scalars(select(model).where(*where)).all()
