"""A small house for page tests: a real ledger with a story in it, the views over it, and the pages on a socket."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide

from andon.app import NAVIGATION
from andon.engine.callers_desk import CallersDesk
from andon.engine.codec import Codec
from andon.engine.desk import Desk
from andon.engine.health import Health
from andon.engine.streams import Streams
from andon.engine.views import Views
from andon.kernel.envelope import Draft
from andon.kernel.ids import (
    AccountName,
    Actor,
    ArtifactName,
    BranchName,
    CommitId,
    Digest,
    EventId,
    RepositoryName,
    StreamId,
)
from andon.kernel.masks import Masks
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.line import pages as line_pages
from andon.line import pages_names
from andon.line.changes import Changes
from andon.line.endings import RepositoryEndings
from andon.line.entries import Entries
from andon.line.facts import Facts
from andon.line.journeys import Journeys
from andon.line.owning import Ownership
from andon.line.search import Search
from andon.line.whereabouts import Served
from andon.machine.disk import Reserve
from andon.standards.oci import Descriptor
from andon.tool import PLACES
from andon.tools.access import events as access_events
from andon.tools.access import pages_accounts
from andon.tools.access.adapters.randomness_os import OsRandomness
from andon.tools.access.keys import Keys
from andon.tools.access.pages import login_page
from andon.tools.access.views import Accounts
from andon.tools.artifacts import events as artifacts_events
from andon.tools.artifacts import pages as artifacts_pages
from andon.tools.artifacts.inspection import Inspected
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.views import Artifacts
from andon.tools.delivery import events as delivery_events
from andon.tools.delivery import pages as delivery_pages
from andon.tools.delivery import pages_logs, pages_services
from andon.tools.delivery.adapters.runtime_process import InstanceLogs
from andon.tools.delivery.answering import provide_promotions
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Environments
from andon.tools.infra import pages as infra_pages
from andon.tools.infra.views import KnownSecrets
from andon.tools.measurement.pages import numbers as numbers_pages
from andon.tools.measurement.people import Improvements
from andon.tools.measurement.sources import Sources
from andon.tools.measurement.views import Measured
from andon.tools.pipelines import events as pipelines_events
from andon.tools.pipelines import pages as pipelines_pages
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.model import run
from andon.tools.pipelines.views import Runs
from andon.tools.source import events as source_events
from andon.tools.source import pages as source_pages
from andon.tools.source.model.repository import NOUN as REPOSITORY
from andon.tools.source.ports import Approval
from andon.tools.source.removing import Removing
from andon.tools.source.views import Repositories
from andon.tools.storage import pages as storage_pages
from andon.tools.storage.adapters.stores_folders import FolderStore
from andon.tools.storage.model.retention import RetentionPolicy
from andon.tools.storage.sweeping import Sweeper
from andon.web import live as live_door
from andon.web.asgi import App, Receive, Scope, Send
from andon.web.assets import Assets
from andon.web.errors import exception_handlers
from andon.web.live import Live
from andon.web.navigation import Navigation
from andon.web.pages import Pages, provide_asked
from andon.web.security import Shield
from andon.web.static_files import static_file
from andon.web.templates import template_environment
from andon.web.who import WHO, Who
from andon.wiring.parts import HouseParts
from andon.wiring.rules import known_rules
from andon.wiring.service_sections import service_sections
from andon.wiring.tools import TOOLS
from andon.wiring.views import HouseViews
from tests.line.story import NOW, Told, hexed
from tests.tools.measurement.known import exports_of

EVENTS = (
    *access_events.EVENTS,
    *artifacts_events.EVENTS,
    *delivery_events.EVENTS,
    *pipelines_events.EVENTS,
    *source_events.EVENTS,
)
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
NOUNS = (*delivery_events.NOUNS, run.NOUN, REPOSITORY)


def sweeper_of(folder: Path, desk: Desk, now: datetime) -> Sweeper:
    """The logs of runs below the folder, kept for 90 days."""
    store = FolderStore("run logs", folder / "runs", lambda _: "")
    policy = RetentionPolicy(age=timedelta(days=90), size_bytes=1 << 40)
    return Sweeper(desk=desk, stores=(("run logs", store),), policy=policy, now=lambda: now)


class SeeingInspector:
    """Finds two layers and a good provenance in every artifact."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def inspect(self, name: ArtifactName, digest: Digest) -> Inspected:
        """What is there."""
        layers = tuple(
            Descriptor(media_type=LAYER, digest=f"sha256:{hexed(f'{digest}{number}', 64)}", size=size)
            for number, size in enumerate((28_400_000, 12_900_000))
        )
        published = self._artifacts.version(name, digest).published
        provenance = Provenance(
            artifact=name,
            digest=digest,
            repository=published.repository,
            commit=published.commit,
            branch=BranchName("trunk"),
            run=published.run,
            path="dist",
            base="",
            builder="https://andon.example/install/1f0c",
            started_at=NOW,
        )
        return Inspected(layers=layers, provenance=provenance)


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """Always the same time."""

    time: datetime

    def now(self) -> datetime:
        return self.time


