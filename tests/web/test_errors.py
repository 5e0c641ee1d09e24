"""The one place where errors become answers."""

from __future__ import annotations

import errno

import pytest
from litestar.exceptions import HTTPException
from structlog.testing import capture_logs

from andon.kernel.errors import AndonError, Forbidden, Invalid, NoSpace, NotFound, PortError, Problem, Refused
from andon.web.errors import (
    Busy,
    NotLoggedIn,
    TooMany,
    WrongHost,
    as_json,
    as_plain_page,
    told,
    wants_page,
    without_secrets,
)
from tests.doors import Doors


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (Refused("cord-pulled", "Stopped.", "Wait."), 409, "refused"),
        (Invalid("wrong"), 400, "invalid"),
        (NotFound("none"), 404, "not_found"),
        (Forbidden("no"), 403, "forbidden"),
        (NotLoggedIn(), 401, "not_logged_in"),
        (TooMany(3), 429, "too_many"),
        (Busy(3), 503, "busy"),
        (WrongHost("who?"), 421, "wrong_host"),
        (PortError("the peer is gone"), 502, "port"),
        (NoSpace("disk full"), 507, "no_space"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "no_space"),
        (OSError(errno.EIO, "Input/output error"), 500, "error"),
        (HTTPException(status_code=405), 405, "method"),
        (AndonError("odd"), 500, "error"),
        (RuntimeError("odd"), 500, "error"),
        (HTTPException(status_code=503, detail="inner state"), 500, "error"),
    ],
)
def test_every_kind_of_error_has_its_status(error: Exception, status: int, kind: str) -> None:
    """The table of answers."""
    what = told(error)
    assert (what.status, what.kind) == (status, kind)


def test_the_json_has_rule_reason_remedy_and_problems() -> None:
    """The shape that terminal and programs read."""
    problem = Problem(where="andon.toml:3:1", message="no such task", excerpt="needs", remedy="Did you mean unit?")
    assert as_json(told(Invalid(problem))) == (
        b'{"error":{"kind":"invalid","rule":"","reason":"andon.toml:3:1: no such task Did you mean unit?\\nneeds",'
        b'"remedy":"","problems":[{"where":"andon.toml:3:1","message":"no such task","excerpt":"needs",'
        b'"remedy":"Did you mean unit?"}]}}'
    )
    assert b'"rule":"built-once","reason":"Why.","remedy":"What next."' in as_json(
        told(Refused("built-once", "Why.", "What next."))
    )


def test_an_unexpected_error_keeps_its_particulars_in_the_log() -> None:
    """Outside there is an id; inside, under the same id, the trace."""
    with capture_logs() as logs:
        what = told(RuntimeError("password=hunter2"), "/runs")
    answer = as_json(what).decode()
    assert "hunter2" not in answer
    assert "RuntimeError" not in answer
    assert logs[0]["id"] in answer
    assert "RuntimeError" in logs[0]["trace"]


def test_a_trace_shows_no_variables() -> None:
    """What a function held in its hands is not logged: it may be a secret."""

    def fails() -> None:
        token = "adn_" + "abcdefgh"
        raise RuntimeError(len(token))

    try:
        fails()
    except RuntimeError as error:
        with capture_logs() as logs:
            told(error)
        assert "adn_abcdefgh" not in str(logs)


def test_a_login_link_is_not_logged() -> None:
    """Its secret is part of its address."""
    assert without_secrets("/login/abc") == "/login/…"
    assert without_secrets("/login") == "/login"


def test_text_from_outside_cannot_become_markup() -> None:
    """The plain page escapes what it is given."""
    assert b"<script>" not in as_plain_page(told(NotFound("<script>alert(1)</script>")))


@pytest.mark.parametrize(
    ("path", "accept", "page"),
    [
        ("/runs/1", "text/html,*/*", True),
        ("/runs/1", "application/json", False),
        ("/runs/1", "", False),
        ("/api/v1/runs", "text/html", False),
        ("/v2/", "text/html", False),
        ("/git/shop", "text/html", False),
    ],
)
def test_browsers_get_pages_and_programs_get_json(path: str, accept: str, page: bool) -> None:
    """By what they accept; the API is always JSON."""
    assert wants_page(path, {"accept": accept}) == page


@pytest.mark.anyio
async def test_a_broken_handler_tells_nothing(doors: Doors) -> None:
    """The answer of a mistake of ours is a 500 with an id, for programs and for people."""
    client = await doors.as_role("reader")
    with capture_logs() as logs:
        answer = await client.get("/api/v1/broken")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert logs[0]["id"] in answer.text


@pytest.mark.anyio
async def test_people_get_a_page_in_words(doors: Doors) -> None:
    """What cannot be found, and what needs a login, is said on a page of ours with a next step."""
    html = {"Accept": "text/html"}
    missing = await doors.client().get("/nowhere", headers=html)
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert "<main" in missing.text
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    wrong = await browser.post("/login/none", headers={**html, "Sec-Fetch-Site": "same-origin"})
    assert "login-link-once" in wrong.text


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_wrong_method_is_said_in_json(doors: Doors, method: str) -> None:
    """The API answers a wrong method in its own shape."""
    client = await doors.as_role("reader")
    answer = await client.request(method, "/api/v1/whoami")
    assert answer.status_code == 405
    assert answer.json()["error"]["kind"] == "method"
