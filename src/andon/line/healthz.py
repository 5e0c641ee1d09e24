"""Is the server at work? One address for load balancers and for people: what stands still, and on which entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from andon.engine.engine import Engine
from andon.engine.health import Fault
from andon.line.changes import Changes
from andon.line.condition import of_line
from andon.tools.delivery.views import Environments
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultShown:
    """A part of the engine that broke since the start."""

    part: str
    #: of the ledger's entry that it broke on
    position: int
    at: datetime
    #: it does nothing any more until the server is started again
    stands_still: bool
    #: "" for those who may not read
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthShown:
    """How the server is."""

    live: bool
    #: False as long as a part stands still
    ready: bool
    #: the last ledger entry that every view has seen
    position: int
    faults: tuple[FaultShown, ...]
    #: how the line stands, the worst first; "" for those who may not read
    summary: str = ""
    #: what is probably wrong in how the server was started; nothing for those who may not read
    warnings: tuple[str, ...] = ()


@get("/healthz", sync_to_thread=False, opt={"public": True})
def show_health(
    who: NamedDependency[Who],
    engine: NamedDependency[Engine],
    changes: NamedDependency[Changes],
    environments: NamedDependency[Environments],
    now: NamedDependency[datetime],
) -> Response[HealthShown]:
    """Live and ready, and what is not; 503 when something stands still. Open to everybody, without reasons."""
    condition = of_line(changes, environments, engine.health.faults, now, engine.health.warnings)
    return answer(who, engine, condition.sentence if who.may("read") else "")


def answer(who: Who, engine: Engine, summary: str = "") -> Response[HealthShown]:
    """How the engine is, as far as the asker may know it."""
    health = engine.health
    shown = HealthShown(
        live=True,
        ready=health.is_ready,
        position=engine.views.position,
        faults=tuple(_shown(fault, who) for fault in health.faults),
        summary=summary,
        warnings=health.warnings if who.may("read") else (),
    )
    status = HTTP_200_OK if health.is_ready else HTTP_503_SERVICE_UNAVAILABLE
    return Response(shown, status_code=status, headers={"Cache-Control": "no-store"})


def _shown(fault: Fault, who: Who) -> FaultShown:
    return FaultShown(
        part=fault.part,
        position=fault.position,
        at=fault.at,
        stands_still=fault.stands_still,
        reason=fault.reason if who.may("read") else "",
    )


HANDLERS = (show_health,)