PAGES = (
    line_pages,
    pages_names,
    pipelines_pages,
    artifacts_pages,
    delivery_pages,
    pages_services,
    pages_logs,
    numbers_pages,
    live_door,
    pages_accounts,
    infra_pages,
    source_pages,
    storage_pages,
)
HANDLERS = (*(handler for module in PAGES for handler in module.HANDLERS), static_file, login_page)
_ADDRESSES = {path for handler in HANDLERS for path in handler.paths}
#: what it leads to is only what this house serves
SERVED = Navigation(PLACES, tuple(page for page in NAVIGATION.pages if page.address in _ADDRESSES))
ADA = Who(
    actor=Actor("ada"),
    account=AccountName("ada"),
    permissions=frozenset({"read", "push", "run", "promote", "cord"}),
)


class Waiting:
    """Two commits of shop on branches that change what is protected; Ada wrote one of them."""

    async def of(self, repository: RepositoryName, actor: Actor) -> tuple[Approval, ...]:
        """Those that wait."""
        if repository != "shop":
            return ()
        return tuple(
            Approval(
                branch=BranchName(branch),
                commit=CommitId(hexed(branch, 40)),
                paths=("deploy/prices.toml", "deploy/rates.toml"),
                is_approved=branch == "vat-of-norway",
                is_anothers=branch != "prices",
            )
            for branch in ("prices", "taxes-of-2027", "vat-of-norway")
        )


@dataclass(slots=True)
class Asker:
    """Who asks, until a test says otherwise."""

    who: Who = ADA


