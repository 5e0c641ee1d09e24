"""The API of leaving: what would end when a service is removed, and removing it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.removal import meant, retire
from andon.tools.delivery.views import Environments, ServiceSeen
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalRequest:
    """Where the service is to end."""

    #: "" is everywhere
    environment: str = ""
    #: False only tells what would end
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One service in one environment that ends, or would."""

    environment: EnvironmentName
    service: ServiceName
    #: "" when no version has the traffic
    version: str
    #: 0 when nobody listens
    port: int


@post("/api/v1/services/{service:str}/removal", status_code=HTTP_200_OK, opt={"gives": RetireService})
async def remove_service(
    service: FromPath[str],
    data: JSONBody[RemovalRequest],
    who: NamedDependency[Who],
    desk: NamedDependency[CallersDesk],
    environments: NamedDependency[Environments],
) -> list[Ending]:
    """Drain and stop a service; without `sure` only what would end. Errors: Refused, NotFound."""
    seen = meant(environments, ServiceName(service), data.environment)
    endings = [_ending(one) for one in seen]
    await retire(desk, seen if data.sure else (), who.actor)
    return endings


def _ending(seen: ServiceSeen) -> Ending:
    slot = seen.state.slot_in("live", "draining")
    live = seen.state.standing(slot) if slot else None
    return Ending(
        environment=seen.environment,
        service=seen.service,
        version=live.request.version if live else "",
        port=seen.state.route_port,
    )


HANDLERS = (remove_service,)
