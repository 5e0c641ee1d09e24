"""The pages of access: logging a browser in with a one-time link, and out again."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from andon.tools.access.keys import SESSION_LASTS, Keys
from andon.tools.access.model.login import link_refused
from andon.web.asgi import headers_of
from andon.web.front import FrontSettings
from andon.web.pages import Asked, Pages, back_to
from andon.web.sessions import no_cookie, session_cookie, session_of


@get("/login", sync_to_thread=False, include_in_schema=False, opt={"public": True})
def login_page(pages: NamedDependency[Pages], asked: NamedDependency[Asked]) -> Response[str]:
    """How to get in."""
    return pages.show("access/login.html", asked)


@get("/login/{secret:str}", sync_to_thread=False, include_in_schema=False, opt={"public": True})
def link_page(
    secret: FromPath[str], pages: NamedDependency[Pages], asked: NamedDependency[Asked], keys: NamedDependency[Keys]
) -> Response[str]:
    """A button. Opening the page uses nothing up, so that a preview of the link by a chat or mail program does no harm.

    Errors: Refused when the link does not work.
    """
    account = keys.link_for(secret)
    if account is None:
        raise link_refused()
    page = pages.show("access/link.html", asked, account=account)
    page.headers["Cache-Control"] = "no-store"
    return page


@post("/login/{secret:str}", include_in_schema=False, opt={"public": True})
async def log_in(
    secret: FromPath[str],
    keys: NamedDependency[Keys],
    front: NamedDependency[FrontSettings],
    request: Request[Any, Any, State],
) -> Response[Any]:
    """Use the link up and open a session of its own; whatever session the browser showed before is closed.

    Errors: Refused when the link does not work.
    """
    opened = await keys.log_in(secret)
    before = session_of(_headers(request), https=front.https)
    if before is not None:
        await keys.log_out(before)
    answer = back_to("/")
    answer.set_cookie(session_cookie(opened.secret, SESSION_LASTS, https=front.https))
    return answer


@post("/logout", include_in_schema=False, opt={"public": True})
async def log_out(
    keys: NamedDependency[Keys], front: NamedDependency[FrontSettings], request: Request[Any, Any, State]
) -> Response[Any]:
    """Close the session, here and on the server."""
    session = session_of(_headers(request), https=front.https)
    if session is not None:
        await keys.log_out(session)
    answer = back_to("/login")
    answer.set_cookie(no_cookie(https=front.https))
    return answer


def _headers(request: Request[Any, Any, State]) -> dict[str, str]:
    return headers_of({"headers": request.scope["headers"]})


HANDLERS = (login_page, link_page, log_in, log_out)
