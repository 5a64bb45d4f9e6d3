"""Sends short messages through a site's own gateway over HTTP: one JSON post per message."""

from __future__ import annotations

import os

import requests

from core.api import N_, MessageChannel, OutgoingMessage, Problem

URL_VARIABLE = "DOUDI_SMS_URL"
TOKEN_VARIABLE = "DOUDI_SMS_TOKEN"  # noqa: S105  (the name of a variable, not its value)
_SECONDS = 10


def is_ready() -> bool:
    """Whether the site has named its gateway."""
    return bool(os.environ.get(URL_VARIABLE))


def send(message: OutgoingMessage) -> None:
    """Hand the message over; the gateway answers 2xx when it took it, and sends what comes twice with one key once.

    Raises:
        Problem: the gateway cannot be reached or refuses; neither the phone nor the text is repeated.
    """
    headers = {"Authorization": f"Bearer {os.environ.get(TOKEN_VARIABLE, '')}"}
    body = {"phone": message.phone, "text": message.text, "purpose": message.purpose, "key": message.key}
    try:
        answer = requests.post(os.environ[URL_VARIABLE], json=body, headers=headers, timeout=_SECONDS)
    except requests.RequestException as error:
        raise Problem(N_("短信没有发出去：连不上短信网关。请稍后再试。")) from error
    if not answer.ok:
        raise Problem(
            N_("短信没有发出去：短信网关没有接收（{status}）。请稍后再试。"), status=answer.status_code
        )


GATEWAY = MessageChannel(
    code="http-gateway",
    region_code="000000000000",
    title=N_("短信网关"),
    send=send,
    ready=is_ready,
)
