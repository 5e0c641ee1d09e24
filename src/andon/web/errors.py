"""The one place where an error becomes an answer: JSON for programs, a page in words for people.

What is unexpected gets an id; its particulars stay in the server's log.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from traceback import format_exception
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException

from andon.kernel.errors import AndonError, Forbidden, Invalid, NoSpace, NotFound, PortError, Problem, Refused
from andon.machine.disk import MAKE_ROOM, is_full
from andon.web.advice import addressed
from andon.web.pages import Pages, provide_asked
from andon.web.who import Who, who_in

log = structlog.get_logger("andon.web")

JSON = "application/json"
HTML = "text/html; charset=utf-8"


class NotLoggedIn(AndonError):
    """Nobody is known to be asking. HTTP 401."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(
            reason
            or "Nobody is logged in here. Get a one-time link in a terminal with: andon login; programs send a token."
        )


class TooMany(AndonError):
    """Asked too often. HTTP 429."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"That was asked too often. Try again in {wait_seconds} s.")
        self.wait_seconds = wait_seconds


class Busy(AndonError):
    """More comes in at once than fits. HTTP 503."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"More comes in at once than this server holds. Try again in {wait_seconds} s.")
        self.wait_seconds = wait_seconds


class WrongHost(AndonError):
    """The name in the address is not one of this server's. HTTP 421."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """An error as it is told to whoever asked."""

    status: int
    kind: str
    #: what the page shows
    error: AndonError
    headers: tuple[tuple[str, str], ...] = ()


#: most particular first
_KINDS: tuple[tuple[type[AndonError], int, str], ...] = (
    (Refused, 409, "refused"),
    (Invalid, 400, "invalid"),
    (NotFound, 404, "not_found"),
    (Forbidden, 403, "forbidden"),
    (NotLoggedIn, 401, "not_logged_in"),
    (TooMany, 429, "too_many"),
    (Busy, 503, "busy"),
    (WrongHost, 421, "wrong_host"),
    (NoSpace, 507, "no_space"),
    (PortError, 502, "port"),
)
_IN_BODY = re.compile(r"(?P<message>.+) - at `\$\.data\.(?P<where>.+)`", re.DOTALL)
_WORDS = {400: "invalid", 401: "not_logged_in", 403: "forbidden", 404: "not_found", 405: "method", 413: "too_large"}


def told(error: Exception, path: str = "") -> ErrorAnswer:
    """What to answer to an error; one that nobody expected is logged and keeps its particulars to itself."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _told_by_framework(error)
    error = _wrong_field(error) or _no_space(error) or error
    for kind, status, word in _KINDS:
        if isinstance(error, kind):
            return ErrorAnswer(status=status, kind=word, error=error, headers=_headers(error))
    return _told_unexpected(error, path)


def _wrong_field(error: Exception) -> Invalid | None:
    """What is wrong in a body, where the framework takes it for a failure inside.

    It does so when the field has the name of something that handlers are given, such as "environments" or "secrets".
    """
    found = _IN_BODY.fullmatch(str(error.__cause__)) if isinstance(error.__cause__, msgspec.ValidationError) else None
    if not found or not isinstance(error, InternalServerException):
        return None
    return Invalid(Problem(where=found["where"], message=f"{found['message']}."))


def _no_space(error: Exception) -> NoSpace | None:
    """A write to a full disk, wherever it was met."""
    return NoSpace(f"The server's disk is full; nothing was kept. {MAKE_ROOM}") if is_full(error) else None


def _headers(error: AndonError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, NotLoggedIn):
        return (("WWW-Authenticate", 'Bearer realm="andon"'),)
    return (("Retry-After", str(error.wait_seconds)),) if isinstance(error, TooMany | Busy) else ()


def _told_by_framework(error: HTTPException) -> ErrorAnswer:
    """What the web framework says no to: a wrong field, an unknown address, a wrong method."""
    word = _WORDS.get(error.status_code, "invalid")
    extra = error.extra if isinstance(error.extra, list) else []
    problems = [
        Problem(message=str(each.get("message", "")), where=str(each.get("key", "")))
        for each in extra
        if isinstance(each, dict)
    ]
    shown = Invalid(*problems) if problems and error.status_code == 400 else AndonError(_sentence(error))
    return ErrorAnswer(
        status=error.status_code, kind=word, error=shown, headers=tuple(dict(error.headers or {}).items())
    )


