"""The API of sources: the door for other tools' deliveries, the connections, and what was kept unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from andon.kernel.ids import Actor, EnvironmentName, parse_name
from andon.tools.measurement.connecting import Connecting, ConnectionResult
from andon.tools.measurement.model.intake.connection import AddConnection, ChangeSecret, ConnectedTool, RemoveConnection
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment, NamedService
from andon.tools.measurement.ports import KeptBodies
from andon.tools.measurement.receiving import Delivery, Receipt, Receiving
from andon.tools.measurement.source_troubles import SourceTrouble
from andon.tools.measurement.sources import Source, Sources, UnreadDelivery
from andon.web.body_budget import BodyBudget
from andon.web.who import Who

#: of one delivery: GitHub sends at most this
LARGEST_DELIVERY_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewConnection:
    """Another tool, and how its names are read; without a repr, so that no log can show its secret."""

    kind: str
    services: tuple[NamedService, ...] = ()
    environments: tuple[NamedEnvironment, ...] = ()
    #: where things happen whose sender names no environment
    default_environment: str = ""
    #: pipelines whose runs deploy, and to where
    deploying: tuple[NamedEnvironment, ...] = ()
    #: tags that mean "this runs there now"
    tags: tuple[NamedEnvironment, ...] = ()
    clones_from: str = ""
    #: "" lets the server make one, where it is not the other tool's to choose
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewConnectionSecret:
    """The secret; "" lets the server make one."""

    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SourceRecord:
    """Where facts come from."""

    name: str
    #: "" for a file, and for what was removed
    kind: str
    services: tuple[NamedService, ...]
    environments: tuple[NamedEnvironment, ...]
    default_environment: str
    deploying: tuple[NamedEnvironment, ...]
    tags: tuple[NamedEnvironment, ...]
    clones_from: str
    #: deliveries can be proven
    has_secret: bool
    #: where the other tool sends its deliveries
    path: str
    added_at: datetime | None
    added_by: Actor | None
    heard_at: datetime | None
    deliveries: int
    #: by kind; a fact that was told several times is one
    facts: dict[str, int]
    kept: int
    #: deliveries with a wrong signature, since one was right or the server began
    turned_away: int
    #: shown once, when the server made it; else ""
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRecord:
    """A repository elsewhere, and how far its commits are known."""

    connection: str
    repository: str
    #: the head that git walks from now; "" when it rests
    walking: str
    since: datetime | None
    #: the last head whose whole history is known
    known: str
    #: why the last walk failed; "" when it did not
    trouble: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesRecord:
    """Everything that tells facts."""

    sources: tuple[SourceRecord, ...]
    walks: tuple[WalkRecord, ...]
    #: the newest first
    troubles: tuple[SourceTrouble, ...]


@post(
    "/api/v1/intake/{connection:str}",
    opt={"public": True},
    status_code=202,
    request_max_body_size=LARGEST_DELIVERY_BYTES,
)
async def take_delivery(
    connection: FromPath[str],
    request: Request[Any, Any, State],
    receiving: NamedDependency[SkipValidation[Receiving]],
    body_budget: NamedDependency[SkipValidation[BodyBudget]],
) -> Receipt:
    """Where other tools send their webhooks. The signature decides who may; the same delivery again changes nothing."""
    receiving.admit(connection)  # before anything is read
    headers = {name.lower(): value for name, value in request.headers.items()}
    async with body_budget.body(request) as body:
        return await receiving.receive(Delivery(connection=connection, headers=headers, body=body))


@get("/api/v1/measurement/sources", sync_to_thread=False)
def list_sources(sources: NamedDependency[SkipValidation[Sources]]) -> SourcesRecord:
    """Connections and files with what each told, repositories that are walked, and troubles."""
    return SourcesRecord(
        sources=tuple(source_record(source) for source in sources.all()),
        walks=tuple(
            WalkRecord(
                connection=walk.connection,
                repository=walk.repository or "",
                walking=walk.head or "",
                since=walk.since,
                known=walk.walked[-1] if walk.walked else "",
                trouble=walk.trouble,
                at=sources.moved.get((walk.connection, walk.repository or "")),
            )
            for walk in sources.walks()
        ),
        troubles=sources.troubles,
    )


@put("/api/v1/measurement/connections/{name:str}", opt={"gives": AddConnection})
async def add_connection(
    name: FromPath[str],
    data: JSONBody[NewConnection],
    who: NamedDependency[Who],
    connecting: NamedDependency[SkipValidation[Connecting]],
) -> SourceRecord:
    """Let another tool tell facts, or read an old one by other names. A secret that is made is shown this once."""
    names = _names(name, data)
    tool = ConnectedTool(kind=data.kind, names=names, clones_from=data.clones_from)
    return _connected(await connecting.add(name, tool, data.secret, by=who))


@put("/api/v1/measurement/connections/{name:str}/secret", opt={"gives": ChangeSecret})
async def change_secret(
    name: FromPath[str],
    data: JSONBody[NewConnectionSecret],
    who: NamedDependency[Who],
    connecting: NamedDependency[SkipValidation[Connecting]],
) -> SourceRecord:
    """Take another secret; one that is made here is shown this once."""
    return _connected(await connecting.change_secret(name, data.secret, by=who))


@delete("/api/v1/measurement/connections/{name:str}", opt={"gives": RemoveConnection})
async def remove_connection(
    name: FromPath[str], who: NamedDependency[Who], connecting: NamedDependency[SkipValidation[Connecting]]
) -> None:
    """Let a tool tell nothing any more. What it told stays."""
    await connecting.remove(name, by=who)


@get("/api/v1/measurement/kept", sync_to_thread=False)
def list_kept(sources: NamedDependency[SkipValidation[Sources]]) -> list[UnreadDelivery]:
    """Deliveries that nobody here understands yet, the newest first."""
    return list(sources.kept)


@get("/api/v1/measurement/kept/{connection:str}/{digest:str}", opt={"permission": "promote"})
async def show_kept(
    connection: FromPath[str],
    digest: FromPath[str],
    bodies: NamedDependency[SkipValidation[KeptBodies]],
) -> Response[bytes]:
    """One of them as it came: headers as JSON, an empty line, the body."""
    return Response(bodies.read(connection, digest), media_type="application/octet-stream")


def _names(name: str, data: NewConnection) -> Mapping:
    """How its names are read. Errors: Invalid when something could not be called so."""
    for service in data.services:
        parse_name(service.service, "a service")
    for each in (*data.environments, *data.deploying, *data.tags):
        parse_name(each.environment, "an environment")
    usual = parse_name(data.default_environment, "an environment") if data.default_environment else ""
    return Mapping(
        source=name,
        services=data.services,
        environments=data.environments,
        default_environment=EnvironmentName(usual) if usual else None,
        deploying=data.deploying,
        tags=data.tags,
    )


def _connected(connected: ConnectionResult) -> SourceRecord:
    return source_record(connected.source, connected.secret)


def source_record(source: Source, secret: str = "") -> SourceRecord:
    """A source as the API, the command and the page show it."""
    tool = source.tool
    names = tool.names if tool else Mapping(source=source.name)
    return SourceRecord(
        name=source.name,
        kind=tool.kind if tool else "",
        services=names.services,
        environments=names.environments,
        deploying=names.deploying,
        default_environment=names.default_environment or "",
        tags=names.tags,
        clones_from=tool.clones_from if tool else "",
        has_secret=bool(tool and tool.fingerprint),
        path=f"/api/v1/intake/{source.name}" if tool else "",
        added_at=source.added_at,
        added_by=source.added_by,
        heard_at=source.heard_at,
        deliveries=source.deliveries,
        facts=dict(source.facts),
        kept=source.kept,
        turned_away=source.turned_away,
        secret=secret,
    )


HANDLERS = (
    take_delivery,
    list_sources,
    add_connection,
    change_secret,
    remove_connection,
    list_kept,
    show_kept,
)
