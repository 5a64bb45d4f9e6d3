"""An OpenID Connect provider as a site sets it up: discovery, the code flow with PKCE, the checked ID token."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.api import N_, Problem

SECONDS = 10
ALGORITHMS = ["RS256", "PS256", "ES256"]
# clocks of two houses may differ a little
LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Provider:
    """What the site says of its provider. `id_claim`: the claim that holds a checked ID number, empty for none."""

    issuer: str
    client_id: str
    client_secret: str
    id_claim: str

    @property
    def ready(self) -> bool:
        return bool(self.issuer and self.client_id)


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in on its way; kept in the signed cookie until the visitor comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for."""

    subject: str
    name: str
    id_number: str
    phone: str


def configured(environment: Mapping[str, str] | None = None) -> Provider:
    """The provider of this site, from `DOUDI_OIDC_…`."""
    given = os.environ if environment is None else environment
    return Provider(
        issuer=given.get("DOUDI_OIDC_ISSUER", "").rstrip("/"),
        client_id=given.get("DOUDI_OIDC_CLIENT_ID", ""),
        client_secret=given.get("DOUDI_OIDC_CLIENT_SECRET", ""),
        id_claim=given.get("DOUDI_OIDC_ID_CLAIM", ""),
    )


def start(provider: Provider, back: str) -> Started:
    """Where to send the visitor, who comes back to `back`. Raises Problem when the provider cannot be reached."""
    verifier, nonce = generate_token(64), generate_token(24)
    with _client(provider, back) as client:
        url, state = client.create_authorization_url(
            _metadata(provider)["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    return Started(url, state, nonce, verifier)


def finish(provider: Provider, back: str, code: str, started: Mapping[str, str]) -> Vouched:
    """Exchange the code and check the ID token: signature, issuer, audience, time, nonce.

    Raises:
        Problem: the provider cannot be reached, or what it says does not hold; no claim is repeated.
    """
    metadata = _metadata(provider)
    try:
        with _client(provider, back) as client:
            token = client.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=started["verifier"], timeout=SECONDS
            )
        keys = KeySet.import_key_set(_get(metadata["jwks_uri"]))
        claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": started["nonce"]},
        ).validate(claims)
    except (requests.RequestException, OAuthError, JoseError, KeyError, ValueError) as error:
        raise _failed() from error
    return Vouched(
        subject=str(claims["sub"]),
        name=str(claims.get("name", ""))[:60],
        id_number=str(claims.get(provider.id_claim, "")) if provider.id_claim else "",
        phone=str(claims.get("phone_number", "")) if claims.get("phone_number_verified") is True else "",
    )


def _client(provider: Provider, back: str) -> Any:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret or None,
        scope="openid profile phone",
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
    )


def _metadata(provider: Provider) -> dict[str, Any]:
    try:
        found: dict[str, Any] = _get(f"{provider.issuer}/.well-known/openid-configuration")
    except (requests.RequestException, ValueError) as error:
        raise _failed() from error
    if found.get("issuer", "").rstrip("/") != provider.issuer:
        raise _failed()
    return found


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=SECONDS)
    answer.raise_for_status()
    return answer.json()


def _failed() -> Problem:
    return Problem(N_("没有登录成：对方没有确认您的身份。请再试一次，或者用手机验证码登录。"))
