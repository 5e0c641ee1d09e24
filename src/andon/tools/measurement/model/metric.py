"""A number as it is shown: with its definition, its sample, what was counted and what was not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.facts import FactId, Place

#: "seconds" of time; "ratio": 0 to 1 (more where a definition divides incidents by deployments); "per day": a frequency
Unit = Literal["seconds", "ratio", "per day", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `begin` up to, but without, `end`. UTC."""

    begin: datetime
    end: datetime

    @property
    def days(self) -> float:
        """Its length."""
        return (self.end - self.begin).total_seconds() / 86400

    def holds(self, at: datetime) -> bool:
        """Is the instant in it?"""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was counted, or was not: enough to go and see it."""

    #: a deployment, incident, run or change; "" when the row is about a commit alone
    fact: FactId
    #: what it is called: "2.15", "release_451", "INC-12"
    name: str
    commit: CommitId | None = None
    at: datetime
    #: what it adds to the number, in the number's unit: of a ratio 1 for what stands above the line and 0 for the
    #: others; None for what only counts as one, and for what was left out
    value: float | None = None
    #: why it counts or does not: "explicit: rollback 2.14 mends it", "inferred: incident 3 h after it"
    why: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What was left out, for one reason."""

    #: "the first deployment to a place has nothing before it"
    reason: str
    #: rows are made when they are looked at
    rows: Sequence[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the single values lie. A mean is only ever shown beside its median."""

    median: float
    p85: float
    p95: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number. `value` None means "no data", which is never 0."""

    #: "change-lead-time"
    id: str
    #: "Change lead time"
    title: str
    unit: Unit
    value: float | None
    #: in words, whole: from what to what, which things, how they are put together
    definition: str
    #: what n counts: "commits", "deployments"
    sample: str
    n: int
    #: 95 % interval of the value, where the sample allows one
    low: float | None = None
    high: float | None = None
    spread: Spread | None = None
    #: of a ratio those above the line come first
    counted: Sequence[Evidence] = ()
    excluded: tuple[Exclusion, ...] = ()
    #: what a reader must know: "small sample", "4 of 6 links are inferred"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: about which place and time, and by whose definitions."""

    place: Place
    window: Window
    #: "dora", "devlake", …
    definition: str = "dora"
    #: what happened from then on is left out, and what had not ended by then is still open; None for all that is known.
    #: It goes by when things happened, as that is known today, not by when they were reported: late reports and
    #: corrected since counts, so an answer that was given back then may have been another one
    as_of: datetime | None = None
