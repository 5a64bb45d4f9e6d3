"""Turns whatever went wrong into a page with a humane sentence and the next step, on both faces, also for htmx."""

from __future__ import annotations

import errno
from typing import cast

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from core.errors import Problem
from core.scopes import Public
from core.web.installation import installation_of
from core.web.kept_answers import from_elsewhere, keep_answers_page
from core.web.request import abandon, state, today
from core.web.texts import N_, gettext, text_of

log = structlog.get_logger("doudi.web")

# heading and sentence by status; what is not listed is told as 400 or 500
SENTENCES: dict[int, tuple[str, str]] = {
    400: (N_("没有看懂这次请求"), N_("请退回上一页，刷新以后再试一次。")),
    401: (N_("请先登录"), N_("登录以后再打开这个网页。")),
    403: (N_("您的角色不办理这一项"), N_("需要办理的，请联系本单位的安全管理员。")),
    404: (N_("没有找到"), N_("可能已经办结、已经转走，或者地址写错了。请回首页重新找。")),
    405: (N_("不能这样打开"), N_("这个地址只接收表单。请回首页，从网页上的按钮进入。")),
    409: (N_("现在还不能这样办"), N_("请刷新网页，看看最新的情况。")),
    410: (N_("链接已经失效"), N_("请向发给您链接的人再要一个新的。")),
    413: (N_("文件太大了"), N_("一次最多上传 {limit} MB。照片可以先缩小，或者分几次上传。")),
    415: (N_("这种文件不能上传"), N_("请上传照片（JPG、PNG）或者 PDF。")),
    422: (N_("有内容要改"), N_("请退回上一页，照提示改好再提交。")),
    429: (N_("操作太快了"), N_("请等 {seconds} 秒再试。")),
    500: (N_("系统出了问题"), N_("不是您的错，刚才的操作没有生效。请过几分钟再试，还不行就打电话告诉我们下面的编号。")),
    503: (N_("系统正忙"), N_("刚才的内容没有存上。请等一会儿再提交一次。")),
    507: (N_("存储空间不足"), N_("刚才的内容没有存上，请联系管理员。您填过的草稿还在。")),
}  # fmt: skip
# classes of PostgreSQL: connection exception, transaction rollback (a deadlock), too few resources, operator intervention
_PASSING = frozenset({"08", "40", "53", "57"})
HOMES = {"staff": "/staff/", "portal": "/"}


def error_page(status: int, message: str | None = None, *, reference: str | None = None) -> Response:
    """The page of one status; `message` (already in the reader's language) replaces the usual sentence."""
    abandon()
    mine = state()
    mine.personal = True
    if mine.scope is None:
        mine.scope = Public(today())
    known = status if status in SENTENCES else (500 if status >= 500 else 400)
    heading, sentence = SENTENCES[known]
    told = message or gettext(sentence, **_values())
    if request.headers.get("HX-Request") == "true":
        # htmx shows no error pages: its script puts this sentence beside what was pressed
        response = Response(told, status=status, mimetype="text/plain")
        response.headers["X-Doudi-Error"] = "1"
        response.vary.add("HX-Request")
        return response
    body = render_template(
        "errors/error.html",
        status=status,
        title=gettext(heading),
        message=told,
        reference=reference,
        home_url=HOMES[mine.face],
        face=mine.face,
    )
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def _values() -> dict[str, object]:
    limit = request.max_content_length or 0
    return {"limit": limit // 1_000_000, "seconds": 60}


def on_problem(problem: Problem) -> Response:
    """A problem of core that no page showed beside its field."""
    if problem.status >= 500:
        return _unexpected(problem, text_of(problem))
    return error_page(problem.status, text_of(problem))


def on_http(fault: HTTPException) -> Response:
    """What Flask and werkzeug refuse: no such page, method, size."""
    if fault.code is not None and fault.code < 400:
        return cast("Response", fault.get_response())
    if isinstance(fault, RequestEntityTooLarge):
        return error_page(413)
    original = getattr(fault, "original_exception", None)
    if original is not None:
        return on_fault(original)
    response = error_page(fault.code or 500)
    retry_after = getattr(fault, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if fault.code == 405 and getattr(fault, "valid_methods", None):
        response.headers["Allow"] = ", ".join(cast("list[str]", getattr(fault, "valid_methods", [])))
    return response


def on_forgery(_fault: CSRFError) -> Response:
    """A form without its token, or with one of an older page: what was typed comes back to be sent once more."""
    if not request.form or from_elsewhere():
        return error_page(400, gettext("这个网页开得太久了。请刷新以后再试一次。"))
    return keep_answers_page(
        gettext("这个网页开得太久了，为了安全，请再按一次提交。您填的都还在。"), status=400
    )


def on_fault(fault: Exception) -> Response:
    """Anything unforeseen: logged under a report number without personal data, told without any detail."""
    if isinstance(fault, Problem):
        return on_problem(fault)
    status = _status_of(fault)
    if status != 500 and request.form:
        # it passes: what was typed comes back, to be sent again in a moment
        log.error("fault", report=state().report, endpoint=request.endpoint, exc_info=fault)
        return keep_answers_page(gettext(SENTENCES[status][1]), status=status)
    return _unexpected(fault, None, status)


def _status_of(fault: Exception) -> int:
    """409 when somebody else was first, 507 when there is no room left, 503 when the database is busy, else 500."""
    if isinstance(fault, StaleDataError):
        return 409
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
        return 507
    if isinstance(fault, OperationalError):
        text = str(fault.orig).lower()
        if "disk is full" in text or "no space left" in text:
            return 507
        if "locked" in text or "timeout" in text:
            return 503
    if isinstance(fault, DBAPIError) and _passes(fault):
        return 503
    return 500


def _passes(fault: DBAPIError) -> bool:
    """Whether pressing once more may help: a deadlock, or a server that was stopped, is full or does not answer."""
    if fault.connection_invalidated:
        return True
    # only PostgreSQL's driver gives a state, and None where no answer came from the server
    state = getattr(fault.orig, "sqlstate", "")
    return isinstance(fault, OperationalError) and (state is None or state[:2] in _PASSING)


def _unexpected(fault: Exception, message: str | None, status: int = 500) -> Response:
    number = state().report
    log.error("fault", report=number, endpoint=request.endpoint, exc_info=fault)
    try:
        return error_page(status, message, reference=number)
    except Exception as second:
        log.error("fault in the error page", report=number, exc_info=second)  # noqa: TRY400
        text = f"系统出了问题，刚才的操作没有生效。编号：{number}"
        return Response(text, status=status, mimetype="text/plain")


def install_errors(app: Flask) -> None:
    """Register the handlers. In tests an unforeseen fault is raised, not told, unless the app says otherwise."""
    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(CSRFError, on_forgery)
    app.register_error_handler(HTTPException, on_http)
    if not installation_of(app).settings.testing:
        app.register_error_handler(OperationalError, on_fault)
        app.register_error_handler(OSError, on_fault)
