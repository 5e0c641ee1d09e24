"""The API of delivery: environments and their services, promotions, rollbacks, the cord, the line, logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.desk import Desk
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery import api_logs, api_removal, api_restart
from andon.tools.delivery.answering import PromotionAnswer, answer, submit, verdict_of
from andon.tools.delivery.condition import of_environment
from andon.tools.delivery.model import choice
from andon.tools.delivery.model.cord import CORD_STREAM, PullCord, ReleaseCord
from andon.tools.delivery.model.promotion import promotion_id
from andon.tools.delivery.shown import EnvironmentShown, LineShown, ServiceShown, show_line, show_service
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Cord, Cords, Environments
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionAsked:
    """What is to be promoted."""

    service: str
    #: "" takes the first environment that lacks it
    environment: str = ""
    #: "" takes the newest that may enter
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackAsked:
    """What is to be gone back to."""

    service: str
    #: "" takes the last environment of the line
    environment: str = ""
    #: "" takes the version before the one that is live
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CordAsked:
    """Which cord, and why."""

    reason: str
    #: "line", "environment/NAME" or "service/NAME"
    scope: str = "line"


@get("/api/v1/environments", sync_to_thread=False)
def list_environments(
    who: NamedDependency[Who],
    environments: NamedDependency[Environments],
    cords: NamedDependency[Cords],
    now: NamedDependency[datetime],
) -> list[EnvironmentShown]:
    """Every environment in its order, with its services."""
    who.require("read")
    return [_environment(environments, cords, name, now, who.permissions) for name in environments.names]


@get("/api/v1/environments/{environment:str}/{service:str}", sync_to_thread=False)
def get_service(
    environment: FromPath[str],
    service: FromPath[str],
    who: NamedDependency[Who],
    environments: NamedDependency[Environments],
    cords: NamedDependency[Cords],
) -> ServiceShown:
    """One service in one environment: slots, weights, what is live, what is on its way, what was."""
    who.require("read")
    seen = environments.service(EnvironmentName(environment), ServiceName(service))
    return show_service(seen, cords.stopping(seen.environment, seen.service), who.permissions)


@get("/api/v1/line", sync_to_thread=False)
def get_line(who: NamedDependency[Who], environments: NamedDependency[Environments]) -> LineShown:
    """The line as its file defines it."""
    who.require("read")
    return show_line(environments)


@post("/api/v1/promotions", status_code=HTTP_200_OK)
async def promote(  # noqa: PLR0913  (a handler names every service that it needs)
    data: JSONBody[PromotionAsked],
    *,
    who: NamedDependency[Who],
    desk: NamedDependency[Desk],
    environments: NamedDependency[Environments],
    verdicts: NamedDependency[Verdicts],
    wait: FromQuery[int] = 0,
) -> PromotionAnswer:
    """Promote a service; with `wait`, the verdict when it comes within so many seconds. Errors: Refused, NotFound."""
    who.require("promote")
    situation = environments.situation(ServiceName(data.service))
    request = choice.promote(situation, data.environment, data.version, f"asked for by {who.actor}")
    promotion = await submit(desk, request, who)
    return answer(request, promotion, environments, await verdict_of(verdicts, promotion, wait))


@post("/api/v1/rollbacks", status_code=HTTP_200_OK)
async def roll_back(  # noqa: PLR0913  (a handler names every service that it needs)
    data: JSONBody[RollbackAsked],
    *,
    who: NamedDependency[Who],
    desk: NamedDependency[Desk],
    environments: NamedDependency[Environments],
    verdicts: NamedDependency[Verdicts],
    wait: FromQuery[int] = 0,
) -> PromotionAnswer:
    """Go back to an artifact that was verified here: an ordinary promotion of it. Errors: Refused, NotFound."""
    who.require("promote")
    situation = environments.situation(ServiceName(data.service))
    request = choice.roll_back(situation, data.environment, data.version, f"rolled back by {who.actor}")
    promotion = await submit(desk, request, who)
    return answer(request, promotion, environments, await verdict_of(verdicts, promotion, wait))


@get("/api/v1/promotions/{environment:str}/{service:str}/{number:int}")
async def get_promotion(  # noqa: PLR0913  (a handler names every service that it needs)
    environment: FromPath[str],
    service: FromPath[str],
    number: FromPath[int],
    *,
    who: NamedDependency[Who],
    environments: NamedDependency[Environments],
    verdicts: NamedDependency[Verdicts],
    wait: FromQuery[int] = 0,
) -> PromotionAnswer:
    """One promotion; with `wait`, its verdict when it comes within so many seconds. Errors: NotFound."""
    who.require("read")
    seen = environments.service(EnvironmentName(environment), ServiceName(service))
    promotion = promotion_id(seen.environment, seen.service, number)
    request = seen.request(promotion)
    return answer(request, promotion, environments, await verdict_of(verdicts, promotion, wait))


@get("/api/v1/cord", sync_to_thread=False)
def list_cords(who: NamedDependency[Who], cords: NamedDependency[Cords]) -> list[Cord]:
    """Every cord that is pulled."""
    who.require("read")
    return list(cords.pulled())


@post("/api/v1/cord")
async def pull_cord(
    data: JSONBody[CordAsked],
    who: NamedDependency[Who],
    desk: NamedDependency[Desk],
    cords: NamedDependency[Cords],
    environments: NamedDependency[Environments],
) -> list[Cord]:
    """Stop promotions in a scope; everybody who may push may. Errors: Refused, Invalid, NotFound."""
    who.require("push" if who.may("push") else "cord")
    environments.check_scope(data.scope)
    await desk.submit(CORD_STREAM, PullCord(scope=data.scope, reason=data.reason), actor=who.actor)
    return list(cords.pulled())


@post("/api/v1/cord/release", status_code=HTTP_200_OK)
async def release_cord(
    data: JSONBody[CordAsked], who: NamedDependency[Who], desk: NamedDependency[Desk], cords: NamedDependency[Cords]
) -> list[Cord]:
    """Let promotions in a scope go on. Errors: Refused, Invalid."""
    who.require("cord")
    await desk.submit(CORD_STREAM, ReleaseCord(scope=data.scope, reason=data.reason), actor=who.actor)
    return list(cords.pulled())


def _environment(
    environments: Environments, cords: Cords, name: EnvironmentName, now: datetime, permissions: frozenset[str]
) -> EnvironmentShown:
    spec, services = environments.spec(name), tuple(environments.services(name))
    condition = of_environment(name, services, now)
    return EnvironmentShown(
        name=name,
        promotion=spec.promotion if spec else "",
        drain_seconds=spec.drain.total_seconds() if spec else 0.0,
        services=tuple(show_service(seen, cords.stopping(name, seen.service), permissions) for seen in services),
        colour=condition.colour,
        sentence=condition.sentence,
    )


HANDLERS = (
    list_environments,
    get_service,
    get_line,
    promote,
    roll_back,
    get_promotion,
    list_cords,
    pull_cord,
    release_cord,
    *api_logs.HANDLERS,
    *api_removal.HANDLERS,
    *api_restart.HANDLERS,
)
