"""`./doudi test`: installs what the tests need, says so, and runs the whole suite, checks included."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from commands.places import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# measuring is no testing: `./doudi bench` runs the benchmarks
EVERYTHING = ("tests", "--ignore=tests/benchmarks")
PACKAGES = ("chromium", "fonts-noto-cjk")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="略去浏览器测试和慢的测试")
    parser.add_argument("--workers", default="2", help="同时运行几个进程（默认 2）")
    parser.add_argument(
        "pytest", nargs="*", metavar="PYTEST", help="交给 pytest 的路径或选项（选项写在 -- 之后）"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run pytest as this process: its closing lines are the last thing printed, its exit code is ours."""
    left_out = []
    if arguments.quick:
        left_out = ["browser", "slow"]
    elif not browser_ready():
        left_out = ["browser"]
    chosen = ["-m", " and ".join(f"not {mark}" for mark in left_out)] if left_out else []
    words = ["-n", arguments.workers, "--dist", "worksteal", *chosen, *(arguments.pytest or EVERYTHING)]
    print(f"运行测试（{arguments.workers} 个进程）。", flush=True)
    os.chdir(ROOT)
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def browser_ready() -> bool:
    """Whether a Chromium is here, after installing it on Debian when we may; says loudly when the answer is no."""
    if find_browser() or (may_install() and install_browser()):
        return True
    print(
        "\n".join(
            [
                "！" * 30,
                "没有 Chromium，也无法在这里安装：浏览器测试这次全部没有运行。",
                f"请用管理员身份运行 apt install {' '.join(PACKAGES)}，然后重新运行 ./doudi test。",
                "！" * 30,
            ]
        ),
        flush=True,
    )
    return False


def find_browser() -> str | None:
    """The path of an installed Chromium, or nothing."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def may_install() -> bool:
    """Root on a Debian: the one place where installing a browser needs no question."""
    return (
        os.name == "posix"
        and os.geteuid() == 0
        and Path("/etc/debian_version").exists()
        and bool(shutil.which("apt-get"))
    )


def install_browser() -> bool:
    """Install Chromium and Chinese type from the machine's own Debian sources; false when that fails."""
    print(f"· 安装浏览器测试需要的软件：{'、'.join(PACKAGES)}（apt-get，约需一两分钟）", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", "-qq", *words], env=quiet, capture_output=True, check=False)
        if done.returncode and words[0] == "install":
            return False
    print("· 已安装。", flush=True)
    return find_browser() is not None
