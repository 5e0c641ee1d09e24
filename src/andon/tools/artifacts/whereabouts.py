"""Where does an artifact serve users now? Told by what delivery says happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Digest, EnvironmentName, ServiceName
from andon.tools.delivery.events import PromotionVerified


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One service in one environment, and what serves there."""

    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    since: datetime


class Whereabouts:
    """A view: the last verified artifact of every service in every environment."""

    def __init__(self) -> None:
        self._places: dict[tuple[EnvironmentName, ServiceName], Place] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        event = happened.event
        if isinstance(event, PromotionVerified):
            self._places[event.environment, event.service] = Place(
                environment=event.environment, service=event.service, digest=event.digest, since=happened.at
            )

    def of(self, digest: Digest) -> tuple[Place, ...]:
        """Every place where this artifact serves now."""
        return tuple(place for place in self._places.values() if place.digest == digest)
