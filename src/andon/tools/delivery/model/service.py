"""A service in an environment, as people and the line ask for it: offer, request and halt a promotion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from andon.kernel.decider import Noun
from andon.kernel.errors import Refused
from andon.kernel.ids import (
    ArtifactName,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    ServiceName,
    StreamId,
    Version,
    short,
    stream,
)
from andon.kernel.refusal import CommandRefused
from andon.tools.delivery.model import retirement, rollout
from andon.tools.delivery.model.progress import Events, failed, given_up, settled
from andon.tools.delivery.model.promotion import Config, config_digest, in_order, promotion_id
from andon.tools.delivery.model.reports import Tick, deadline
from andon.tools.delivery.model.rollout import PromotionOffered, PromotionRequested
from andon.tools.delivery.model.slots import State
from andon.tools.delivery.model.wishes import want

KIND = "service"
DEFAULT_DRAIN = timedelta(seconds=5)
SAME_NAME = ArtifactName("")


def service_stream(environment: EnvironmentName, service: ServiceName) -> StreamId:
    """The stream of a service in an environment."""
    return stream(KIND, f"{environment}/{service}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPromotion:
    """Let people promote this artifact here; a newer offer replaces an older one."""

    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    version: Version

    def decide(self, state: State, now: datetime) -> Events:
        offered = state.offered.digest if state.offered else None
        live = state.verified.request.digest if state.verified else None
        under_way = state.new.request.digest if state.new else None
        if self.digest in {offered, live, under_way}:
            return ()
        event = PromotionOffered(
            environment=self.environment, service=self.service, digest=self.digest, version=self.version
        )
        return (event,)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPromotion:
    """Put this artifact with this configuration here. What already is here, or is on its way, is not done twice."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    #: to an artifact that was verified here before
    rollback: bool = False
    config: Config = ()
    why: str = ""
    #: "" is the artifact of the service's own name
    artifact: ArtifactName = SAME_NAME
    drain: timedelta = DEFAULT_DRAIN
    #: of the router; 0 lets it choose, and keep what it has
    port: int = 0
    #: start what serves anew in the other slot, with fresh configuration and secrets
    restart: bool = False

    def decide(self, state: State, now: datetime) -> Events:
        self._check(state)
        asked = self._asked(state, now)
        if state.queued and state.queued.is_same(asked):
            return ()
        superseded = (
            (failed(state.queued, "queue", f"superseded by {self.version}, which was asked for later", "cancel"),)
            if state.queued
            else ()
        )
        here = state.new or state.verified
        if here and here.request.is_same(asked) and not self.restart:
            return settled(state, superseded, now)
        return settled(state, (*superseded, asked), now)

    def _check(self, state: State) -> None:
        if self.restart:
            _check_restart(state, self.service, self.environment, self.digest)
        if self.rollback and self.digest not in {known.digest for known in state.history}:
            raise Refused(
                "same-artifact",
                f"{self.service} {self.version} ({short(self.digest)}) was never verified in {self.environment}, "
                "so there is nothing to go back to.",
                f"Promote it instead:  andon promote {self.service} --env {self.environment} --version {self.version}",
            )

    def _asked(self, state: State, now: datetime) -> PromotionRequested:
        return PromotionRequested(
            promotion=promotion_id(self.environment, self.service, state.count + 1),
            environment=self.environment,
            service=self.service,
            artifact=self.artifact or ArtifactName(self.service),
            digest=self.digest,
            version=self.version,
            commit=self.commit,
            repository=self.repository,
            rollback=self.rollback,
            config=in_order(self.config),
            config_digest=config_digest(self.config),
            why=self.why,
            drain=self.drain,
            port=self.port,
            requested_at=now,
            restart=self.restart,
        )


def _check_restart(state: State, service: ServiceName, environment: EnvironmentName, digest: Digest) -> None:
    """Only what serves is started anew, and only when nothing else is on its way. Errors: Refused."""
    coming = state.queued or (state.new.request if state.new else None)
    if coming:
        raise Refused(
            "one-at-a-time",
            f"{service} {coming.version} is on its way into {environment}.",
            f"It starts with today's configuration and secrets. Wait for its verdict:  andon line  "
            f"and then, if it is still needed:  andon restart {service} --env {environment}",
        )
    if state.verified is None or state.retired or state.verified.request.digest != digest:
        raise Refused(
            "nothing-to-restart",
            f"{service} does not serve in {environment} with the version that should be restarted.",
            f"See what serves:  andon line  or deploy it:  andon promote {service} --env {environment}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltPromotion:
    """The cord was pulled: stop at a safe point. What has its traffic already finishes; all else is given up."""

    reason: str

    def decide(self, state: State, now: datetime) -> Events:
        waiting = (failed(state.queued, "queue", self.reason, "cancel"),) if state.queued else ()
        has_traffic = state.phase in {"drain", "stop"}
        return settled(state, (*waiting, *(() if has_traffic else given_up(state, self.reason, "cancel"))), now)


def is_open(state: State) -> bool:
    """Is anything there, on its way, or to be closed?"""
    there = state.blue or state.green or state.queued
    return there is not None or retirement.close_route(state) is not None


NOUN: Noun[State] = Noun(
    kind=KIND,
    initial=State(),
    events=(
        PromotionOffered,
        PromotionRequested,
        rollout.RolloutStarted,
        rollout.SlotReady,
        rollout.SmokePassed,
        rollout.SmokeFailed,
        rollout.TrafficShifted,
        rollout.SlotDrained,
        rollout.SlotStopped,
        rollout.PromotionVerified,
        rollout.PromotionFailed,
        rollout.SlotRestarted,
        rollout.SlotLost,
        rollout.RouteOpened,
        rollout.RouteLost,
        retirement.ServiceRetired,
        retirement.RouteClosed,
        CommandRefused,
    ),
    want=want,
    deadline=deadline,
    tick=Tick(),
    is_open=is_open,
)