def _sentence(error: HTTPException) -> str:
    if error.status_code == 404:
        return "There is nothing at this address."
    return error.detail if error.detail.endswith(".") else f"{error.detail}."


def _told_unexpected(error: Exception, path: str) -> ErrorAnswer:
    number = secrets.token_hex(4)
    log.error("unexpected error", id=number, path=without_secrets(path), trace=trace_of(error))
    shown = AndonError(
        f"Something went wrong inside Andon. The server's log has the particulars under the id {number}."
    )
    return ErrorAnswer(status=500, kind="error", error=shown)


def trace_of(error: Exception) -> str:
    """Where it happened, without the values of variables: some of them are secrets."""
    return "".join(format_exception(error))


def without_secrets(path: str) -> str:
    """The path as it may be logged: a login link's secret is part of its address."""
    return "/login/…" if path.startswith("/login/") else path


def as_json(what: ErrorAnswer) -> bytes:
    """The error for programs."""
    error = what.error
    problems = error.problems if isinstance(error, Invalid) else ()
    refused = error if isinstance(error, Refused) else None
    body = {
        "kind": what.kind,
        "rule": refused.rule if refused else "",
        "reason": refused.reason if refused else str(error),
        "remedy": refused.remedy if refused else "",
        "problems": [
            {"where": p.where, "message": p.message, "excerpt": p.excerpt, "remedy": p.remedy} for p in problems
        ],
    }
    return msgspec.json.encode({"error": body})


def as_plain_page(what: ErrorAnswer) -> bytes:
    """The error for people, where no template can be had."""
    words = escape(str(what.error)).replace("\n", "<br>")
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Andon</title>'
        f"<main><h1>{what.status}</h1><p>{words}</p></main></html>"
    )
    return page.encode()


def wants_page(path: str, headers: Mapping[str, str]) -> bool:
    """Is it a person with a browser who asks?"""
    return not path.startswith(("/api/", "/v2/", "/git/")) and "text/html" in headers.get("accept", "")


def answer_of(error: Exception, path: str, headers: Mapping[str, str]) -> tuple[ErrorAnswer, bytes, str]:
    """The answer without any template: what is told, its body and media type."""
    what = told(error, path)
    return (what, as_plain_page(what), HTML) if wants_page(path, headers) else (what, as_json(what), JSON)


def exception_handlers(
    pages: Pages | None = None,
) -> dict[int | type[Exception], Callable[[Request[Any, Any, State], Exception], Response[Any]]]:
    """What the web framework calls for every error; `pages` draws it for people."""

    def on_error(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
        what = _addressed(told(error, request.url.path), who_in(request.scope))
        if not wants_page(request.url.path, request.headers):
            return Response(as_json(what), status_code=what.status, media_type=JSON, headers=dict(what.headers))
        answer = _drawn(pages, request, what)
        for name, value in what.headers:
            answer.headers[name] = value
        return answer

    return {Exception: on_error, 500: on_error}


def _addressed(what: ErrorAnswer, who: Who) -> ErrorAnswer:
    """A refusal's remedy for the one who asked."""
    error = what.error
    if not isinstance(error, Refused):
        return what
    return replace(what, error=Refused(error.rule, error.reason, addressed(error.remedy, who.permissions)))


def _drawn(pages: Pages | None, request: Request[Any, Any, State], what: ErrorAnswer) -> Response[Any]:
    if pages is not None:
        try:
            asked = provide_asked(request, who_in(request.scope))
            return pages.sorry(asked, status=what.status, error=what.error)
        except Exception as broken:  # noqa: BLE001  (a broken error page must not hide the error)
            log.error("the error page could not be drawn", trace=trace_of(broken))
    return Response(as_plain_page(what), status_code=what.status, media_type=HTML)
