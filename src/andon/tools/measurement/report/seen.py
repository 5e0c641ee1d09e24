"""A report as it is shown: the printed JSON, read back with types, whether a server said it or this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.console.terminal import inert


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSeen:
    """What was asked."""

    service: str
    environment: str
    begin: datetime
    end: datetime
    definition: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadSeen:
    """How the values lie."""

    median: float
    p85: float
    p95: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedSeen:
    """What was left out, and how many."""

    reason: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSeen:
    """A number."""

    id: str
    title: str
    unit: str
    value: float | None
    definition: str
    sample: str
    n: int
    low: float | None = None
    high: float | None = None
    spread: SpreadSeen | None = None
    counted: int = 0
    excluded: tuple[ExcludedSeen, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSeen:
    """The number in a week or month."""

    begin: datetime
    value: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSeen:
    """How the number moved."""

    metric: str
    unit: str
    points: tuple[PointSeen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSeen:
    """A release."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSeen:
    """Tags that look alike."""

    shape: str
    tags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutSeen:
    """Tags that are not taken."""

    reason: str
    tags: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSeen:
    """A part of the repository with releases of its own."""

    service: str
    tags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeen:
    """The repository."""

    name: str
    where: str
    web: str
    trunk: str
    commits: int
    releases: int
    #: those in the time that is asked about
    releases_inside: int
    first: TagSeen
    last: TagSeen
    taken: tuple[TakenSeen, ...] = ()
    left_out: tuple[LeftOutSeen, ...] = ()
    others: tuple[OtherSeen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
    """A line of releases beside others."""

    name: str
    releases: int
    first: str
    last: str
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleSeen:
    """What a reader must know about the source."""

    id: str
    count: int
    says: str
    remedy: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSeen:
    """All of it; a server's report has no `source`."""

    question: QuestionSeen
    metrics: tuple[MetricSeen, ...]
    trends: tuple[TrendSeen, ...] = ()
    notes: tuple[str, ...] = ()
    why: str = ""
    source: SourceSeen | None = None
    months: tuple[TrendSeen, ...] = ()
    streams: tuple[StreamSeen, ...] = ()
    troubles: tuple[TroubleSeen, ...] = ()

    def without_data(self) -> tuple[tuple[str, tuple[MetricSeen, ...]], ...]:
        """The numbers that cannot be given, by reason."""
        reasons: dict[str, list[MetricSeen]] = {}
        for metric in self.metrics:
            if metric.value is None:
                reasons.setdefault(" ".join(metric.notes), []).append(metric)
        return tuple((reason, tuple(metrics)) for reason, metrics in reasons.items())

    def trend(self, metric: str) -> TrendSeen | None:
        """How a number moved: by month where that is known."""
        return next((one for one in (*self.months, *self.trends) if one.metric == metric and one.points), None)


#: words of an address that are no names in Python
_RENAMED = {"from": "begin", "to": "end", "as": "definition"}


def seen(printed: object) -> ReportSeen:
    """The report in the JSON. Errors: msgspec.ValidationError."""
    import msgspec

    if isinstance(printed, dict) and isinstance(printed.get("question"), dict):
        asked = {_RENAMED.get(name, name): value for name, value in printed["question"].items()}
        printed = {**printed, "question": asked}
    return msgspec.convert(inert(printed), ReportSeen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSeen:
    """One thing that was counted, or was not."""

    fact: str
    name: str
    commit: str | None = None
    at: datetime
    value: float | None = None
    why: str = ""
    link: str = ""


def seen_row(printed: object) -> RowSeen:
    """The row in the JSON. Errors: msgspec.ValidationError."""
    import msgspec

    return msgspec.convert(inert(printed), RowSeen)


def seen_metric(printed: object) -> MetricSeen:
    """The number in the JSON. Errors: msgspec.ValidationError."""
    import msgspec

    return msgspec.convert(inert(printed), MetricSeen)
