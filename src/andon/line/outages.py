"""Which services do not serve although they should: their instance is gone, or the router before it."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery.events import (
    PromotionVerified,
    RolloutStarted,
    RouteLost,
    RouteOpened,
    SlotLost,
    SlotRestarted,
)

Place = tuple[EnvironmentName, ServiceName]


class Outages:
    """Folds what happens to instances; only that of the verified promotion counts."""

    def __init__(self) -> None:
        self._lost: set[Place] = set()
        self._unrouted: set[Place] = set()
        #: place -> slot of the newest rollout, and of what serves
        self._newest: dict[Place, str] = {}
        self._serving: dict[Place, str] = {}

    @property
    def down(self) -> tuple[Place, ...]:
        """Where nothing answers, in order."""
        return tuple(sorted(self._lost | self._unrouted))

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event of a service."""
        kind, _, rest = happened.stream.partition("/")
        if kind != "service":
            return
        environment, _, service = rest.partition("/")
        self._fold((EnvironmentName(environment), ServiceName(service)), happened.event)

    def _fold(self, place: Place, event: object) -> None:
        match event:
            case RolloutStarted():
                self._newest[place] = event.slot
            case PromotionVerified():
                self._serving[place] = self._newest.get(place, "")
                self._lost.discard(place)
            case SlotLost() if event.slot == self._serving.get(place):
                self._lost.add(place)
            case SlotRestarted() if event.slot == self._serving.get(place):
                self._lost.discard(place)
            case RouteLost() if place in self._serving:
                self._unrouted.add(place)
            case RouteOpened():
                self._unrouted.discard(place)
