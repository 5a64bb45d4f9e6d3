"""`./doudi serve`: prepares the database, says where to go and whom to sign in as, and serves until stopped."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import http.client
import os
import socket
import threading
import time
from datetime import UTC, datetime
from typing import IO

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from commands.accounts_card import card
from commands.first_start import Prepared, prepare
from commands.places import demo_log, make_home, settings_here
from core.errors import Problem
from core.plugin_manager import load_packs
from core.settings import Settings
from core.translations import N_

# per process; on SQLite they queue for the one write lock, reads run side by side
THREADS = 2 * (os.cpu_count() or 1) + 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="监听的地址（默认 127.0.0.1，只有本机能打开）")
    parser.add_argument("--port", type=int, help="端口（默认 8000）")
    parser.add_argument(
        "--workers", type=int, default=0, help="进程数；SQLite 只能 1 个，PostgreSQL 默认 2 个"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; every fault before that is a sentence and exit code 1."""
    if arguments.host:
        os.environ["DOUDI_HOST"] = arguments.host
    if arguments.port is not None:
        os.environ["DOUDI_PORT"] = str(arguments.port)
    settings = settings_here()
    workers = _workers(settings, arguments.workers)
    make_home(settings)
    with take_home(settings) if settings.on_sqlite else contextlib.nullcontext():
        check_port(settings.host, settings.port)
        load_packs(settings)  # a pack that cannot be used is told here, not by a worker that will not start
        ready = prepare(settings, now=datetime.now(UTC))
        threading.Thread(target=announce, args=(settings, greeting(settings, ready)), daemon=True).start()
        _server(settings, workers).serve()
    return 0


def _server(settings: Settings, workers: int) -> MPServer:
    return MPServer(
        "commands.wsgi:make",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        # a job step in flight may be cut off: it was not committed and is done again at the next start
        workers_kill_timeout=10,
    )


def announce(settings: Settings, words: str) -> None:
    """Print `words` once the first answer comes: whoever reads an address opens it at once."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  (compared, not bound)
    while True:
        asked = http.client.HTTPConnection(host, settings.port, timeout=30)
        try:
            asked.request("GET", "/healthz")
            asked.getresponse()
            break
        except OSError:
            time.sleep(0.1)
        finally:
            asked.close()
    print(words, flush=True)


def greeting(settings: Settings, ready: Prepared) -> str:
    """Where to go, the accounts of a first start, and in a demo where its log is and how to get passwords again."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"兜底已启动：http://{host}:{settings.port}/    工作人员：http://{host}:{settings.port}/staff/"]
    if ready.made and ready.demo:
        lines += [
            "演示库已建好，里面的人和事都是编造的。演示账号（密码刚刚生成，只显示这一次）：",
            card(ready.made),
        ]
    elif ready.made:
        lines += [
            "空的正式库已建好。三位管理员的一次性密码只显示这一次，请分别交给三个人，首次登录须修改：",
            card(ready.made),
        ]
    if ready.demo:
        lines += [
            "密码找不到了：另开一个终端，运行 ./doudi demo accounts，给每个账号换一个新密码。",
            f"访问记录写在 {demo_log(settings.home)}，这里只显示警告和错误。",
        ]
    lines.append("按 Ctrl+C 停止。")
    return "\n".join(lines)


def check_port(host: str, port: int) -> None:
    """Make sure the address can be listened on, before anything long begins.

    Raises:
        Problem: the port is taken, needs more rights, or the address is not of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OverflowError:
        raise Problem(N_("端口要在 1 到 65535 之间，不能是 {port}。"), port=port) from None
    except socket.gaierror:
        raise Problem(
            N_("不认识地址 {host}。本机用 127.0.0.1，对外服务用 0.0.0.0 或本机的地址。"), host=host
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            words = N_("端口 {port} 已被别的程序占用。请停掉它，或换一个端口：./doudi serve --port {other}")
            raise Problem(words, port=port, other=port + 1 if port < 65535 else port - 1) from None
        if error.errno == errno.EACCES:
            words = N_("没有权限使用端口 {port}。请用 1024 以上的端口，例如 ./doudi serve --port 8000")
            raise Problem(words, port=port) from None
        raise Problem(
            N_("无法在 {host}:{port} 监听（{reason}）。"), host=host, port=port, reason=error.strerror
        ) from None


def take_home(settings: Settings) -> IO[str]:
    """Hold the state folder for this process: two servers on one SQLite would both run its jobs.

    Raises:
        Problem: another server holds it.
    """
    handle = (settings.home / "serving.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise Problem(
            N_("另一个兜底正在使用 {folder}。请先停掉它，或用 DOUDI_HOME 指定另一个文件夹。"),
            folder=settings.home,
        ) from None
    return handle


def _workers(settings: Settings, wanted: int) -> int:
    if settings.on_sqlite and wanted > 1:
        raise Problem(
            N_("SQLite 数据库只能由一个进程使用。需要多个进程时，请改用 PostgreSQL（DOUDI_DATABASE_URL）。")
        )
    return wanted or (1 if settings.on_sqlite else 2)
