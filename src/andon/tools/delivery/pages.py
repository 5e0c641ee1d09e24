"""The pages of delivery: the environments, and one service in one of them with its slots and what was there before."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.words import plural
from andon.standards.known import known_name
from andon.tools.delivery.answering import PromotionRequests
from andon.tools.delivery.condition import cut_off_sentence, of_environment, of_service, troubles, warnings
from andon.tools.delivery.facts import Cords
from andon.tools.delivery.model.choice import promote, restart, roll_back
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.model.service import RequestPromotion
from andon.tools.delivery.removal import ends
from andon.tools.delivery.showing import earlier, slots, steps
from andon.tools.delivery.views import Environments
from andon.web.condition import Condition, Finding, worst_first
from andon.web.pages import Asked, Pages, back_to

MOVES = ("service/", "line/", "cord/")


@get("/environments", sync_to_thread=False, include_in_schema=False)
def environments_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
    cords: NamedDependency[Cords],
) -> Response[str]:
    """Every environment in the order of the line, and what serves in it."""
    names = environments.names
    rows = tuple((name, environments.spec(name), tuple(environments.services(name))) for name in names)
    return pages.show(
        "delivery/environments.html",
        asked,
        live=MOVES,
        rows=rows,
        trouble=environments.line_trouble,
        cords=cords,
        published=environments.service_names,
        condition=_of_all(environments, pages.now),
        one="",
        may_promote=asked.who.may_give(RequestPromotion),
    )


def _of_all(environments: Environments, now: datetime) -> Condition:
    count = f"The line has {plural(len(environments.line.environments), 'environment')}."
    found = (*troubles(environments.services(), now, environments.names), *warnings(environments.warnings))
    return worst_first((*found, Finding(kind="good" if environments.names else "empty", sentence=count)))


@get("/environments/{environment:str}", sync_to_thread=False, include_in_schema=False)
def environment_page(
    environment: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
    cords: NamedDependency[Cords],
) -> Response[str]:
    """One environment and its services."""
    name = EnvironmentName(environment)
    known_name(name, environments.names, "environment")
    services = tuple(environments.services(name))
    return pages.show(
        "delivery/environments.html",
        asked,
        live=MOVES,
        rows=((name, environments.spec(name), services),),
        trouble="",
        cords=cords,
        published=environments.service_names,
        condition=of_environment(name, services, pages.now),
        one=environment,
        may_promote=asked.who.may_give(RequestPromotion),
    )


@get("/environments/{environment:str}/{service:str}", sync_to_thread=False, include_in_schema=False)
def service_page(  # noqa: PLR0913, PLR0917  (an address of two parts, and two who know)
    environment: FromPath[str],
    service: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
    cords: NamedDependency[Cords],
) -> Response[str]:
    """One service in one environment: its slots and weights, what is offered, what was there before."""
    seen = environments.service(EnvironmentName(environment), ServiceName(service))
    return pages.show(
        "delivery/service.html",
        asked,
        live=(f"service/{environment}/{service}", "cord/"),
        seen=seen,
        spec=environments.spec(seen.environment),
        cord=cords.stopping(seen.environment, seen.service),
        condition=of_service(seen, pages.now),
        slots=slots(seen),
        steps=steps(seen),
        earlier=earlier(seen),
        cut_off_sentence=cut_off_sentence,
        removable=ends(seen),
        may_promote=asked.who.may_give(RequestPromotion),
        may_remove=asked.who.may_give(RetireService),
        under_way=seen.asked.get(seen.state.current) if seen.state.current else None,
    )


class Choosing(msgspec.Struct):
    """The form that promotes or rolls back."""

    #: "" takes the newest that may enter, or the one before what serves
    version: str = ""


@post("/environments/{environment:str}/{service:str}/promote", include_in_schema=False, opt={"gives": RequestPromotion})
async def promote_service(
    environment: FromPath[str],
    service: FromPath[str],
    data: URLEncodedBody[Choosing],
    promotions: NamedDependency[PromotionRequests],
) -> Redirect:
    """Let an artifact enter the environment. Errors: Refused, NotFound."""
    situation, why = promotions.situation(service), f"asked for by {promotions.who.actor}"
    return await _request(promotions, promote(situation, environment, data.version, why))


@post(
    "/environments/{environment:str}/{service:str}/rollback", include_in_schema=False, opt={"gives": RequestPromotion}
)
async def roll_back_service(
    environment: FromPath[str],
    service: FromPath[str],
    data: URLEncodedBody[Choosing],
    promotions: NamedDependency[PromotionRequests],
) -> Redirect:
    """Go back to an artifact that was verified here before. Errors: Refused, NotFound."""
    situation, why = promotions.situation(service), f"rolled back by {promotions.who.actor}"
    return await _request(promotions, roll_back(situation, environment, data.version, why))


@post("/environments/{environment:str}/{service:str}/restart", include_in_schema=False, opt={"gives": RequestPromotion})
async def restart_service(
    environment: FromPath[str], service: FromPath[str], promotions: NamedDependency[PromotionRequests]
) -> Redirect:
    """Start the version that serves once more. Errors: Refused, NotFound."""
    situation, why = promotions.situation(service), f"restarted by {promotions.who.actor}"
    return await _request(promotions, restart(situation, environment, why))


async def _request(promotions: PromotionRequests, request: RequestPromotion) -> Redirect:
    await promotions.submit(request)
    return back_to(f"/environments/{request.environment}/{request.service}")


HANDLERS = (environments_page, environment_page, service_page, promote_service, roll_back_service, restart_service)
