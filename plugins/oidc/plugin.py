"""Sign-in of residents through an OpenID Connect provider, for sites that have one (decision 1)."""

from __future__ import annotations

import os
from collections.abc import Sequence

from core.api import N_, Assurance, IdentityProvider, PackBlueprint, PackInfo, hookimpl
from plugins.oidc.pages import pages
from plugins.oidc.provider import configured

NATION = "000000000000"
PACK = PackInfo(
    name="oidc",
    title=N_("统一身份认证（OpenID Connect）"),
    version="1.0",
    summary=N_("让居民用本省的统一身份认证登录；要由运维人员先写好对方的地址和密钥。"),
)


@hookimpl
def register_identity_providers() -> Sequence[IdentityProvider]:
    """One provider, named as the site calls it."""
    return [
        IdentityProvider(
            code="oidc",
            region_code=NATION,
            title=os.environ.get("DOUDI_OIDC_TITLE") or N_("统一身份认证"),
            endpoint="oidc.begin",
            assurance=Assurance.IDENTITY,
            ready=lambda: configured().ready,
        )
    ]


@hookimpl
def register_blueprints() -> Sequence[PackBlueprint]:
    """The way out and the way back."""
    return [PackBlueprint(region_code=NATION, blueprint=pages, label=N_("统一身份认证登录"))]
