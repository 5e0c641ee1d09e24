"""Where does an artifact serve users now? A fold of what delivery says happened, for the pages of artifacts."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Digest, EnvironmentName, ServiceName
from andon.tools.artifacts.whereabouts import Place
from andon.tools.delivery.events import PromotionVerified


class Served:
    """artifacts.Whereabouts: the last verified artifact of every service in every environment."""

    def __init__(self) -> None:
        self._places: dict[tuple[EnvironmentName, ServiceName], Place] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        event = happened.event
        if isinstance(event, PromotionVerified) and not event.restart:
            self._places[event.environment, event.service] = Place(
                environment=event.environment, service=event.service, digest=event.digest, since=happened.at
            )

    def of(self, digest: Digest) -> tuple[Place, ...]:
        """Every place where this artifact serves now."""
        return tuple(place for place in self._places.values() if place.digest == digest)