class _Known:
    """Notes in every request who asks, as the gate does."""

    def __init__(self, app: Litestar, asker: Asker) -> None:
        self._app: Any = app
        self._asker = asker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[WHO] = self._asker.who
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts that a test may ask."""

    app: Litestar
    ledger: Ledger
    codec: Codec
    views: Views
    changes: Changes
    measured: Measured
    live: Live
    following: asyncio.Task[None]
    asker: Asker

    async def tell(self, told: Sequence[Told]) -> None:
        """Append events, and let every view see them."""
        heads: dict[StreamId, int] = {}
        drafts: list[Draft] = []
        head = (await self.ledger.head()).position
        for number, one in enumerate(told, start=head + 1):
            if one.stream not in heads:
                heads[one.stream] = len(await self.ledger.read(stream=one.stream))
            name, schema, data = self.codec.encode(one.event)
            drafts.append(
                Draft(
                    id=EventId(f"00000000-0000-7000-8000-{number:012d}"),
                    stream=one.stream,
                    expected=heads[one.stream],
                    type=name,
                    schema=schema,
                    at=one.at,
                    actor=one.actor,
                    cause=None,
                    chain=one.chain,
                    data=data,
                )
            )
            heads[one.stream] += 1
        await self.ledger.append(drafts)
        await self.views.reach(head + len(drafts))

    @property
    def door(self) -> App:
        """The pages as a browser meets them, behind the shield."""
        return Shield(_Known(self.app, self.asker))

    async def close(self) -> None:
        """Let go of everything."""
        self.live.close()
        self.following.cancel()
        await self.ledger.close()


async def build(folder: Path, told: Sequence[Told], asker: Asker | None = None, now: datetime = NOW) -> House:
    """The house with this story in it."""
    asking = asker or Asker()
    ledger = await open_ledger(f"sqlite:///{folder}/ledger.db")
    codec = Codec(EVENTS)
    facts = Facts()
    environments, changes, artifacts, runs = Environments(), Changes(facts), Artifacts(), Runs()
    accounts, secrets, repositories, whereabouts, measured = (
        Accounts(),
        KnownSecrets(),
        Repositories(),
        Served(),
        Measured(),
    )
    health = Health(StoppedClock(now))
    views = Views(
        (facts, changes, artifacts, runs, whereabouts, environments, measured, accounts, secrets, repositories),
        health,
    )
    live = Live(ledger, views)
    ids = itertools.count(1)
    desk = Desk(
        ledger=ledger,
        codec=codec,
        streams=Streams(ledger, codec, NOUNS, health),
        views=views,
        clock=StoppedClock(now),
        new_id=lambda: EventId(f"10000000-0000-7000-8000-{next(ids):012d}"),
        judge=lambda order, state, at: None,
    )
    packages = {
        name: f"andon.tools.{name}"
        for name in ("access", "artifacts", "delivery", "infra", "measurement", "pipelines", "source", "storage")
    } | {"line": "andon.line"}
    assets = Assets()
    pages = Pages(template_environment(packages, assets, SERVED), now=lambda: now, position=lambda: views.position)
    things: dict[str, Any] = {
        "assets": assets,
        "accounts": accounts,
        "artifacts": artifacts,
        "changes": changes,
        "environments": environments,
        "verdicts": Verdicts(),
        "entries": Entries(ledger, codec),
        "exports": exports_of(ledger, measured, folder),
        "cords": facts.cords,
        "keys": Keys(desk=desk, accounts=accounts, randomness=OsRandomness(), now=lambda: now),
        "health": health,
        "journeys": Journeys(ledger, codec, changes),
        "ledger": ledger,
        "live": live,
        "logs": FileLogs(folder / "runs"),
        "service_logs": InstanceLogs(folder / "services", Masks()),
        "measured": measured,
        "pages": pages,
        "repositories": repositories,
        "runs": runs,
        "improvements": Improvements(),
        "sources": Sources(),
        "known_rules": known_rules(),
        "service_sections": service_sections(
            TOOLS,
            HouseViews(changes=changes, runs=runs, artifacts=artifacts, secrets=secrets, measured=measured),
        ),
        "removing": Removing(reception=cast(Any, None), repositories=repositories, endings=RepositoryEndings(facts)),
        "approvals": Waiting(),
        "owning": Ownership(facts),
        "facts": facts,
        "secrets": secrets,
        "sweeper": sweeper_of(folder, desk, now),
        "reserve": Reserve(folder=folder),
        "now": now,
        "inspector": SeeingInspector(artifacts),
        "whereabouts": whereabouts,
    }
    dependencies: dict[str, Provide] = {
        name: Provide(_giver(thing), sync_to_thread=False) for name, thing in _with_search(things).items()
    }
    dependencies["desk"] = Provide(lambda: CallersDesk(desk, asking.who), sync_to_thread=False)
    dependencies["who"] = Provide(lambda: asking.who, sync_to_thread=False)
    dependencies["asked"] = Provide(provide_asked, sync_to_thread=False)
    dependencies["promotions"] = Provide(provide_promotions, sync_to_thread=False)
    app = Litestar(
        route_handlers=[*HANDLERS],
        dependencies=dependencies,
        exception_handlers=exception_handlers(pages),
        openapi_config=None,
    )
    following = asyncio.create_task(_follow(ledger, codec, views))
    house = House(
        app=app,
        ledger=ledger,
        codec=codec,
        views=views,
        changes=changes,
        measured=measured,
        live=live,
        following=following,
        asker=asking,
    )
    await house.tell(told)
    return house


async def _follow(ledger: Ledger, codec: Codec, views: Views) -> None:
    """Lead every view along the ledger, as the engine does."""
    async for entries in ledger.follow(0):
        await views.apply([codec.decode(entry) for entry in entries], entries[-1].position)


def _with_search(things: dict[str, Any]) -> dict[str, Any]:
    parts = HouseParts(things, ())
    return {**things, "search": Search([parts.bound(tool.load(tool.finds)) for tool in TOOLS if tool.finds], SERVED)}


def _giver(thing: object) -> Any:
    return lambda: thing


def nobody() -> Who:
    """Somebody who may only read."""
    return replace(ADA, account=None, permissions=frozenset({"read"}))
