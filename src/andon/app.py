"""The ASGI application: every tool's pages and APIs, the registry and the git door, behind one front."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from importlib.metadata import version
from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ControllerRouterHandler

from andon.line import api as line_api
from andon.line import healthz
from andon.line import pages as line_pages
from andon.line.cdevents_export import CDEvents
from andon.line.endings import RepositoryEndings
from andon.line.journeys import Journeys
from andon.line.search import Searched
from andon.tools.access import api as access_api
from andon.tools.access import pages as access_pages
from andon.tools.access import pages_accounts
from andon.tools.artifacts import api as artifacts_api
from andon.tools.artifacts import pages as artifacts_pages
from andon.tools.artifacts.inspection import RegistryInspector
from andon.tools.delivery import api as delivery_api
from andon.tools.delivery import pages as delivery_pages
from andon.tools.delivery import pages_logs, pages_services
from andon.tools.delivery.answering import provide_promotions
from andon.tools.infra import api as infra_api
from andon.tools.infra import pages as infra_pages
from andon.tools.measurement import api as measurement_api
from andon.tools.measurement import pages as measurement_pages
from andon.tools.measurement.answers.remembered import Remembered
from andon.tools.measurement.api.asked_for import provide_asking
from andon.tools.measurement.exports import Exports, Known
from andon.tools.pipelines import api as pipelines_api
from andon.tools.pipelines import pages as pipelines_pages
from andon.tools.source import api as source_api
from andon.tools.source import pages as source_pages
from andon.tools.source.removing import Removing
from andon.tools.storage import api as storage_api
from andon.tools.storage import pages as storage_pages
from andon.web.asgi import App, Receive, Scope, Send
from andon.web.assets import Assets
from andon.web.bodies import CarefulRequest
from andon.web.body_budget import BodyBudget
from andon.web.errors import exception_handlers
from andon.web.front import FrontSettings, front
from andon.web.gate import login_required, provide_who
from andon.web.live import HANDLERS as LIVE_HANDLERS
from andon.web.pages import Pages, provide_asked
from andon.web.static_files import static_file
from andon.web.templates import template_environment
from andon.wiring.house import House
from andon.wiring.views import HouseViews

TEMPLATES = {
    "line": "andon.line",
    "access": "andon.tools.access",
    "infra": "andon.tools.infra",
    "source": "andon.tools.source",
    "pipelines": "andon.tools.pipelines",
    "artifacts": "andon.tools.artifacts",
    "delivery": "andon.tools.delivery",
    "measurement": "andon.tools.measurement",
    "storage": "andon.tools.storage",
}
HANDLERS: tuple[ControllerRouterHandler, ...] = (
    *line_pages.HANDLERS,
    *line_api.HANDLERS,
    *healthz.HANDLERS,
    *access_pages.HANDLERS,
    *pages_accounts.HANDLERS,
    *access_api.HANDLERS,
    *infra_pages.HANDLERS,
    *infra_api.HANDLERS,
    *source_pages.HANDLERS,
    *source_api.HANDLERS,
    *pipelines_pages.HANDLERS,
    *pipelines_api.HANDLERS,
    *artifacts_pages.HANDLERS,
    *artifacts_api.HANDLERS,
    *delivery_pages.HANDLERS,
    *pages_services.HANDLERS,
    *delivery_api.HANDLERS,
    *pages_logs.HANDLERS,
    *measurement_api.HANDLERS,
    *measurement_pages.HANDLERS,
    *storage_api.HANDLERS,
    *storage_pages.HANDLERS,
    *LIVE_HANDLERS,
    static_file,
)
LARGEST_BODY_BYTES = 2 * 1024 * 1024  #: of a call to the API or a form; blobs and pushes do not come this way


def build_app(house: House) -> App:
    """The whole server as one ASGI application; its lifespan starts and stops the house."""
    settings = FrontSettings(url=house.config.url, public_read=house.config.public_read)
    assets = Assets()
    pages = Pages(
        template_environment(TEMPLATES, assets),
        now=house.clock.now,
        position=lambda: house.engine.views.position,
        server=settings.url,
    )
    doors = Doors(_framework(house, {"pages": pages, "assets": assets, "front": settings}), house)
    return front(doors, gate=house.gate, settings=settings, seconds=time.monotonic)


class Doors:
    """Sends each request to its door: git clients, container clients, everybody else."""

    def __init__(self, framework: Litestar, house: House) -> None:
        self._framework = framework
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if path.startswith("/git/"):
            await self._house.git(scope, receive, send)
        elif path == "/v2" or path.startswith("/v2/"):
            await self._house.registry(scope, receive, send)
        else:
            await self._framework(cast(Any, scope), cast(Any, receive), cast(Any, send))


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
        route_handlers=list(HANDLERS),
        dependencies=_dependencies(house, more),
        guards=[login_required],
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
        "desk": house.engine.desk,
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
        "logs": adapters.logs,
        "service_logs": adapters.service_logs,
        "clock": house.clock,
        "inspector": RegistryInspector(adapters.registries, adapters.attestations),
        "journeys": Journeys(house.ledger, house.codec, views.changes),
        "cdevents": CDEvents(house.ledger, house.codec, house.config.url),
        "exports": Exports(_known(house)),
        **_views(views),
        "remembered": Remembered(),
        "body_budget": BodyBudget(),
        **{field.name: getattr(house.measuring, field.name) for field in fields(house.measuring)},
        **more,
    }
    provided = {name: Provide(_always(thing), sync_to_thread=False) for name, thing in things.items()}
    provided["who"] = Provide(provide_who, sync_to_thread=False)
    provided["asked"] = Provide(provide_asked, sync_to_thread=False)
    provided["promotions"] = Provide(provide_promotions, sync_to_thread=False)
    provided["asking"] = Provide(provide_asking, sync_to_thread=False)
    provided["now"] = Provide(house.clock.now, sync_to_thread=False)
    return provided


def _views(views: HouseViews) -> dict[str, object]:
    """Read models, by the names that handlers ask for."""
    return {
        "accounts": views.accounts,
        "secrets": views.known_secrets,
        "repositories": views.repositories,
        "runs": views.runs,
        "artifacts": views.artifacts,
        "whereabouts": views.whereabouts,
        "environments": views.environments,
        "cords": views.cords,
        "verdicts": views.verdicts,
        "changes": views.changes,
        "facts": views.facts,
        "searched": _searched(views),
        "measured": views.measured,
        "sources": views.sources,
        "improvements": views.improvements,
        "pulses": views.pulses,
        "price_list": views.price_list,
    }


def _searched(views: HouseViews) -> Searched:
    """Everything that can be searched."""
    return Searched(
        changes=views.changes,
        repositories=views.repositories,
        runs=views.runs,
        artifacts=views.artifacts,
        environments=views.environments,
        accounts=views.accounts,
    )


def _removing(house: House) -> Removing:
    """Who archives and deletes repositories."""
    endings = RepositoryEndings(house.views.facts)
    return Removing(reception=house.reception, repositories=house.views.repositories, endings=endings)


def _known(house: House) -> Known:
    """Everything that can be taken out."""
    views = house.views
    return Known(
        ledger=house.ledger,
        series=house.measuring.series,
        measured=views.measured,
        improvements=views.improvements,
        pulses=views.pulses,
        price_list=views.price_list,
    )


def _always(thing: object) -> Callable[[], Any]:
    def provide() -> Any:
        return thing

    return provide
