"""The national pack's gateway hands a message over by one post, and an error of it names nobody."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core.catalogue import OutgoingMessage
from core.errors import Problem
from plugins.national.sms_gateway import GATEWAY, URL_VARIABLE

MESSAGE = OutgoingMessage("19900000011", "【兜底】申请已经收到", "case", "0190b2")


@pytest.fixture
def gateway(monkeypatch):
    """What a gateway on this machine was posted; `answer` is the status it gives."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            server.posted.append(json.loads(self.rfile.read(length)))
            self.send_response(server.answer)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.posted, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(URL_VARIABLE, f"http://127.0.0.1:{server.server_port}/")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_passed_over_where_the_site_named_no_gateway(monkeypatch):
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert not GATEWAY.ready()


def test_a_message_is_posted_with_the_key_by_which_a_second_one_is_known(gateway):
    assert GATEWAY.ready()
    GATEWAY.send(MESSAGE)
    assert gateway.posted == [
        {"phone": MESSAGE.phone, "text": MESSAGE.text, "purpose": "case", "key": "0190b2"}
    ]


def test_a_refusal_is_told_without_phone_and_text(gateway):
    gateway.answer = 503
    with pytest.raises(Problem) as refused:
        GATEWAY.send(MESSAGE)
    assert MESSAGE.phone not in repr(refused.value)
    assert MESSAGE.text not in repr(refused.value)
