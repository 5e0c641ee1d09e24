"""An improvement: a change of how people work, and the number that it should move: planned, done, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from andon.kernel.decider import Effect, Event
from andon.kernel.ids import EffectKey
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.metric import Unit, Window

KIND = "improvement"
#: of a measurement; it is a calculation
CHECK_WITHIN = timedelta(minutes=10)

Phase = Literal["unknown", "planned", "doing", "checking", "checked", "kept", "dropped"]
#: reached: the number is where it should be · moved: it went the right way · unmoved: it did not · unknown: no data
Verdict = Literal["reached", "moved", "unmoved", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number as it was measured once."""

    #: None for "no data", which is never 0
    value: float | None
    n: int
    window: Window
    #: 95 % interval, where the sample allows one
    low: float | None = None
    high: float | None = None
    #: what a reader must know, or why nothing was measured
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Which number should move, where, to what, by when."""

    #: "change-lead-time"
    metric: str
    unit: Unit
    place: Place
    #: whose definition: "dora"
    definition: str
    #: what it should become
    target: float
    #: when it is judged
    by: datetime
    #: how much time before it is measured, the baseline alike
    over: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the number was when it was looked at."""

    reading: Reading
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """One improvement, folded from its events."""

    phase: Phase = "unknown"
    number: int = 0
    #: what is to be done, one sentence
    title: str = ""
    #: why it should help
    because: str = ""
    aim: Aim | None = None
    baseline: Reading | None = None
    planned_at: datetime | None = None
    begun_at: datetime | None = None
    #: when the measurement that is under way must be there
    check_by: datetime | None = None
    #: which measurement that is, counted from 1
    turn: int = 0
    #: the newest last
    checks: tuple[Check, ...] = ()
    #: what was learned, said at its end
    learned: str = ""

    @property
    def is_open(self) -> bool:
        """May anything still happen to it by itself?"""
        return self.phase in {"planned", "doing", "checking"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementPlanned:
    """Somebody wants to move a number, and said from what to what and by when."""

    number: int
    title: str
    because: str
    aim: Aim
    #: as it was when it was planned
    baseline: Reading
    at: datetime

    def evolve(self, state: Improvement) -> Improvement:
        return replace(
            state,
            phase="planned",
            number=self.number,
            title=self.title,
            because=self.because,
            aim=self.aim,
            baseline=self.baseline,
            planned_at=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementBegun:
    """It is being done."""

    number: int
    at: datetime

    def evolve(self, state: Improvement) -> Improvement:
        return replace(state, phase="doing", begun_at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementDue:
    """Its date has come, or somebody wants to know: the number is measured again."""

    number: int
    turn: int
    #: when the number must be there
    by: datetime

    def evolve(self, state: Improvement) -> Improvement:
        return replace(state, phase="checking", check_by=self.by, turn=self.turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementChecked:
    """The number was measured again."""

    number: int
    check: Check

    def evolve(self, state: Improvement) -> Improvement:
        return replace(state, phase="checked", check_by=None, checks=(*state.checks, self.check))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementKept:
    """The new way is how it is done from now on."""

    number: int
    learned: str

    def evolve(self, state: Improvement) -> Improvement:
        return replace(state, phase="kept", learned=self.learned, check_by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementDropped:
    """The old way is good enough, or another idea is better; what was learned stays."""

    number: int
    learned: str

    def evolve(self, state: Improvement) -> Improvement:
        return replace(state, phase="dropped", learned=self.learned, check_by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureNumber:
    """Measure what an improvement should have moved, as of its date."""

    lane: ClassVar[str] = "measure"

    number: int
    turn: int
    aim: Aim
    window: Window

    @property
    def key(self) -> EffectKey:
        """Doing it twice gives the same number."""
        return EffectKey(f"measure/{self.number}/{self.turn}")

    def failed(self, reason: str) -> RecordCheck:
        return RecordCheck(key=self.key, reading=nothing_read(self.window, reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck:
    """Report the number. A report that nobody waits for any more changes nothing."""

    key: EffectKey
    reading: Reading

    def decide(self, state: Improvement, now: datetime) -> tuple[Event[Improvement], ...]:
        if self.key not in {effect.key for effect in want(state, now)}:
            return ()
        return (checked(state, self.reading, now),)


def want(state: Improvement, now: datetime) -> tuple[Effect[Improvement], ...]:
    """The number, while it is being checked."""
    if state.phase != "checking" or state.aim is None:
        return ()
    return (MeasureNumber(number=state.number, turn=state.turn, aim=state.aim, window=window_of(state)),)


def window_of(state: Improvement) -> Window:
    """What is looked at: as much time as for the baseline, but nothing from before it was begun."""
    assert state.aim is not None  # noqa: S101  (who asks has looked; for the type checker)
    assert state.check_by is not None  # noqa: S101
    end = state.check_by - CHECK_WITHIN
    began = state.begun_at or state.planned_at or end
    begin = max(end - state.aim.over, min(began, end - timedelta(seconds=1)))
    return Window(begin=begin, end=end)


def deadline(state: Improvement) -> datetime | None:
    """Its date; while it is being checked, when the number must be there."""
    if state.phase == "checking":
        return state.check_by
    return state.aim.by if state.aim is not None and state.phase in {"planned", "doing"} else None


def checked(state: Improvement, reading: Reading, now: datetime) -> ImprovementChecked:
    """The reading with its verdict."""
    check = Check(reading=reading, verdict=verdict_of(state, reading), at=now)
    return ImprovementChecked(number=state.number, check=check)


def verdict_of(state: Improvement, reading: Reading) -> Verdict:
    """Where the number is, between where it was and where it should be."""
    aim, before = state.aim, state.baseline.value if state.baseline else None
    if reading.value is None or aim is None:
        return "unknown"
    if before is None:
        return "unknown"
    down = aim.target < before
    if (reading.value <= aim.target) if down else (reading.value >= aim.target):
        return "reached"
    return "moved" if (reading.value < before) == down and reading.value != before else "unmoved"


def nothing_read(window: Window, reason: str) -> Reading:
    """A reading that could not be made."""
    return Reading(value=None, n=0, window=window, notes=(reason,))
