"""The API of leaving: what would end when a service is removed, and removing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.desk import Desk
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, EnvironmentName, ServiceName
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.model.service import service_stream
from andon.tools.delivery.views import Environments, ServiceSeen
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalAsked:
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


@post("/api/v1/services/{service:str}/removal", status_code=HTTP_200_OK)
async def remove_service(
    service: FromPath[str],
    data: JSONBody[RemovalAsked],
    who: NamedDependency[Who],
    desk: NamedDependency[Desk],
    environments: NamedDependency[Environments],
) -> list[Ending]:
    """Drain and stop a service; without `sure` only what would end. Errors: Refused, NotFound."""
    who.require("promote")
    seen = meant(environments, ServiceName(service), data.environment)
    endings = [_ending(one) for one in seen]
    await retire(desk, seen if data.sure else (), who.actor)
    return endings


def ends(seen: ServiceSeen) -> bool:
    """Would a removal end anything here: what runs, waits, listens, or is offered to people?"""
    return seen.is_there or seen.state.offered is not None


async def retire(desk: Desk, seen: Iterable[ServiceSeen], actor: Actor) -> None:
    """Have all of these drained and stopped. Errors: Refused."""
    for one in seen:
        command = RetireService(
            environment=one.environment, service=one.service, reason=f"removed by {actor}", by_hand=True
        )
        await desk.submit(service_stream(one.environment, one.service), command, actor=actor)


def meant(environments: Environments, service: ServiceName, environment: str) -> list[ServiceSeen]:
    """Where something of the service is. Errors: NotFound."""
    environments.situation(service)
    if environment:
        environments.service(EnvironmentName(environment), service)
    places = [
        one
        for one in environments.services()
        if one.service == service and environment in {"", one.environment} and ends(one)
    ]
    if not places:
        where = f" in {environment}" if environment else ""
        raise NotFound(f"Nothing of {service} runs{where}: there is nothing to end.")
    return places


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
