"""The composition root: the only file that knows every part, and makes one application of them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

from flask import Flask

import admin
import portal
from admin.blueprint import blueprint as staff_pages
from core.access import job_actor
from core.catalogue.book import Catalogue
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.installation_mark import read_mark
from core.packs.queries import StoredEnablings
from core.plugin_manager import load_packs
from core.scopes import System
from core.sessions import open_session
from core.settings import Settings
from core.web.access_gate import check_views
from core.web.cookie_keys import cookie_keys
from core.web.demo_clock import DemoClock
from core.web.install import make_app
from core.web.installation import Installation, installation_of
from core.web.messages import translation_folders
from core.web.recounting import declare_recounting
from portal.blueprint import blueprint as portal_pages

ROOT = Path(__file__).resolve().parent


def create_app(settings: Settings) -> Flask:
    """The whole application on the database of `settings`, which must exist and be of this version.

    Whether it is a demo is read from the mark in the database, never from the settings (decision 20).

    Raises:
        KeysUnavailable: the keys cannot be read.
        PackFault: a pack cannot be used.
        SilentView: a view does not say who may enter.
    """
    provider = key_provider(settings.key_provider, settings.keys_folder)
    # values of a failed statement are personal data: they stay out of every message
    engine = make_engine(settings.database_url, hide_parameters=True)
    vault = Vault(provider)
    with open_session(engine, System("start"), job_actor("start"), vault=vault, writes=False) as session:
        mark = read_mark(session)
    home = Installation(
        settings=settings,
        engine=engine,
        catalogue=load_packs(settings),
        vault=vault,
        demo=mark is not None and mark.demo,
        enablings=StoredEnablings(),
    )
    if home.demo:
        home.clock = DemoClock(settings.home / "demo-days-ahead")
    return compose(home, cookie_keys(provider.ring()))


def compose(home: Installation, keys: list[str]) -> Flask:
    """An application of parts already made: tests bring their own engine, clock and sign-ins."""
    for package in (portal, admin):
        import_pages(package)
    packs = home.catalogue.packs.values()
    own = [pack.folder / "translations" for pack in packs if not pack.shipped]
    app = make_app(home, keys, [*translation_folders(ROOT), *own])
    declare_recounting(home)
    app.register_blueprint(portal_pages)
    app.register_blueprint(staff_pages)
    register_pack_pages(app, home.catalogue)
    check_views(app)
    return app


def import_pages(package: ModuleType) -> None:
    """Import every module below `package`, so that its views are on their blueprint."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


def register_pack_pages(app: Flask, catalogue: Catalogue) -> None:
    """Mount the pages of every installed pack below /p/<pack>; the gate answers 404 where it is not enabled."""
    home = installation_of(app)
    for pack in catalogue.packs.values():
        for declared in pack.blueprints:
            app.register_blueprint(declared.blueprint, url_prefix=f"/p/{pack.name}")
            home.packs_of_blueprints[declared.blueprint.name] = (pack.name, declared.region_code)
