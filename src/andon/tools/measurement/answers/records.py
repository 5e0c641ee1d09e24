"""The records of numbers: one set for the page, the API, the terminal and the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType, field

from andon.tools.measurement.model.metric import Evidence, Metric, Question, Spread
from andon.tools.measurement.model.numbers.trend import Trend
from andon.tools.measurement.model.releases.lines import ReleaseLine
from andon.tools.measurement.model.trouble import Trouble

if TYPE_CHECKING:
    from andon.tools.measurement.answers.numbers import Numbers

#: rows of a page of evidence when nobody asks for more
ROWS = 200


class QuestionRecord(Struct, frozen=True, kw_only=True):
    """What was asked, in the words of an address."""

    service: str
    environment: str
    begin: datetime = field(name="from")
    end: datetime = field(name="to")
    definition: str = field(name="as")
    as_of: datetime | None = None


class ExclusionCount(Struct, frozen=True, kw_only=True):
    """How many rows were left out for one reason."""

    reason: str
    rows: int


class MetricSummary(Struct, frozen=True, kw_only=True):
    """A metric with everything but its rows."""

    id: str
    title: str
    unit: str
    value: float | None
    definition: str
    sample: str
    n: int
    low: float | None = None
    high: float | None = None
    spread: Spread | None = None
    counted: int = 0
    excluded: tuple[ExclusionCount, ...] = ()
    notes: tuple[str, ...] = ()


class EvidencePage(Struct, frozen=True, kw_only=True):
    """A page of rows, counted from 1."""

    #: why they were left out, where that is not said beside the page
    reason: str | UnsetType = UNSET
    total: int
    first: int
    #: the number of the first row of the next page
    next: int | None
    rows: tuple[Evidence, ...]


class MetricEvidence(Struct, frozen=True, kw_only=True):
    """A metric with a page of what was counted, or of what was left out for one reason."""

    metric: MetricSummary
    trend: Trend
    #: "" for what was counted
    reason: str
    evidence: EvidencePage


class TagRecord(Struct, frozen=True, kw_only=True):
    """A release tag."""

    name: str
    at: datetime


class TagShape(Struct, frozen=True, kw_only=True):
    """Tags that are named alike."""

    shape: str
    tags: int


class TagsLeftOut(Struct, frozen=True, kw_only=True):
    """Tags that are not taken as releases."""

    reason: str
    tags: int
    examples: tuple[str, ...] = ()


class ServiceTags(Struct, frozen=True, kw_only=True):
    """A part of the repository with releases of its own."""

    service: str
    tags: int


class RepositorySource(Struct, frozen=True, kw_only=True):
    """The repository that was read."""

    kind: str = "git"
    name: str
    where: str
    web: str
    trunk: str
    commits: int
    releases: int
    #: those in the time that is asked about
    releases_inside: int
    first: TagRecord
    last: TagRecord
    taken: tuple[TagShape, ...] = ()
    left_out: tuple[TagsLeftOut, ...] = ()
    others: tuple[ServiceTags, ...] = ()


class NumbersReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All metrics of a place, with trends and without their evidence."""

    question: QuestionRecord
    metrics: tuple[MetricSummary, ...]
    trends: tuple[Trend, ...]
    notes: tuple[str, ...]
    #: only a repository has these and what follows: why this window, where nobody asked for one
    why: str = ""
    source: RepositorySource | None = None
    #: by month
    months: tuple[Trend, ...] = ()
    #: lines of releases side by side
    streams: tuple[ReleaseLine, ...] = ()
    #: what a reader must know about the source
    troubles: tuple[Trouble, ...] = ()

    def without_data(self) -> tuple[tuple[str, tuple[MetricSummary, ...]], ...]:
        """The metrics without a value, by reason."""
        reasons: dict[str, list[MetricSummary]] = {}
        for metric in self.metrics:
            if metric.value is None:
                reasons.setdefault(" ".join(metric.notes), []).append(metric)
        return tuple((reason, tuple(metrics)) for reason, metrics in reasons.items())

    def trend(self, metric: str) -> Trend | None:
        """How a metric moved: by month where that is known."""
        return next((one for one in (*self.months, *self.trends) if one.metric == metric and one.points), None)


class RepositoryReport(NumbersReport, frozen=True, kw_only=True, omit_defaults=False):
    """Metrics of a repository: printed with every field."""


def numbers_report(numbers: Numbers) -> NumbersReport:
    """The record of the numbers of a place."""
    return NumbersReport(
        question=question_record(numbers.question),
        metrics=tuple(map(metric_summary, numbers.metrics)),
        trends=numbers.trends,
        notes=numbers.notes,
    )


def question_record(question: Question) -> QuestionRecord:
    """The record of what was asked."""
    return QuestionRecord(
        service=question.place.service,
        environment=question.place.environment,
        begin=question.window.begin,
        end=question.window.end,
        definition=question.definition,
        as_of=question.as_of,
    )


def metric_summary(metric: Metric) -> MetricSummary:
    """The record of a metric: rows are only counted."""
    return MetricSummary(
        id=metric.id,
        title=metric.title,
        unit=metric.unit,
        value=metric.value,
        definition=metric.definition,
        sample=metric.sample,
        n=metric.n,
        low=metric.low,
        high=metric.high,
        spread=metric.spread,
        counted=len(metric.counted),
        excluded=tuple(ExclusionCount(reason=one.reason, rows=len(one.rows)) for one in metric.excluded),
        notes=metric.notes,
    )


def evidence_page(
    rows: Sequence[Evidence], first: int = 1, most: int = ROWS, reason: str | UnsetType = UNSET
) -> EvidencePage:
    """A page of rows, beginning with row `first`."""
    begin = max(first, 1) - 1
    end = min(begin + max(most, 0), len(rows))
    return EvidencePage(
        reason=reason,
        total=len(rows),
        first=begin + 1,
        next=end + 1 if end < len(rows) else None,
        rows=tuple(rows[at] for at in range(begin, end)),
    )
