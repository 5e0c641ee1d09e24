"""The numbers of a repository by its release tags: what tags can tell, and plainly what they cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from andon.kernel.errors import Invalid, Problem
from andon.kernel.words import plural
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.answers.numbers import Numbers, numbers
from andon.tools.measurement.answers.records import (
    RepositoryReport,
    RepositorySource,
    ServiceTags,
    TagRecord,
    TagShape,
    TagsLeftOut,
    numbers_report,
)
from andon.tools.measurement.model.metric import Metric, Question, Window
from andon.tools.measurement.model.metric_query import DEFINITION, USUAL, MetricQuery, as_of_in, window_of
from andon.tools.measurement.model.numbers.definitions import definition as known
from andon.tools.measurement.model.numbers.dora import METRICS
from andon.tools.measurement.model.numbers.trend import LONG_DAYS, Trend, TrendPoint
from andon.tools.measurement.model.releases.repository import Tag
from andon.tools.measurement.reading import RepositoryReading

#: these need to know what failed, and tags do not
OF_FAILURES = frozenset(
    {
        "change-fail-rate",
        "deployment-rework-rate",
        "failed-deployment-recovery-time",
        "mean-time-between-failures",
    }
)
NO_INCIDENTS = "No data: git has no incidents. Run a server and connect the tool that has them: andon connect --help"
A_TAG = (
    "A tag says that something was released, not that it reached its users: frequency counts tags, and lead time ends"
    " with the tag."
)
#: fewer releases than this are few
FEW = 10
_YEAR = timedelta(days=365)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
#: months shown beside a short window
_MONTHS = 24
_HALF_A_YEAR_DAYS = 180
_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRepository:
    """What can be said of a repository in a window."""

    reading: RepositoryReading
    numbers: Numbers
    #: why this window, where nobody asked for one; ""
    why: str
    #: by month, one a metric: over the window, or over two years where that is short
    months: tuple[Trend, ...]

    @property
    def window(self) -> Window:
        """The time that is asked about, so far as it was known."""
        asked = self.numbers.question
        end = min(asked.window.end, asked.as_of) if asked.as_of else asked.window.end
        return replace(asked.window, end=max(end, asked.window.begin))


def require_sense(asking: MetricQuery, now: datetime, metric: str = "") -> None:
    """Can it be answered, whatever is read? Errors: Invalid, in the words of the command line."""
    if metric:
        _require_known(metric, METRICS)
    try:
        known(asking.definition or DEFINITION)
        window_of(asking, now)
    except Invalid as error:
        raise Invalid(*(_as_options(problem) for problem in error.problems)) from None


def _as_options(problem: Problem) -> Problem:
    names = {"from": "--since", "to": "--until", "as_of": "--as-of"}
    message = problem.message.replace("from (", "--since (").replace("before to (", "before --until (")
    return replace(problem, where=names.get(problem.where, problem.where), message=message)


def measured(reading: RepositoryReading, asking: MetricQuery, now: datetime) -> MeasuredRepository:
    """The numbers. Errors: Invalid for a window or a definition that is none."""
    as_of = as_of_in(asking, now)
    window, why = _window(reading, asking, now)
    definition = asking.definition or DEFINITION
    question = Question(place=reading.place, window=window, definition=definition, as_of=as_of)
    told = _honest(numbers(reading.history, question))
    long = numbers(reading.history, replace(question, window=_months(window)))
    first = max(_first_month(window), _month(reading.releases[0].at))
    months = tuple(_since(trend, first) for trend in _honest(long).trends)
    return MeasuredRepository(
        reading=reading, numbers=replace(told, notes=(*told.notes, A_TAG)), why=why, months=months
    )


def repository_report(it: MeasuredRepository) -> RepositoryReport:
    """The record of all of it but the evidence."""
    reading, repository = it.reading, it.reading.repository
    report = numbers_report(it.numbers)
    return RepositoryReport(
        question=report.question,
        metrics=report.metrics,
        trends=report.trends,
        notes=report.notes,
        why=it.why,
        source=RepositorySource(
            name=repository.name,
            where=repository.where,
            web=repository.web,
            trunk=repository.trunk,
            commits=reading.commits,
            releases=len(reading.releases),
            releases_inside=len(reading.releases_in(it.window)),
            first=_tag(reading.releases[0]),
            last=_tag(reading.releases[-1]),
            taken=tuple(TagShape(shape=shape, tags=count) for shape, count in reading.shapes),
            left_out=tuple(
                TagsLeftOut(reason=one.reason, tags=len(one.names), examples=one.names[:_EXAMPLES])
                for one in reading.left_out
            ),
            others=tuple(ServiceTags(service=name, tags=count) for name, count in reading.others),
        ),
        months=it.months,
        streams=reading.streams_in(it.window),
        troubles=reading.troubles_in(it.window),
    )


def _window(reading: RepositoryReading, asking: MetricQuery, now: datetime) -> tuple[Window, str]:
    """What is asked for, else the last 90 days, else the last year in which there was something to see; and why."""
    window = window_of(asking, now)
    seen = len(reading.releases_in(window))
    if asking.begin or seen >= FEW:
        return window, ""
    year = replace(window, begin=max(window.end - _YEAR, _EARLIEST))
    if reading.releases_in(year):
        had = f"only {plural(seen, 'release')}" if seen else "no release"
        return year, f"The last {USUAL.days} days had {had}, so this is a year."
    before = [tag.at for tag in reading.releases if tag.at < window.end]
    if not before:
        return year, "There is no release before it ends."
    end = before[-1].replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    begin = max(end - _YEAR, _EARLIEST)
    return Window(begin=begin, end=end), "Nothing was released since, so this is the year up to the last release."


def _first_month(window: Window) -> datetime:
    """The month in which what is shown by month begins."""
    month = _month(window.begin)
    if window.days >= _HALF_A_YEAR_DAYS:
        return month
    end = window.end - timedelta(microseconds=1)
    months = end.year * 12 + end.month - _MONTHS
    return min(month, month.replace(year=months // 12, month=months % 12 + 1))


def _months(window: Window) -> Window:
    """A window so long that its trend is by month."""
    begin = min(_first_month(window), window.end - timedelta(days=LONG_DAYS + 1))
    return replace(window, begin=_month(begin))


def _month(at: datetime) -> datetime:
    """Its first instant."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _since(trend: Trend, first: datetime) -> Trend:
    return replace(trend, points=tuple(point for point in trend.points if point.begin >= first))


