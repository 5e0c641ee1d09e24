"""Which secrets were set or removed since what serves was started: it still has the values from before."""

from __future__ import annotations

from dataclasses import dataclass, field

from andon.kernel.envelope import Envelope
from andon.kernel.ids import EnvironmentName, ServiceName, stream_key
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionId,
    PromotionVerified,
    RolloutStarted,
    ServiceRetired,
    Slot,
    SlotRestarted,
)
from andon.tools.infra.model.secret import SecretRemoved, SecretSet

Place = tuple[str, str]  #: environment and service
Fingerprints = dict[str, str]  #: by the secret's name


@dataclass(slots=True)
class _Held:
    """The secrets of one service in one environment, as its instances have them."""

    now: Fingerprints = field(default_factory=dict)
    #: what each slot's instance was started with
    slots: dict[Slot, Fingerprints] = field(default_factory=dict)
    #: the slot of each promotion that has no verdict
    rising: dict[PromotionId, Slot] = field(default_factory=dict)
    live: Slot | None = None
    #: what the last rollout was started with, unless it was cancelled
    tried: Fingerprints | None = None

    def start(self, slot: Slot) -> None:
        self.slots[slot] = dict(self.now)


class WaitingSecrets:
    """A fold of secrets and starts."""

    def __init__(self) -> None:
        self._held: dict[Place, _Held] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case SecretSet() as event:
                self._at(event.environment, event.service).now[event.name] = event.fingerprint
            case SecretRemoved() as event:
                self._at(event.environment, event.service).now.pop(event.name, None)
            case RolloutStarted(promotion=promotion, slot=slot):
                environment, service, _ = promotion.rsplit("/", 2)
                held = self._at(environment, service)
                held.start(slot)
                held.rising[promotion], held.tried = slot, dict(held.now)
            case SlotRestarted(slot=slot):
                environment, _, service = stream_key(happened.stream).partition("/")
                self._at(environment, service).start(slot)
            case ServiceRetired() as event:
                self._at(event.environment, event.service).live = None
            case PromotionVerified() | PromotionFailed() as event:
                _end(self._at(event.environment, event.service), event)
            case _:
                return

    def names(self, environment: EnvironmentName, service: ServiceName) -> tuple[str, ...]:
        """The secrets whose newest value what serves does not have, by name."""
        held = self._held.get((environment, service))
        if held is None or held.live is None:
            return ()
        has = held.slots.get(held.live, {})
        return tuple(sorted(name for name in has.keys() | held.now.keys() if has.get(name) != held.now.get(name)))

    def is_untried(self, environment: EnvironmentName, service: ServiceName) -> bool:
        """Do secrets wait with which nothing was started yet? What failed with them is not tried again by itself."""
        held = self._held.get((environment, service))
        return held is not None and bool(self.names(environment, service)) and held.tried != held.now

    def _at(self, environment: str, service: str) -> _Held:
        return self._held.setdefault((environment, service), _Held())


def _end(held: _Held, event: PromotionVerified | PromotionFailed) -> None:
    slot = held.rising.pop(event.promotion, None)
    if isinstance(event, PromotionVerified):
        held.live = slot or held.live
    elif event.outcome == "cancel":
        held.tried = None
