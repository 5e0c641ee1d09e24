"""Deployments from promotions: each verdict is one, but of a restart, and a rollback says which ones it undoes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from andon.kernel.envelope import Envelope
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionId,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
)
from andon.tools.measurement.model.facts import Deployment, FactId, Place, PromotionOffer
from andon.tools.measurement.model.history import History


@dataclass(slots=True)
class Promotions:
    """Folds the events of promotions."""

    history: History
    _asked: dict[PromotionId, Envelope[PromotionRequested]] = field(default_factory=dict)
    #: what took over in each place and was not undone: digest and deployment, oldest first
    _standing: dict[Place, list[tuple[str, FactId]]] = field(default_factory=lambda: defaultdict(list))

    def offered(self, event: PromotionOffered, happened: Envelope[object]) -> None:
        """A revision waits for a person."""
        place = Place(service=event.service, environment=event.environment)
        fact = FactId(f"ledger/offer/{happened.position}")
        self.history.add(PromotionOffer(id=fact, place=place, digest=event.digest, at=happened.at))

    def requested(self, happened: Envelope[PromotionRequested]) -> None:
        """Somebody, or the line, wants a revision in."""
        self._asked[happened.event.promotion] = happened

    def verified(self, event: PromotionVerified, happened: Envelope[object]) -> None:
        """It took over."""
        place, fact = Place(service=event.service, environment=event.environment), fact_of(event.promotion)
        asked = self._asked.pop(event.promotion, None)
        if event.restart:
            return
        mends = self._undone(place, event.digest) if event.rollback else ()
        self._standing[place].append((event.digest, fact))
        self.history.add(
            Deployment(
                id=fact,
                place=place,
                repository=event.repository,
                commit=event.commit,
                digest=event.digest,
                version=event.version,
                started_at=asked.at if asked else happened.at - event.took,
                finished_at=happened.at,
                mends=mends,
                rollback=event.rollback,
                by=asked.actor if asked else "",
                link=_page(place),
            )
        )

    def failed(self, event: PromotionFailed, happened: Envelope[object]) -> None:
        """It did not take over, or somebody stopped it."""
        place = Place(service=event.service, environment=event.environment)
        asked = self._asked.pop(event.promotion, None)
        if event.restart:
            return
        self.history.add(
            Deployment(
                id=fact_of(event.promotion),
                place=place,
                repository=event.repository,
                commit=event.commit,
                digest=event.digest,
                version=event.version,
                started_at=asked.at if asked else None,
                finished_at=happened.at,
                outcome=event.outcome,
                reason=f"{event.phase}: {event.reason}",
                rollback=asked.event.rollback if asked else False,
                by=asked.actor if asked else "",
                link=_page(place),
            )
        )

    def _undone(self, place: Place, digest: str) -> tuple[FactId, ...]:
        """What came after the revision that is gone back to; undone once, and no more part of what stands."""
        standing = self._standing[place]
        back = max((at for at, (known, _) in enumerate(standing) if known == digest), default=len(standing) - 1)
        undone = tuple(fact for _, fact in standing[back + 1 :])
        del standing[back + 1 :]
        return undone


def fact_of(promotion: PromotionId) -> FactId:
    """A promotion as a fact."""
    return FactId(f"ledger/{promotion}")


def _page(place: Place) -> str:
    return f"/environments/{place.environment}/{place.service}"