def _honest(told: Numbers) -> Numbers:
    """Without the numbers that tags cannot give: none found is not none there."""
    return replace(
        told,
        metrics=tuple(_no_data(metric) if metric.id in OF_FAILURES else metric for metric in told.metrics),
        trends=tuple(
            replace(trend, points=tuple(TrendPoint(begin=one.begin, value=None, n=0) for one in trend.points))
            if trend.metric in OF_FAILURES
            else trend
            for trend in told.trends
        ),
    )


def _no_data(metric: Metric) -> Metric:
    return replace(
        metric, value=None, n=0, low=None, high=None, spread=None, counted=(), excluded=(), notes=(NO_INCIDENTS,)
    )


def _tag(tag: Tag) -> TagRecord:
    return TagRecord(name=tag.name, at=tag.at)


def one_of(it: MeasuredRepository, name: str) -> Metric:
    """One of its numbers. Errors: Invalid for one that nobody knows."""
    found = {metric.id: metric for metric in it.numbers.metrics}
    _require_known(name, found)
    return found[name]


def _require_known(name: str, names: Iterable[str]) -> None:
    names = tuple(names)
    if name not in names:
        hint = did_you_mean(name, names) or f"There are: {', '.join(names)}."
        raise Invalid(f'"{name[:80]}" is no number that is measured here. {hint}')
