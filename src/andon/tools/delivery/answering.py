"""Asking for a promotion, a rollback or a restart, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from litestar.di import NamedDependency

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import Digest, EnvironmentName, ServiceName, Version, chain_of
from andon.tools.delivery.condition import cut_off_sentence
from andon.tools.delivery.model.choice import Situation
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRequests:
    """Requests promotions for one person, and answers with what came of them; the dependency `promotions`."""

    who: Who
    desk: CallersDesk
    environments: Environments
    verdicts: Verdicts

    def situation(self, service: str) -> Situation:
        """What a promotion of the service is chosen from. Errors: Forbidden, NotFound."""
        self.desk.require_for(RequestPromotion)
        return self.environments.situation(ServiceName(service))

    async def submit(self, request: RequestPromotion) -> PromotionId | None:
        """The promotion that carries it out: a new one, or the one on its way; None when it is there already.

        Errors: Forbidden, Refused.
        """
        stream = service_stream(request.environment, request.service)
        chain = chain_of(request.repository, request.commit)
        await self.desk.submit(stream, request, chain=chain)
        state = await self.desk.load(stream)
        if not isinstance(state, State):
            return None
        under_way = (state.queued, state.new.request if state.new else None)
        return next((one.promotion for one in under_way if one and one.digest == request.digest), None)

    async def carry_out(self, request: RequestPromotion, wait: int) -> PromotionAnswer:
        """Submit it; with `wait`, the verdict when it comes within so many seconds. Errors: Forbidden, Refused."""
        return await self.answer(request, await self.submit(request), wait)

    async def answer(
        self, request: RequestPromotion | Request, promotion: PromotionId | None, wait: int
    ) -> PromotionAnswer:
        """What came of a request, after waiting for the verdict at most so many seconds."""
        longest = timedelta(seconds=max(0, min(wait, LONGEST_WAIT_S)))
        verdict = await self.verdicts.of(promotion, longest) if promotion else None
        port = self.environments.service(request.environment, request.service).state.route_port
        return _answer(request, promotion, verdict, port)


def provide_promotions(
    who: NamedDependency[Who],
    desk: NamedDependency[CallersDesk],
    environments: NamedDependency[Environments],
    verdicts: NamedDependency[Verdicts],
) -> PromotionRequests:
    """The dependency `promotions` of handlers."""
    return PromotionRequests(who=who, desk=desk, environments=environments, verdicts=verdicts)


def _answer(
    request: RequestPromotion | Request,
    promotion: PromotionId | None,
    verdict: PromotionVerified | PromotionFailed | None,
    port: int,
) -> PromotionAnswer:
    state = {PromotionVerified: "verified", PromotionFailed: "failed"}.get(type(verdict), "requested")
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
