"""The event of the engine itself: a part of it broke, was set aside, and the rest went on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from andon.kernel.decider import Noun, never, wants_nothing
from andon.kernel.ids import StreamId

ENGINE_STREAM = StreamId("engine/health")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHealth:
    """What was recorded of each part: the position at which it broke last."""

    failed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFailed:
    """A view, a reaction, an effect or a stream raised an error and was set aside."""

    #: "view Changes", "reaction", "effect task/unit of run/3"
    part: str
    #: of the ledger's entry that it broke on
    position: int
    reason: str

    def evolve(self, state: EngineHealth) -> EngineHealth:
        others = tuple(one for one in state.failed if one[0] != self.part)
        return replace(state, failed=(*others, (self.part, self.position))[-100:])


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPartFailed:
    """Record it once, also when the part breaks on the same entry again after a restart."""

    part: str
    position: int
    reason: str

    def decide(self, state: EngineHealth, now: datetime) -> tuple[PartFailed, ...]:
        if (self.part, self.position) in state.failed:
            return ()
        return (PartFailed(part=self.part, position=self.position, reason=self.reason),)


NOUN = Noun[EngineHealth](
    kind="engine", initial=EngineHealth(), events=(PartFailed,), want=wants_nothing, deadline=never
)
