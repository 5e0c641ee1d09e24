"""What people said: improvements and how they went, answers to the pulse, and declared prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from statistics import median
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, stream_kind
from andon.tools.measurement.events import PricesDeclared, PulseAnswered, PulseQuestionChosen
from andon.tools.measurement.model.improving.improvement import (
    KIND,
    Aim,
    Check,
    Improvement,
    ImprovementPlanned,
    Phase,
    Reading,
)
from andon.tools.measurement.model.improving.kaizen import NOUN
from andon.tools.measurement.model.improving.prices import Prices
from andon.tools.measurement.model.improving.pulse import FEWEST_SHOWN, HIGHEST, LOWEST, QUESTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementRecord:
    """One improvement, as the page, the API and the terminal show it."""

    number: int
    #: planned, doing, checking, checked, kept, dropped
    phase: Phase
    title: str
    because: str
    #: who planned it
    by: Actor
    planned_at: datetime | None
    begun_at: datetime | None
    aim: Aim | None
    baseline: Reading | None
    #: the newest last
    checks: tuple[Check, ...]
    learned: str

    @property
    def is_over(self) -> bool:
        """Was it kept or dropped?"""
        return self.phase in {"kept", "dropped"}


class Improvements:
    """Every improvement by number."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Improvement, Actor]] = {}

    def apply(self, happened: Envelope[Any]) -> None:
        """Fold one event."""
        if stream_kind(happened.stream) != KIND:
            return
        event = happened.event
        number = getattr(event, "number", None)
        if isinstance(event, ImprovementPlanned):
            self._known[event.number] = (event.evolve(NOUN.initial), happened.actor)
        elif number in self._known:
            state, by = self._known[number]
            self._known[number] = (event.evolve(state), by)

    @property
    def next_number(self) -> int:
        """What the next one is called."""
        return max(self._known, default=0) + 1

    def all(self) -> tuple[ImprovementRecord, ...]:
        """The newest first."""
        return tuple(_record(*self._known[number]) for number in sorted(self._known, reverse=True))

    def one(self, number: int) -> ImprovementRecord:
        """By number. Errors: NotFound."""
        if number not in self._known:
            raise NotFound(f"There is no improvement {number}. See them with: andon kaizen list")
        return _record(*self._known[number])


def _record(state: Improvement, by: Actor) -> ImprovementRecord:
    shown = {field.name: getattr(state, field.name) for field in fields(ImprovementRecord) if field.name != "by"}
    return ImprovementRecord(by=by, **shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseWeek:
    """What people answered in a week; nothing but how many while they could be told apart."""

    #: "2026-W48"
    week: str
    n: int
    #: None while there are fewer answers than are shown
    median: float | None
    #: how many answered 1, 2, 3, 4, 5; empty while there are too few
    counts: tuple[int, ...]


class Pulses:
    """The question, and the answers by week, without names."""

    def __init__(self) -> None:
        self.question = QUESTION
        self._weeks: dict[str, dict[str, int]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case PulseQuestionChosen(question=question):
                self.question = question
            case PulseAnswered() as answer:
                self._weeks.setdefault(answer.week, {})[answer.voice] = answer.score
            case _:
                return

    def weeks(self) -> tuple[PulseWeek, ...]:
        """The newest first."""
        return tuple(_week(week, tuple(self._weeks[week].values())) for week in sorted(self._weeks, reverse=True))


def _week(week: str, scores: Sequence[int]) -> PulseWeek:
    if len(scores) < FEWEST_SHOWN:
        return PulseWeek(week=week, n=len(scores), median=None, counts=())
    counts = tuple(sum(1 for score in scores if score == each) for each in range(LOWEST, HIGHEST + 1))
    return PulseWeek(week=week, n=len(scores), median=median(scores), counts=counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesSince:
    """Prices, and since when they hold."""

    since: datetime
    by: Actor
    prices: Prices


class PriceList:
    """Every declaration, the oldest first."""

    def __init__(self) -> None:
        self.declared: tuple[PricesSince, ...] = ()

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        if isinstance(happened.event, PricesDeclared):
            one = PricesSince(since=happened.at, by=happened.actor, prices=happened.event.prices)
            self.declared = (*self.declared, one)

    @property
    def now(self) -> Prices | None:
        """Those in force; None when nobody declared any."""
        return self.declared[-1].prices if self.declared else None
