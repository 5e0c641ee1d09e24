"""Asking for a promotion, a rollback or a restart, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from andon.engine.desk import Desk
from andon.kernel.ids import Digest, EnvironmentName, ServiceName, Version
from andon.tools.delivery.condition import cut_off_sentence
from andon.tools.delivery.model.promotion import PromotionId, Request
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionVerified
from andon.tools.delivery.model.service import RequestPromotion, service_stream
from andon.tools.delivery.model.slots import State
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Environments
from andon.web.who import Who

LONGEST_WAIT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionAnswer:
    """What came of it."""

    environment: EnvironmentName
    service: ServiceName
    version: Version
    digest: Digest
    #: there: it was there already · requested: no verdict yet · verified · failed
    state: str
    #: None when it was there already
    promotion: PromotionId | None
    phase: str = ""
    reason: str = ""
    took_seconds: float | None = None
    #: where the service is reached
    url: str = ""
    #: requests that the switch cut off, and what to do about it; 0 and "" when every request could end
    cut_off: int = 0
    warning: str = ""


async def submit(desk: Desk, request: RequestPromotion, who: Who) -> PromotionId | None:
    """The promotion that carries the request out: a new one, or the one on its way; None when it is there already."""
    stream = service_stream(request.environment, request.service)
    await desk.submit(stream, request, actor=who.actor)
    state = await desk.load(stream)
    if not isinstance(state, State):
        return None
    under_way = (state.queued, state.new.request if state.new else None)
    return next((one.promotion for one in under_way if one and one.digest == request.digest), None)


async def verdict_of(
    verdicts: Verdicts, promotion: PromotionId | None, wait: int
) -> PromotionVerified | PromotionFailed | None:
    """Its verdict when it comes within so many seconds."""
    if promotion is None:
        return None
    return await verdicts.of(promotion, timedelta(seconds=max(0, min(wait, LONGEST_WAIT_S))))


def answer(
    request: RequestPromotion | Request,
    promotion: PromotionId | None,
    environments: Environments,
    verdict: PromotionVerified | PromotionFailed | None,
) -> PromotionAnswer:
    """What came of a request."""
    state = {PromotionVerified: "verified", PromotionFailed: "failed"}.get(type(verdict), "requested")
    port = environments.service(request.environment, request.service).state.route_port
    return PromotionAnswer(
        environment=request.environment,
        service=request.service,
        version=request.version,
        digest=request.digest,
        state=state if promotion else "there",
        promotion=promotion,
        phase=verdict.phase if isinstance(verdict, PromotionFailed) else "",
        reason=verdict.reason if isinstance(verdict, PromotionFailed) else "",
        took_seconds=verdict.took.total_seconds() if isinstance(verdict, PromotionVerified) else None,
        url=f"http://127.0.0.1:{port}/" if port else "",
        cut_off=verdict.cut_off if isinstance(verdict, PromotionVerified) else 0,
        warning=cut_off_sentence(verdict) if isinstance(verdict, PromotionVerified) else "",
    )
