"""What the API says about environments, services and the line: records for programs, and for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import Actor, CommitId, Digest, EnvironmentName, RepositoryName, ServiceName, Version
from andon.tools.delivery.condition import cut_off_sentence
from andon.tools.delivery.facts import Cord
from andon.tools.delivery.model.line import EnvironmentSpec, ServicePlacement
from andon.tools.delivery.model.promotion import PromotionId, Request
from andon.tools.delivery.model.rollout import PromotionVerified
from andon.tools.delivery.model.slots import SLOTS, Slot, State
from andon.tools.delivery.views import Environments, Promoted, ServiceSeen
from andon.web.advice import addressed


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionShown:
    """One artifact with the configuration that it has in an environment."""

    promotion: PromotionId
    version: Version
    digest: Digest
    commit: CommitId
    repository: RepositoryName
    config_digest: str
    rollback: bool
    restart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotShown:
    """One slot and what stands in it."""

    slot: Slot
    #: starting, smoking, rising, live, draining, leaving, stopping; "" when it is empty
    role: str = ""
    revision: RevisionShown | None = None
    weight_percent: int = 0
    #: of the instance itself, which only the router uses
    port: int = 0
    restarts: int = 0
    #: why it is not there although it should be; "" while it is
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InProgressShown:
    """A promotion that has no verdict yet."""

    revision: RevisionShown
    #: queue, start, smoke, traffic, drain, stop
    phase: str
    asked_at: datetime
    asked_by: Actor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedShown:
    """A promotion that has its verdict."""

    revision: RevisionShown
    verdict: str
    at: datetime
    by: Actor
    why: str
    #: where it failed, and why; "" when it was verified
    phase: str = ""
    reason: str = ""
    took_seconds: float | None = None
    #: requests that the switch cut off, and what to do about it; 0 and "" when every request could end
    cut_off: int = 0
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShown:
    """One service in one environment."""

    environment: EnvironmentName
    service: ServiceName
    #: where it is reached; "" until it was
    url: str
    live: RevisionShown | None
    live_since: datetime | None
    slots: tuple[SlotShown, ...]
    in_progress: InProgressShown | None
    queued: InProgressShown | None
    #: version that waits for somebody to promote it; "" when none does
    offered: str
    #: what to do about it, for the one who asks; "" when nothing waits
    next: str
    route_up: bool
    route_trouble: str
    stopped_by: Cord | None
    #: newest first
    promoted: tuple[PromotedShown, ...]
    #: secrets that were set or removed since what serves was started: a restart brings them
    newer_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentShown:
    """One environment with its services."""

    name: EnvironmentName
    #: automatic or manual; "" for one that left the line
    promotion: str
    drain_seconds: float
    services: tuple[ServiceShown, ...]
    #: red, amber, green or grey: the worst of its services
    colour: str = "grey"
    #: how it stands, the worst first
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """The line as its file defines it."""

    #: None for the line that a server has before a file defined it
    commit: CommitId | None
    environments: tuple[EnvironmentSpec, ...]
    placements: tuple[ServicePlacement, ...]
    #: why the newest line.toml is not in force; "" when it is
    trouble: str
    #: names in it that nothing has yet, and services that run although their repository publishes them no more
    warnings: tuple[str, ...] = ()


def show_service(seen: ServiceSeen, cord: Cord | None, permissions: frozenset[str]) -> ServiceShown:
    """One service in one environment."""
    state = seen.state
    live_slot = state.slot_in("live", "draining")
    live = state.standing(live_slot) if live_slot else None
    return ServiceShown(
        environment=seen.environment,
        service=seen.service,
        url=f"http://127.0.0.1:{state.route_port}/" if state.route_port else "",
        live=_revision(live.request) if live else None,
        live_since=seen.live_since if live else None,
        slots=tuple(_slot(seen, slot) for slot in SLOTS),
        in_progress=_in_progress(seen, state),
        queued=_queued(seen, state.queued) if state.queued else None,
        offered=state.offered.version if state.offered else "",
        next=addressed(f"andon promote {seen.service} --env {seen.environment}", permissions) if state.offered else "",
        route_up=state.route_up,
        route_trouble=state.route_trouble,
        stopped_by=cord,
        promoted=tuple(_promoted(one) for one in seen.promoted),
        newer_secrets=seen.newer_secrets,
    )


def show_line(environments: Environments) -> LineShown:
    """The line."""
    line = environments.line
    return LineShown(
        commit=line.commit,
        environments=line.environments,
        placements=line.placements,
        trouble=environments.line_trouble,
        warnings=environments.warnings,
    )


def _slot(seen: ServiceSeen, slot: Slot) -> SlotShown:
    here = seen.state.standing(slot)
    if here is None:
        return SlotShown(slot=slot)
    return SlotShown(
        slot=slot,
        role=here.role,
        revision=_revision(here.request),
        weight_percent=seen.weight_percent(slot),
        port=here.port,
        restarts=here.restarts,
        lost=here.lost,
    )


def _in_progress(seen: ServiceSeen, state: State) -> InProgressShown | None:
    new, phase = state.new, state.phase
    if new is None or phase is None:
        return None
    return InProgressShown(
        revision=_revision(new.request),
        phase=phase,
        asked_at=new.request.requested_at,
        asked_by=seen.asked_by(new.request.promotion),
    )


def _queued(seen: ServiceSeen, request: Request) -> InProgressShown:
    return InProgressShown(
        revision=_revision(request),
        phase="queue",
        asked_at=request.requested_at,
        asked_by=seen.asked_by(request.promotion),
    )


def _promoted(one: Promoted) -> PromotedShown:
    verdict, revision = one.verdict, _revision(one.request)
    if isinstance(verdict, PromotionVerified):
        return PromotedShown(
            revision=revision,
            verdict="verified",
            at=one.at,
            by=one.by,
            why=one.request.why,
            took_seconds=verdict.took.total_seconds(),
            cut_off=verdict.cut_off,
            warning=cut_off_sentence(verdict),
        )
    return PromotedShown(
        revision=revision,
        verdict="failed",
        at=one.at,
        by=one.by,
        why=one.request.why,
        phase=verdict.phase,
        reason=verdict.reason,
    )


def _revision(request: Request) -> RevisionShown:
    return RevisionShown(
        promotion=request.promotion,
        version=request.version,
        digest=request.digest,
        commit=request.commit,
        repository=request.repository,
        config_digest=request.config_digest,
        rollback=request.rollback,
        restart=request.restart,
    )
