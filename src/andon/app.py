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

from andon.line.approvals import LineApprovals
from andon.line.cdevents_export import CDEvents
from andon.line.changes import Changes
from andon.line.endings import RepositoryEndings
from andon.line.entries import Entries
from andon.line.facts import Facts
from andon.line.journeys import Journeys
from andon.line.owning import Ownership
from andon.line.search import Searched
from andon.tool import PLACES, Tool
from andon.tools.access.views import Accounts
from andon.tools.artifacts.inspection import RegistryInspector
from andon.tools.artifacts.views import Artifacts
from andon.tools.delivery.answering import provide_promotions
from andon.tools.delivery.views import Environments
from andon.tools.measurement.api.metric_query import provide_asking, provide_question
from andon.tools.measurement.exports import Exports, ExportSources
from andon.tools.measurement.people import Improvements, PriceList, Pulses
from andon.tools.measurement.views import Measured
from andon.tools.pipelines.views import Runs
from andon.tools.source.removing import Removing
from andon.tools.source.views import Repositories
from andon.web.asgi import App, Receive, Scope, Send
from andon.web.assets import Assets
from andon.web.bodies import CarefulRequest
from andon.web.body_budget import BodyBudget
from andon.web.errors import exception_handlers
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
from andon.wiring.rules import known_rules
from andon.wiring.tools import TOOLS
from andon.wiring.views import HouseViews

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
    views, adapters = house.views, house.adapters
    things: dict[str, object] = {
        "engine": house.engine,
        "health": house.engine.health,
        "ledger": house.ledger,
        "live": house.live,
        "keys": house.keys,
        "vault": house.vault,
        "prover": house.watch.prover,
        "sweeper": house.sweeper,
        "reserve": house.config.reserve,
        "reception": house.reception,
        "removing": _removing(house),
        "owning": Ownership(views[Facts]),
        "approvals": LineApprovals(adapters.repositories, views[Repositories], views[Facts]),
        "logs": adapters.logs,
        "service_logs": adapters.service_logs,
        "clock": house.clock,
        "inspector": RegistryInspector(adapters.registries, adapters.attestations),
        "journeys": Journeys(house.ledger, house.codec, views[Changes]),
        "cdevents": CDEvents(house.ledger, house.codec, house.config.url),
        "known_rules": known_rules(),
        "entries": Entries(house.ledger, house.codec.types),
        "exports": Exports(_known(house)),
        **views.by_name,
        "searched": _searched(views),
        "body_budget": BodyBudget(),
        **{field.name: getattr(house.measuring, field.name) for field in fields(house.measuring)},
        **more,
    }
    provided = {name: Provide(_always(thing), sync_to_thread=False) for name, thing in things.items()}
    provided["who"] = Provide(provide_who, sync_to_thread=False)
    provided["desk"] = Provide(provide_desk, sync_to_thread=False)
    provided["asked"] = Provide(provide_asked, sync_to_thread=False)
    provided["promotions"] = Provide(provide_promotions, sync_to_thread=False)
    provided["asking"] = Provide(provide_asking, sync_to_thread=False)
    provided["question"] = Provide(provide_question, sync_to_thread=False)
    provided["now"] = Provide(house.clock.now, sync_to_thread=False)
    return provided


def _searched(views: HouseViews) -> Searched:
    """Everything that can be searched."""
    return Searched(
        changes=views[Changes],
        repositories=views[Repositories],
        runs=views[Runs],
        artifacts=views[Artifacts],
        environments=views[Environments],
        accounts=views[Accounts],
    )


def _removing(house: House) -> Removing:
    """Who archives and deletes repositories."""
    endings = RepositoryEndings(house.views[Facts])
    return Removing(reception=house.reception, repositories=house.views[Repositories], endings=endings)


def _known(house: House) -> ExportSources:
    """Everything that can be taken out."""
    views = house.views
    return ExportSources(
        ledger=house.ledger,
        series=house.measuring.series,
        measured=views[Measured],
        improvements=views[Improvements],
        pulses=views[Pulses],
        price_list=views[PriceList],
    )


def _always(thing: object) -> Callable[[], Any]:
    def provide() -> Any:
        return thing

    return provide
