"""What came in by one connection, or from a file: facts, and what nobody here understands yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, TypeVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.refusal import CommandRefused
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    Flip,
    Incident,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)

#: facts of one event; a delivery has one or a few, a file many thousands
MOST_FACTS = 500
#: deliveries that are known again when they are sent again; an older one changes nothing either, but is recorded
REMEMBERED = 1_000

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLog:
    """Which deliveries are known already."""

    #: their ids, the newest last
    seen: tuple[str, ...] = ()

    def after(self, delivery: str) -> DeliveryLog:
        """One more."""
        if not delivery or delivery in self.seen[-1:]:
            return self
        return replace(self, seen=(*self.seen[1 - REMEMBERED :], delivery))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsReceived:
    """Another tool, or a file, reported facts."""

    connection: str
    #: the sender's id for the delivery; "" for a part of a file
    delivery: str = ""
    #: in the sender's words: "deployment_status success"
    what: str = ""
    commits: tuple[Commit, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    incidents: tuple[Incident, ...] = ()
    changes: tuple[Change, ...] = ()
    runs: tuple[Run, ...] = ()
    publications: tuple[Publication, ...] = ()
    offers: tuple[PromotionOffer, ...] = ()
    flips: tuple[Flip, ...] = ()
    findings: tuple[SecurityFinding, ...] = ()
    refusals: tuple[RuleRefusal, ...] = ()
    #: what a person should know though all was understood
    troubles: tuple[str, ...] = ()

    def evolve(self, state: DeliveryLog) -> DeliveryLog:
        return state.after(self.delivery)

    def facts(self) -> Iterator[Fact]:
        """All of them, commits first."""
        yield from self.commits
        yield from self.deployments
        yield from self.incidents
        yield from self.changes
        yield from self.runs
        yield from self.publications
        yield from self.offers
        yield from self.flips
        yield from self.findings
        yield from self.refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery came that is not understood yet; it is kept as it came."""

    connection: str
    delivery: str
    #: in the sender's words: "package published"
    what: str
    why: str
    #: where its bytes are kept
    digest: str
    size_bytes: int

    def evolve(self, state: DeliveryLog) -> DeliveryLog:
        return state.after(self.delivery)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFacts:
    """Record what a delivery, or a part of a file, tells. The same delivery again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    connection: str
    facts: tuple[Fact, ...]
    delivery: str = ""
    what: str = ""
    troubles: tuple[str, ...] = ()

    def decide(self, state: DeliveryLog, now: datetime) -> tuple[Event[DeliveryLog], ...]:
        if self.delivery and self.delivery in state.seen:
            return ()
        if not self.facts and not self.troubles:
            return ()
        parts = enumerate(slices(self.facts))
        return tuple(self._event(part, self.troubles if number == 0 else ()) for number, part in parts)

    def _event(self, facts: Sequence[Fact], troubles: tuple[str, ...]) -> FactsReceived:
        return FactsReceived(
            connection=self.connection,
            delivery=self.delivery,
            what=self.what,
            commits=_of(Commit, facts),
            deployments=_of(Deployment, facts),
            incidents=_of(Incident, facts),
            changes=_of(Change, facts),
            runs=_of(Run, facts),
            publications=_of(Publication, facts),
            offers=_of(PromotionOffer, facts),
            flips=_of(Flip, facts),
            findings=_of(SecurityFinding, facts),
            refusals=_of(RuleRefusal, facts),
            troubles=troubles,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepDelivery:
    """Record that a delivery was kept. The same delivery again changes nothing."""

    connection: str
    delivery: str
    what: str
    why: str
    digest: str
    size_bytes: int

    def decide(self, state: DeliveryLog, now: datetime) -> tuple[Event[DeliveryLog], ...]:
        if self.delivery in state.seen:
            return ()
        return (
            KeptDelivery(
                connection=self.connection,
                delivery=self.delivery,
                what=self.what,
                why=self.why,
                digest=self.digest,
                size_bytes=self.size_bytes,
            ),
        )


def slices(facts: tuple[Fact, ...]) -> list[tuple[Fact, ...]]:
    """What one event holds, and the next; one of nothing where there is nothing."""
    return [facts[at : at + MOST_FACTS] for at in range(0, len(facts), MOST_FACTS)] or [()]


def _of(kind: type[F], facts: Iterable[Fact]) -> tuple[F, ...]:
    return tuple(fact for fact in facts if isinstance(fact, kind))


NOUN: Noun[DeliveryLog] = Noun(
    kind="intake",
    initial=DeliveryLog(),
    events=(FactsReceived, KeptDelivery, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
