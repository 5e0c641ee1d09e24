"""What a page handler uses: who asked for what, and how a template becomes an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.engine.engine import Engine
from andon.kernel.errors import AndonError
from andon.web.who import Who

#: the media type of every page
HTML = "text/html; charset=utf-8"
#: what the server is reached as, for the commands that pages show
LOCALLY = "http://127.0.0.1:8600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for a page."""

    who: Who
    #: "/runs/815"
    path: str
    #: "first=1001"; empty when there is none
    query: str
    #: is it the page itself asking again for the part that changed?
    fragment: bool

    @property
    def address(self) -> str:
        """Path and query: what to ask for again."""
        return f"{self.path}?{self.query}" if self.query else self.path


def provide_asked(request: Request[Any, Any, State], who: NamedDependency[Who]) -> Asked:
    """The dependency `asked` of every page."""
    return Asked(
        who=who,
        path=request.url.path,
        query=request.url.query,
        fragment=request.headers.get("hx-request") == "true",
    )


def provide_desk(who: NamedDependency[Who], engine: NamedDependency[Engine]) -> CallersDesk:
    """The dependency `desk` of every handler: the desk for the one who asks."""
    return CallersDesk(engine.desk, who)


class Pages:
    """Turns facts into pages. One for the whole server; the dependency `pages`."""

    def __init__(
        self,
        environment: Environment,
        *,
        now: Callable[[], datetime],
        position: Callable[[], int],
        server: str = LOCALLY,
    ) -> None:
        self._environment = environment
        self._server = server
        self._now = now
        self._position = position

    @property
    def now(self) -> datetime:
        """The time that the page is about."""
        return self._now()

    def show(
        self, template: str, asked: Asked, *, live: tuple[str, ...] = (), status: int = 200, **facts: object
    ) -> Response[str]:
        """The page, or only its live part when the page itself asks again.

        `live` names the streams that change it, by how their ids begin: ("run/815",), ("service/", "cord/").
        """
        text = self.render(template, asked, live=live, **facts)
        headers = {"Cache-Control": "no-store" if asked.fragment else "private, no-cache", "Vary": "HX-Request"}
        return Response(text, status_code=status, media_type=HTML, headers=headers)

    def render(self, template: str, asked: Asked, *, live: tuple[str, ...] = (), **facts: object) -> str:
        """The page's text."""
        shared = {
            "asked": asked,
            "who": asked.who,
            "server": self._server,
            "now": self._now(),
            "events": _events(self._position(), live),
        }
        parts = self._environment.get_template("web/parts.html").make_module(shared)
        found = self._environment.get_template(template)
        context = found.new_context({**shared, "parts": parts, **facts})
        render = found.blocks["live"] if asked.fragment and "live" in found.blocks else found.root_render_func
        return "".join(render(context))

    def sorry(self, asked: Asked, *, status: int, error: AndonError) -> Response[str]:
        """The page that says no, in words, with the next step."""
        return self.show("web/sorry.html", asked, status=status, error=error, code=status)


def _events(position: int, live: tuple[str, ...]) -> str:
    return f"/events?{urlencode([('after', position), *(('of', prefix) for prefix in live)])}" if live else ""


def back_to(address: str) -> Redirect:
    """After an action: show the page again by an ordinary GET."""
    return Redirect(address, status_code=303)
