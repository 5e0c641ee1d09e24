"""The API of delivery: environments and their services, promotions, rollbacks, restarts, the cord, the line, logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery import api_logs, api_removal, stopping
from andon.tools.delivery.answering import PromotionAnswer, PromotionRequests
from andon.tools.delivery.condition import of_environment
from andon.tools.delivery.facts import Cord, Cords
from andon.tools.delivery.model import choice
from andon.tools.delivery.model.cord import PullCord, ReleaseCord
from andon.tools.delivery.model.promotion import promotion_id
from andon.tools.delivery.model.service import RequestPromotion
from andon.tools.delivery.shown import EnvironmentShown, LineShown, ServiceShown, show_line, show_service
from andon.tools.delivery.views import Environments
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
class RestartAsked:
    """What is to be started anew."""

    service: str
    #: "" takes the only one where it serves; Invalid when it serves in several
    environment: str = ""


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
    seen = environments.service(EnvironmentName(environment), ServiceName(service))
    return show_service(seen, cords.stopping(seen.environment, seen.service), who.permissions)


@get("/api/v1/line", sync_to_thread=False)
def get_line(environments: NamedDependency[Environments]) -> LineShown:
    """The line as its file defines it."""
    return show_line(environments)


@post("/api/v1/promotions", status_code=HTTP_200_OK, opt={"gives": RequestPromotion})
async def promote(
    data: JSONBody[PromotionAsked], promotions: NamedDependency[PromotionRequests], wait: FromQuery[int] = 0
) -> PromotionAnswer:
    """Promote a service; with `wait`, the verdict when it comes within so many seconds. Errors: Refused, NotFound."""
    situation, why = promotions.situation(data.service), f"asked for by {promotions.who.actor}"
    return await promotions.carry_out(choice.promote(situation, data.environment, data.version, why), wait)


@post("/api/v1/rollbacks", status_code=HTTP_200_OK, opt={"gives": RequestPromotion})
async def roll_back(
    data: JSONBody[RollbackAsked], promotions: NamedDependency[PromotionRequests], wait: FromQuery[int] = 0
) -> PromotionAnswer:
    """Go back to an artifact that was verified here: an ordinary promotion of it. Errors: Refused, NotFound."""
    situation, why = promotions.situation(data.service), f"rolled back by {promotions.who.actor}"
    return await promotions.carry_out(choice.roll_back(situation, data.environment, data.version, why), wait)


@post("/api/v1/restarts", status_code=HTTP_200_OK, opt={"gives": RequestPromotion})
async def restart(
    data: JSONBody[RestartAsked], promotions: NamedDependency[PromotionRequests], wait: FromQuery[int] = 0
) -> PromotionAnswer:
    """Start what serves once more, in the other slot; with `wait`, the verdict when it comes within so many seconds.

    Errors: Refused, NotFound, Invalid.
    """
    situation, why = promotions.situation(data.service), f"restarted by {promotions.who.actor}"
    return await promotions.carry_out(choice.restart(situation, data.environment, why), wait)


@get("/api/v1/promotions/{environment:str}/{service:str}/{number:int}")
async def get_promotion(
    environment: FromPath[str],
    service: FromPath[str],
    number: FromPath[int],
    promotions: NamedDependency[PromotionRequests],
    wait: FromQuery[int] = 0,
) -> PromotionAnswer:
    """One promotion; with `wait`, its verdict when it comes within so many seconds. Errors: NotFound."""
    seen = promotions.environments.service(EnvironmentName(environment), ServiceName(service))
    promotion = promotion_id(seen.environment, seen.service, number)
    return await promotions.answer(seen.request(promotion), promotion, wait)


@get("/api/v1/cord", sync_to_thread=False)
def list_cords(cords: NamedDependency[Cords]) -> list[Cord]:
    """Every cord that is pulled."""
    return list(cords.pulled())


@post("/api/v1/cord", opt={"gives": PullCord})
async def pull_cord(
    data: JSONBody[CordAsked],
    desk: NamedDependency[CallersDesk],
    cords: NamedDependency[Cords],
    environments: NamedDependency[Environments],
) -> list[Cord]:
    """Stop promotions in a scope; everybody who may push may. Errors: Refused, Invalid, NotFound."""
    await stopping.pull(desk, environments, data.scope, data.reason)
    return list(cords.pulled())


@post("/api/v1/cord/release", status_code=HTTP_200_OK, opt={"gives": ReleaseCord})
async def release_cord(
    data: JSONBody[CordAsked],
    desk: NamedDependency[CallersDesk],
    cords: NamedDependency[Cords],
) -> list[Cord]:
    """Let promotions in a scope go on. Errors: Refused, Invalid."""
    await stopping.release(desk, data.scope, data.reason)
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
    restart,
    get_promotion,
    list_cords,
    pull_cord,
    release_cord,
    *api_logs.HANDLERS,
    *api_removal.HANDLERS,
)
