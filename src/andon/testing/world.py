"""A seeded world: the real nouns, flow and rules, no I/O and no wall clock; every run replays from its seed.

The world loses, doubles and delays what it can: effects are not done or done twice, reports are lost, come late or come
again, and the process dies at any moment. What the simulated ports do is up to `Ports`, one function an effect.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from andon.kernel.decider import Command, Effect, Noun
from andon.kernel.envelope import Envelope
from andon.kernel.errors import Refused
from andon.kernel.ids import ENGINE, NO_CHAIN, ChainId, EventId, StreamId, stream_kind
from andon.kernel.order import Order
from andon.kernel.refusal import CommandRefused

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

#: one effect done in the simulated world; the reports that it leads to
Port = Callable[["SeededWorld", StreamId, Any], Sequence[Command[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often what goes wrong, as shares of 1."""

    #: an effect is not done this time
    lost_effect: float = 0.05
    #: an effect is done twice
    doubled_effect: float = 0.10
    #: a report never arrives
    lost_report: float = 0.05
    #: a report arrives some steps later
    late_report: float = 0.10
    #: an old report arrives once more, per step
    old_report: float = 0.05
    #: the process dies, per step
    crash: float = 0.03


@dataclass(slots=True, kw_only=True)
class SimulatedHouse:
    """What is simulated: the parts that wiring would join."""

    nouns: Sequence[Noun[Any]]
    ports: Mapping[type, Port]
    react: Callable[[Envelope[Any]], Sequence[Order]] = lambda happened: ()
    judge: Callable[[Order, Any, datetime], None] = lambda order, state, now: None
    #: folds every event, like a view
    observe: Callable[[Envelope[Any]], None] = lambda happened: None
    faults: Faults = field(default_factory=Faults)


class SeededWorld:
    """One simulated house and its surroundings."""

    def __init__(self, seed: int, house: SimulatedHouse) -> None:
        self.rng = random.Random(seed)
        self.now = EPOCH
        self.ledger: list[Envelope[Any]] = []
        self.house = house
        self._nouns = {noun.kind: noun for noun in house.nouns}
        self._states: dict[StreamId, Any] = {}
        self._chains: dict[StreamId, ChainId] = {}
        self._lengths: dict[StreamId, int] = {}
        self._reacted = 0
        self._mail: list[tuple[datetime, StreamId, Command[Any]]] = []
        self._old: list[tuple[StreamId, Command[Any]]] = []

    def state(self, stream: StreamId) -> Any:
        """The folded state of a stream."""
        return self._states.get(stream, self._nouns[stream_kind(stream)].initial)

    def streams(self, kind: str) -> dict[StreamId, Any]:
        """Every stream of a kind with its state."""
        return {s: state for s, state in self._states.items() if stream_kind(s) == kind}

    def submit(self, order: Order) -> Refused | None:
        """What the desk does."""
        before = self.state(order.stream)
        try:
            self.house.judge(order, before, self.now)
            events: Sequence[Any] = order.command.decide(before, self.now)
        except Refused as refused:
            words = type(order.command).__name__
            recorded = CommandRefused(command=words, rule=refused.rule, reason=refused.reason, remedy=refused.remedy)
            self._append(order, (recorded,))
            return refused
        self._append(order, events)
        return None

    def step(self) -> None:
        """Some time passes; what should happen happens, more or less."""
        self.now += timedelta(seconds=self.rng.choice([0.2, 1, 3, 10]))
        self._deliver_mail()
        self._react()
        self._tick()
        for stream in tuple(self._states):
            self._serve(stream)
        self._react()
        if self.rng.random() < self.house.faults.crash:
            self._crash()

    def quiet(self) -> bool:
        """Nothing is wanted and nothing is on its way."""
        wants = any(self._want(stream) for stream in self._states)
        return not wants and not self._mail and self._reacted == len(self.ledger)

    def _append(self, order: Order, events: Sequence[Any]) -> None:
        chain = order.chain or self._chains.get(order.stream, NO_CHAIN)
        for event in events:
            self._states[order.stream] = event.evolve(self.state(order.stream))
            self._chains[order.stream] = chain
            self._lengths[order.stream] = self._lengths.get(order.stream, 0) + 1
            happened = Envelope(
                position=len(self.ledger) + 1,
                sequence=self._lengths[order.stream],
                id=EventId(f"e{len(self.ledger) + 1}"),
                stream=order.stream,
                type=type(event).__name__,
                at=self.now,
                actor=order.actor,
                cause=order.cause,
                chain=chain,
                event=event,
            )
            self.ledger.append(happened)
            self.house.observe(happened)

    def _react(self) -> None:
        while self._reacted < len(self.ledger):
            happened = self.ledger[self._reacted]
            self._reacted += 1
            for order in self.house.react(happened):
                self.submit(order)

    def _want(self, stream: StreamId) -> tuple[Effect[Any], ...]:
        return self._nouns[stream_kind(stream)].want(self.state(stream), self.now)

    def _serve(self, stream: StreamId) -> None:
        for effect in self._want(stream):
            if effect.key not in {wanted.key for wanted in self._want(stream)}:
                continue  # an effect before it made this one needless
            roll = self.rng.random()
            if roll < self.house.faults.lost_effect:
                continue
            again = roll < self.house.faults.lost_effect + self.house.faults.doubled_effect
            for _ in range(2 if again else 1):
                for report in self.house.ports[type(effect)](self, stream, effect):
                    self._post(stream, report)

    def _post(self, stream: StreamId, report: Command[Any]) -> None:
        self._old.append((stream, report))
        roll = self.rng.random()
        if roll < self.house.faults.lost_report:
            return
        if roll < self.house.faults.lost_report + self.house.faults.late_report:
            self._mail.append((self.now + timedelta(seconds=self.rng.randrange(60)), stream, report))
            return
        self.submit(Order(stream=stream, command=report, actor=ENGINE))

    def _deliver_mail(self) -> None:
        due = [(stream, report) for when, stream, report in self._mail if when <= self.now]
        self._mail = [letter for letter in self._mail if letter[0] > self.now]
        if self._old and self.rng.random() < self.house.faults.old_report:
            due.append(self.rng.choice(self._old))
        for stream, report in due:
            self.submit(Order(stream=stream, command=report, actor=ENGINE))

    def _tick(self) -> None:
        for stream, state in tuple(self._states.items()):
            noun = self._nouns[stream_kind(stream)]
            due = noun.deadline(state)
            if due is not None and due <= self.now and noun.tick is not None:
                self.submit(Order(stream=stream, command=noun.tick, actor=ENGINE))

    def _crash(self) -> None:
        """All memory is lost; what is folded anew must be what was there."""
        states: dict[StreamId, Any] = {}
        for happened in self.ledger:
            before = states.get(happened.stream, self._nouns[stream_kind(happened.stream)].initial)
            states[happened.stream] = happened.event.evolve(before)
        assert states == self._states, "the folded ledger differs from the live state"
        self._states = states
        self._mail.clear()
