"""The plain peer of the household list: FastAPI, SQLAlchemy entities, Jinja2, as a good team would write it today.

What it has: a sign-in behind a signed cookie, looked up in the database with its account and grants on every request and
checked for the permission; entities of the county by keyset, 50 and one more; places and counters in one query each; a
compiled, autoescaped template with gettext in two languages, that shows what our page shows: the place, search, account menu,
menu of the same pages, figures, filter, table, ways to the neighbouring pages (peer_page.html).
What it leaves out, which favours it: scopes and row-level security (it connects as the owner), request logs and metrics, a
content policy with nonces, packs, several places of work, who is in a group alone.
"""

# FastAPI reads the annotations of views when they are made: no `from __future__ import annotations` here
import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.middleware.sessions import SessionMiddleware

from core.access import ROLE_PERMISSIONS, Permission
from core.accounts.models import LoginSession, RoleGrant, StaffAccount
from core.cases.models import Task, TaskState
from core.households.models import Household, LowIncomeCategory
from core.notices.models import Objection, ObjectionState
from core.regions.codes import path_codes
from core.regions.models import Region, RegionCounter
from core.web.messages import load_messages

PAGE = 50
IDLE = timedelta(minutes=30)


def make(url: str, translations: list[Path]) -> FastAPI:
    """The application over an engine of its own."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    site = FastAPI(openapi_url=None)
    site.add_middleware(SessionMiddleware, secret_key="a key of the benchmark")
    new_session = sessionmaker(engine, expire_on_commit=False)
    texts = load_messages(translations)
    templates = Jinja2Templates(env=_environment(texts))

    def database() -> Iterator[Session]:
        with new_session() as session:
            yield session

    Database = Annotated[Session, Depends(database)]  # noqa: N806  (it stands where a type stands)

    def officer(request: Request, session: Database) -> tuple[StaffAccount, list[RoleGrant]]:
        digest = hashlib.sha256(request.session.get("token", "").encode()).digest()
        login = session.scalar(select(LoginSession).where(LoginSession.token_digest == digest))
        now = datetime.now(UTC)
        if login is None or login.ended_at is not None or now - login.last_seen_at > IDLE:
            raise HTTPException(401)
        account = session.get(StaffAccount, login.account_id)
        grants = session.scalars(
            select(RoleGrant).where(RoleGrant.account_id == account.id, RoleGrant.revoked_at.is_(None))
        ).all()
        allowed = [each for each in grants if Permission.HOUSEHOLD_READ in ROLE_PERMISSIONS[each.role]]
        if account.disabled_at is not None or not allowed:
            raise HTTPException(403)
        return account, allowed

    @site.get("/staff/households", response_class=HTMLResponse)
    def households(
        request: Request,
        session: Database,
        who: Annotated[tuple[StaffAccount, list[RoleGrant]], Depends(officer)],
        category: str = "",
    ) -> Any:
        account, grants = who
        county = grants[0].region_code
        statement = select(Household).where(Household.county == county)
        if category:
            statement = statement.where(Household.category == category)
        rows = session.scalars(
            statement.order_by(Household.sort.desc(), Household.id.desc()).limit(PAGE + 1)
        ).all()
        codes = {row.region_code for row in rows[:PAGE]} | set(path_codes(county))
        places = {each.code: each for each in session.scalars(select(Region).where(Region.code.in_(codes)))}
        counters = session.scalars(select(RegionCounter).where(RegionCounter.region_code == county))
        held = {each for grant in grants for each in ROLE_PERMISSIONS[grant.role]}
        due = session.scalar(
            select(func.count())
            .select_from(Task)
            .where(Task.county == county, Task.state == TaskState.OPEN, Task.permission.in_(held))
        )
        objections = session.scalar(
            select(func.count())
            .select_from(Objection)
            .where(Objection.county == county, Objection.state == ObjectionState.OPEN)
        )
        request.session.setdefault("csrf_token", secrets.token_urlsafe(32))
        return templates.TemplateResponse(
            request,
            "peer_page.html",
            {
                "account": account,
                "path": [places[code] for code in path_codes(county) if code in places],
                "rows": rows[:PAGE],
                "more": rows[PAGE - 1] if len(rows) > PAGE else None,
                "places": places,
                "counts": {each.name: each.value for each in counters},
                "categories": list(LowIncomeCategory),
                "waiting": {"/staff/": due, "/staff/notices": objections},
                "csrf_token": request.session["csrf_token"],
            },
        )

    return site


def _environment(texts: Any) -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        extensions=["jinja2.ext.i18n"],
    )
    chosen = texts["zh_CN"]
    made.install_gettext_callables(chosen.gettext, chosen.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def cookie_for(token: str) -> str:
    """The cookie that Starlette's session middleware reads, holding a sign-in made by the product."""
    import json
    from base64 import b64encode

    from itsdangerous import TimestampSigner

    data = b64encode(json.dumps({"token": token}).encode())
    return "session=" + TimestampSigner("a key of the benchmark").sign(data).decode()
