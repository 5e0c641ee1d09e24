"""The API of restarting: the version that serves once more, with fresh configuration and secrets."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.desk import Desk
from andon.kernel.ids import ServiceName
from andon.tools.delivery.answering import PromotionAnswer, answer, submit, verdict_of
from andon.tools.delivery.model import choice
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Environments
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartAsked:
    """What is to be started anew."""

    service: str
    #: "" takes the only one where it serves; Invalid when it serves in several
    environment: str = ""


@post("/api/v1/restarts", status_code=HTTP_200_OK)
async def restart(  # noqa: PLR0913  (a handler names every service that it needs)
    data: JSONBody[RestartAsked],
    *,
    who: NamedDependency[Who],
    desk: NamedDependency[Desk],
    environments: NamedDependency[Environments],
    verdicts: NamedDependency[Verdicts],
    wait: FromQuery[int] = 0,
) -> PromotionAnswer:
    """Start what serves once more, in the other slot; with `wait`, the verdict when it comes within so many seconds.

    Errors: Refused, NotFound, Invalid.
    """
    who.require("promote")
    situation = environments.situation(ServiceName(data.service))
    request = choice.restart(situation, data.environment, f"restarted by {who.actor}")
    promotion = await submit(desk, request, who)
    return answer(request, promotion, environments, await verdict_of(verdicts, promotion, wait))


HANDLERS = (restart,)
