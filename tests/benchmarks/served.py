"""The product as a user starts it: `./doudi serve` with a state folder of its own, and pages asked for over a real socket."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.places import ROOT

PATIENCE = 300.0  # seconds
_OF_STYLE = re.compile(r"url\([\"']?([^)\"']+)[\"']?\)")


@contextmanager
def served(home: Path, port: int) -> Iterator[float]:
    """Start the server; give the seconds until it answered the home page; stop it at the end."""
    environment = {**os.environ, "DOUDI_HOME": str(home)}
    environment.pop("DOUDI_DATABASE_URL", None)
    began = time.monotonic()
    # the bench command has set the environment up already; `./doudi` would find nothing to do and become this command
    server = subprocess.Popen(
        [sys.executable, "-m", "commands", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _answers(port):
            if server.poll() is not None or time.monotonic() - began > PATIENCE:
                msg = "the server did not start"
                raise RuntimeError(msg)
            time.sleep(0.02)
        yield time.monotonic() - began
    finally:
        server.terminate()
        server.wait(60)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        return ask(port, "/")[0] == 200
    except OSError:
        return False


def ask(port: int, path: str) -> tuple[int, int, str]:
    """Status, bytes over the wire (status line, headers and body as sent), and the text unpacked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    head = len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n\r\n") + sum(
        len(f"{name}: {value}\r\n".encode()) for name, value in answer.getheaders()
    )
    text = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
    return answer.status, head + len(body), text.decode("utf-8", "replace")


def weight_of(port: int, path: str) -> dict[str, int]:
    """Bytes over the wire of a page and of everything a browser with an empty cache fetches for it, print styles included."""
    _, size, text = ask(port, path)
    weights = {path: size}
    wanted = [*_resources(text)]
    while wanted:
        address = wanted.pop()
        if address in weights or address.startswith("data:"):
            continue
        status, size, text = ask(port, address)
        if status != 200:
            msg = f"{address} answered {status}"
            raise RuntimeError(msg)
        weights[address] = size
        if ".css" in address:
            folder = address.split("?")[0].rpartition("/")[0]
            wanted += [
                each if each.startswith(("/", "data:")) else f"{folder}/{each}"
                for each in _OF_STYLE.findall(text)
            ]
    return weights


def _resources(page: str) -> Iterator[str]:
    for tag in re.findall(r"<(?:link|script|img|source)\b[^>]*>", page):
        found = re.search(r'\b(?:href|src)="([^"]+)"', tag)
        if found and not re.search(r'rel="(?:alternate|canonical)"', tag):
            yield found[1].replace("&amp;", "&")
