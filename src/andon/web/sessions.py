"""The cookie of a logged-in browser: what it is called, how it is set, read and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from litestar.datastructures import Cookie

NAME = "andon_session"


def cookie_name(*, https: bool) -> str:
    """Over https a name that a browser takes only for this very host, over the whole of it."""
    return f"__Host-{NAME}" if https else NAME


def session_cookie(secret: str, lasts: timedelta, *, https: bool) -> Cookie:
    """The cookie that keeps a browser logged in; no script can read it, no other site's form brings it."""
    return Cookie(
        key=cookie_name(https=https),
        value=secret,
        path="/",
        max_age=int(lasts.total_seconds()),
        httponly=True,
        secure=https,
        samesite="lax",
    )


def no_cookie(*, https: bool) -> Cookie:
    """The cookie that takes the other one away."""
    return session_cookie("", timedelta(0), https=https)


def session_of(headers: Mapping[str, str], *, https: bool) -> str | None:
    """The session that the browser shows; None when there is none.

    Two different cookies of this name count as none: on loopback a program on another port can plant one,
    and nobody can tell which of them is ours.
    """
    name = cookie_name(https=https)
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    found = {value.strip('"') for key, _, value in pairs if key == name and value}
    return found.pop() if len(found) == 1 else None
