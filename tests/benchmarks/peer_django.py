"""The stock peer of the household list: Django's own admin, its changelist over the same rows of the same database.

What it has: `django.contrib.admin` as `startproject` installs it (sessions in the database, authentication, CSRF, messages,
cached templates, translations on, DEBUG off); one unmanaged model over `households` with a foreign key to `regions`, which
`list_select_related` joins; the columns of our page, one filter (the five groups), 50 rows a page, sorted as ours, by the index
that serves ours. No method is overridden. The county is asked for as the admin asks: `?county=…`, with its two ordinary counts
(the rows found, for the pages; the rows in all, for "of …"). The second site, KEPT_TO_COUNTY, is the kinder variant, which a team would write
after its first complaints: `get_queryset` narrowed to the county, so that both counts are the county's.
What favours it: connections are kept open, a superuser needs no permission look-up, and on PostgreSQL it connects as the
owner, past row-level security.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import django
from django.apps import AppConfig
from django.conf import settings
from sqlalchemy import URL

from core.households.models import LowIncomeCategory

CHANGELIST = "/admin/register/household/"
KEPT_TO_COUNTY = "/narrow/register/household/"


class Register(AppConfig):
    """The team's own application."""

    name = "tests.benchmarks.peer_django"
    label = "register"
    path = str(Path(__file__).parent)


class Current:
    """Django's router: everything goes to the database that is being measured."""

    alias = "default"

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return Current.alias

    db_for_write = db_for_read


def set_up(databases: dict[str, URL]) -> Any:
    """Configure Django once for these databases and return its WSGI application. Its own tables are made beside ours."""
    settings.configure(
        DEBUG=False,
        SECRET_KEY="a key of the benchmark",
        ALLOWED_HOSTS=["*"],
        LANGUAGE_CODE="zh-hans",
        TIME_ZONE="Asia/Shanghai",
        USE_TZ=True,
        ROOT_URLCONF=_Urls,
        STATIC_URL="static/",
        DATABASE_ROUTERS=[Current()],
        DATABASES={"default": {}} | {name: _database(url) for name, url in databases.items()},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "tests.benchmarks.peer_django.Register",
            *(
                f"django.contrib.{name}"
                for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
            ),
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()
    _register()
    from django.core.wsgi import WSGIHandler

    return WSGIHandler()


class _Urls:
    """Filled once Django is set up; Django reads `urlpatterns` of whatever stands in ROOT_URLCONF."""

    urlpatterns: ClassVar[list[Any]] = []


def _database(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database, "CONN_MAX_AGE": None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.query["host"],
        "CONN_MAX_AGE": None,
        # its counts stay in its own process: the time of helpers would not be seen
        "OPTIONS": {"application_name": "django", "options": "-c max_parallel_workers_per_gather=0"},
    }


def _register() -> None:
    """The model and its admin page, with nothing overridden."""
    from django.contrib import admin
    from django.db import models
    from django.urls import path

    class Region(models.Model):
        code = models.CharField(primary_key=True, max_length=12)
        full_name = models.CharField(max_length=240)

        class Meta:
            app_label = "register"
            managed = False
            db_table = "regions"

        def __str__(self) -> str:
            return self.full_name

    class Household(models.Model):
        id = models.UUIDField(primary_key=True)
        number = models.CharField("户号", max_length=24)
        sort = models.BigIntegerField()
        head_masked = models.CharField("户主", max_length=60)
        size = models.SmallIntegerField("人口")
        region = models.ForeignKey(Region, models.DO_NOTHING, db_column="region_code", verbose_name="住在")
        village_group = models.CharField("组", max_length=60)
        area = models.CharField("城乡", max_length=40, choices=[("rural", "农村"), ("urban", "城市")])
        category = models.CharField(
            "人群", max_length=40, choices=[(each, each) for each in LowIncomeCategory]
        )
        entered_at = models.DateTimeField("建档")
        county = models.CharField(max_length=12)

        class Meta:
            app_label = "register"
            managed = False
            db_table = "households"
            verbose_name = verbose_name_plural = "家庭档案"

        def __str__(self) -> str:
            return self.number

    class HouseholdAdmin(admin.ModelAdmin):
        list_display = (
            "head_masked",
            "number",
            "size",
            "region",
            "village_group",
            "area",
            "category",
            "entered_at",
        )
        list_display_links = ("number",)
        list_select_related = ("region",)
        list_filter = ("category",)
        list_per_page = 50
        ordering = ("-sort", "-id")

    class NarrowAdmin(HouseholdAdmin):
        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).filter(county=request.GET["county"])

    narrow = admin.AdminSite("narrow")
    admin.site.register(Household, HouseholdAdmin)
    narrow.register(Household, NarrowAdmin)
    _Urls.urlpatterns += [path("admin/", admin.site.urls), path("narrow/", narrow.urls)]


def sign_in(name: str) -> str:
    """Make Django's tables and a superuser in the database `name`; the cookie of her session."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    Current.alias = name
    call_command("migrate", database=name, verbosity=0)
    user = get_user_model().objects.db_manager(name).create_superuser("officer", password="Tea-Garden-2026")
    browser = Client()
    browser.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
