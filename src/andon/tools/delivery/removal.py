"""Removing a service: where something of it is, and having that drained and stopped."""

from __future__ import annotations

from collections.abc import Iterable

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, EnvironmentName, ServiceName
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.model.service import service_stream
from andon.tools.delivery.views import Environments, ServiceSeen


def ends(seen: ServiceSeen) -> bool:
    """Would a removal end anything here: what runs, waits, listens, or is offered to people?"""
    return seen.is_there or seen.state.offered is not None


async def retire(desk: CallersDesk, seen: Iterable[ServiceSeen], actor: Actor) -> None:
    """Have all of these drained and stopped. Errors: Refused."""
    for one in seen:
        command = RetireService(
            environment=one.environment, service=one.service, reason=f"removed by {actor}", by_hand=True
        )
        await desk.submit(service_stream(one.environment, one.service), command)


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
