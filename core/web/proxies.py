"""Flask's `g` and `current_app` without their proxies, which cost more than what they lead to: a page asks a hundred times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app, g

belongings: Callable[[], Any] = cast("Any", g)._get_current_object  # noqa: SLF001  (the public way past a LocalProxy)
application: Callable[[], Flask] = cast("Any", current_app)._get_current_object  # noqa: SLF001
