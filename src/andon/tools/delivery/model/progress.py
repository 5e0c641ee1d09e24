"""How a promotion goes on by itself: its verdicts, the next one in the queue, and what each step may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.decider import Event, fold
from andon.tools.delivery.model.promotion import Request
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionVerified, RolloutStarted
from andon.tools.delivery.model.slots import State

START_WITHIN = timedelta(minutes=10)  #: fetching and unpacking included; a service's own start_timeout is shorter
SMOKE_WITHIN = timedelta(minutes=2)
TRAFFIC_WITHIN = timedelta(seconds=30)
DRAIN_MARGIN = timedelta(seconds=15)  #: over the environment's drain time
STOP_WITHIN = timedelta(minutes=2)
QUEUE_WITHIN = timedelta(minutes=30)

Events = tuple[Event[State], ...]


def settled(state: State, events: Sequence[Event[State]], now: datetime) -> Events:
    """The events, and what follows from them at once."""
    after = fold(state, events)
    follows = _follows(after, now)
    return tuple(events) if follows is None else (*events, *settled(after, (follows,), now))


def verified(request: Request, now: datetime, cut_off: int = 0) -> PromotionVerified:
    """The good verdict."""
    return PromotionVerified(
        promotion=request.promotion,
        environment=request.environment,
        service=request.service,
        digest=request.digest,
        version=request.version,
        commit=request.commit,
        repository=request.repository,
        took=max(now - request.requested_at, timedelta(0)),
        rollback=request.rollback,
        cut_off=cut_off,
        drain=request.drain,
        restart=request.restart,
    )


def failed(
    request: Request, phase: str, reason: str, outcome: Literal["failure", "cancel"] = "failure"
) -> PromotionFailed:
    """The bad verdict."""
    return PromotionFailed(
        promotion=request.promotion,
        environment=request.environment,
        service=request.service,
        digest=request.digest,
        version=request.version,
        commit=request.commit,
        repository=request.repository,
        phase=phase,
        reason=reason,
        outcome=outcome,
        restart=request.restart,
    )


def given_up(state: State, reason: str, outcome: Literal["failure", "cancel"] = "failure") -> Events:
    """The verdict on the promotion in progress when it cannot go on; nothing when it is past turning back."""
    new, phase = state.new, state.phase
    if new is None or phase is None or phase == "stop":
        return ()
    return (failed(new.request, phase, reason, outcome),)


def _follows(state: State, now: datetime) -> Event[State] | None:
    """The one event that is due without anybody asking."""
    new = state.new
    if new is not None:
        alone = state.blue is None or state.green is None
        return verified(new.request, now, state.cut_off) if state.phase == "stop" and alone else None
    queued, slot, live = state.queued, state.empty_slot, state.verified
    if queued is None:
        return None
    if live is not None and live.request.is_same(queued) and not queued.restart:
        return verified(queued, now)
    if slot is None:
        return None
    return RolloutStarted(promotion=queued.promotion, slot=slot, by=now + START_WITHIN)
