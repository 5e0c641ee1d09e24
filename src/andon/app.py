"""The ASGI application: every tool's pages and APIs, the registry and the git door, behind one front."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from importlib.metadata import version
from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ControllerRouterHandler

from andon.tool import PLACES, Tool
from andon.web.asgi import App, Receive, Scope, Send
from andon.web.assets import Assets
from andon.web.bodies import CarefulRequest
from andon.web.body_budget import BodyBudget
from andon.web.errors import exception_handlers
from andon.web.finding import Finder
from andon.web.front import FrontSettings, front
from andon.web.gate import login_required, provide_who
from andon.web.head import with_head
from andon.web.live import HANDLERS as LIVE_HANDLERS
from andon.web.navigation import Navigation
from andon.web.pages import Pages, provide_asked, provide_desk
from andon.web.static_files import static_file
from andon.web.templates import template_environment
from andon.web.unknown_words import known_parameters
from andon.wiring.house import House
from andon.wiring.parts import HouseParts
from andon.wiring.rules import known_rules
from andon.wiring.service_sections import service_sections
from andon.wiring.tools import TOOLS

TEMPLATES = {tool.name: tool.package for tool in TOOLS if tool.has_templates}
LARGEST_BODY_BYTES = 2 * 1024 * 1024  #: of a call to the API or a form; blobs and pushes do not come this way


def handlers_of(tools: Iterable[Tool]) -> tuple[ControllerRouterHandler, ...]:
    """The pages and calls of these tools."""
    own = (handler for tool in tools for door in tool.doors for handler in tool.load(door).HANDLERS)
    return (*own, *LIVE_HANDLERS, static_file)


def navigation_of(tools: Iterable[Tool]) -> Navigation:
    """Where the pages of these tools are."""
    return Navigation(PLACES, tuple(page for tool in tools for page in tool.navigation))


HANDLERS, NAVIGATION = handlers_of(TOOLS), navigation_of(TOOLS)


def build_app(house: House) -> App:
    """The whole server as one ASGI application; its lifespan starts and stops the house."""
    settings = FrontSettings(url=house.config.url, public_read=house.config.public_read)
    assets = Assets()
    pages = Pages(
        template_environment(TEMPLATES, assets, navigation_of(house.tools)),
        now=house.clock.now,
        position=lambda: house.engine.views.position,
        server=settings.url,
    )
    doors = Doors(_framework(house, {"pages": pages, "assets": assets, "front": settings}), house)
    return front(doors, gate=house.gate, settings=settings, seconds=time.monotonic)


class Doors:
    """Sends each request to its door: git clients, container clients, everybody else."""

    def __init__(self, framework: Litestar, house: House) -> None:
        self._framework = with_head(cast(App, framework))
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if path.startswith("/git/") and self._house.runs("source"):
            await self._house.git(scope, receive, send)
        elif (path == "/v2" or path.startswith("/v2/")) and self._house.runs("artifacts"):
            await self._house.registry(scope, receive, send)
        else:
            await self._framework(scope, receive, send)


def _framework(house: House, more: Mapping[str, object]) -> Litestar:
    pages = more["pages"]
    assert isinstance(pages, Pages)  # noqa: S101  (it is what build_app put there)

    @asynccontextmanager
    async def living(_: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await house.stop()

    return Litestar(
        route_handlers=list(handlers_of(house.tools)),
        dependencies=_dependencies(house, more),
        guards=[login_required, known_parameters],
        exception_handlers=exception_handlers(pages),
        lifespan=[living],
        openapi_config=OpenAPIConfig(
            title="Andon",
            version=version("andon"),
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            use_handler_docstrings=True,
        ),
        request_class=CarefulRequest,
        request_max_body_size=LARGEST_BODY_BYTES,
        logging_config=None,
    )


def _dependencies(house: House, more: Mapping[str, object]) -> dict[str, Provide]:
    """What handlers ask for by name."""
    parts = parts_of(house, more)
    provided = {name: Provide(_one_of(parts, name), sync_to_thread=False) for name in parts.names}
    own = {name: tool.load(text) for tool in TOOLS for name, text in tool.per_call.items()}
    per_call = {"who": provide_who, "desk": provide_desk, "asked": provide_asked, "now": house.clock.now, **own}
    return provided | {name: Provide(make, sync_to_thread=False) for name, make in per_call.items()}


def parts_of(house: House, more: Mapping[str, object]) -> HouseParts:
    """What the tools declare, and what it is made of."""
    measuring = {field.name: getattr(house.measuring, field.name) for field in fields(house.measuring)}
    finders: list[Finder] = []
    house.parts.give(
        url=house.config.url,
        reserve=house.config.reserve,
        codec=house.codec,
        ledger=house.ledger,
        engine=house.engine,
        health=house.engine.health,
        live=house.live,
        prover=house.watch.prover,
        keys=house.keys,
        vault=house.vault,
        sweeper=house.sweeper,
        reception=house.reception,
        known_rules=known_rules(),
        service_sections=service_sections(house.tools, house.views),
        body_budget=BodyBudget(),
        navigation=navigation_of(house.tools),
        finders=finders,
        **measuring,
        **more,
    )
    finders += (house.parts.bound(tool.load(tool.finds)) for tool in house.tools if tool.finds)
    return house.parts


def _one_of(parts: HouseParts, name: str) -> Callable[[], Any]:
    def provide() -> Any:
        return parts[name]

    return provide
