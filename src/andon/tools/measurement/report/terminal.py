"""The report on a terminal: the numbers first, then what was not counted, what is unusual, and where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from andon.console.paint import Paint, wrapped
from andon.kernel.words import plural
from andon.tools.measurement.answers.records import MetricSummary, NumbersReport
from andon.tools.measurement.model.metric_query import DEFINITION
from andon.tools.measurement.model.numbers.trend import TrendPoint
from andon.tools.measurement.report.origin import origin
from andon.tools.measurement.report.sparks import sparks
from andon.tools.measurement.report.words import day, interval, month, value, window
from andon.web.charts.units import NO_DATA

#: columns of a report that is as wide as the terminal allows
_WIDEST = 100
_TITLE, _VALUE = 33, 12
_STREAMS = 12
_WEEK_DAYS = 8
_MONTH_DAYS = 31
#: a picture of fewer points shows nothing
_FEWEST = 2
#: ends a part that the next one follows without an empty line
_JOIN = "\0"
#: a space at which no line is broken
_TIED = "\N{NO-BREAK SPACE}"


def report(it: NumbersReport, paint: Paint, width: int) -> str:
    """The whole report, ready to be printed."""
    page = TerminalReport(paint, min(width, _WIDEST))
    with_data = [metric for metric in it.metrics if metric.value is not None]
    parts = [
        page.head(it),
        page.axis(it, with_data),
        *(page.metric(metric, it) for metric in with_data),
        page.without_data(it),
        page.streams(it),
        page.to_know(it),
        page.origin(it),
        page.next_steps(it, with_data),
    ]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))).replace(f"{_JOIN}\n\n", "\n")


class TerminalReport:
    """Parts of the report, each as lines that fit."""

    def __init__(self, paint: Paint, width: int) -> None:
        self._paint = paint
        self._width = width
        #: columns for the small pictures
        self._room = width - _TITLE - _VALUE - 2
        #: how far their points are apart
        self._steps = ""

    def head(self, it: NumbersReport) -> Iterator[str]:
        """What was measured, and when."""
        asked, paint = it.question, self._paint
        known = f", as of {day(asked.as_of)}" if asked.as_of else ""
        about = f" in {asked.environment} · {window(asked.begin, asked.end)}{known}"
        releases = f" · {plural(it.source.releases_inside, 'release')}" if it.source else ""
        yield from self._text(f"{paint.strong(asked.service)}{about}{releases}", indent="")
        if it.why:
            yield from self._text(it.why, paint.quiet, indent="")

    def axis(self, it: NumbersReport, metrics: list[MetricSummary]) -> Iterator[str]:
        """What time the small pictures are of."""
        points = next((trend.points for one in metrics if (trend := it.trend(one.id))), ())[-self._room :]
        if len(points) >= _FEWEST:
            self._steps = _steps(points)
            said = f"{month(points[0].begin)} to {month(points[-1].begin)}, {self._steps}"
            yield self._paint.quiet(f"{'':{min(_TITLE + _VALUE + 2, max(self._width - len(said), 0))}}{said}") + _JOIN

    def metric(self, metric: MetricSummary, it: NumbersReport) -> Iterator[str]:
        """A number with its sample, its spread and what was left out of it."""
        paint = self._paint
        number = f"{value(metric.value, metric.unit):>{_VALUE}}"
        yield f"{metric.title:{_TITLE}}{paint.strong(number)}  {self._small_picture(metric, it)}".rstrip()
        yield from self._text(" · ".join(part.replace(" ", _TIED) for part in _sample(metric)))
        yield from self._text(metric.definition, paint.quiet)
        yield from self._left_out(metric)
        for note in metric.notes:
            yield from self._text(f"{paint.warn('!')} {note}", hang="  ")

    def _small_picture(self, metric: MetricSummary, it: NumbersReport) -> str:
        """Its trend, with a word where its steps are not those of the axis above."""
        trend = it.trend(metric.id)
        if not trend or len(trend.points) < _FEWEST:
            return ""
        steps = _steps(trend.points)
        said = "" if steps == self._steps else f"  {steps}"
        shown = sparks([point.value for point in trend.points], self._room - len(said))
        return self._paint.accent(shown) + self._paint.quiet(said if shown else "")

    def without_data(self, it: NumbersReport) -> Iterator[str]:
        """The numbers that cannot be given, by reason."""
        for reason, metrics in it.without_data():
            for metric in metrics:
                yield f"{metric.title:{_TITLE}}{self._paint.warn(f'{NO_DATA:>{_VALUE}}')}"
            yield from self._text(reason, self._paint.quiet)
            yield from self._left_out(metrics[0])

    def _left_out(self, metric: MetricSummary) -> Iterator[str]:
        if metric.excluded:
            left = "; ".join(f"{one.rows:,} × {one.reason}" for one in metric.excluded)
            yield from self._text(f"Left out: {left}.", self._paint.quiet)

    def streams(self, it: NumbersReport) -> Iterator[str]:
        """Lines of releases that are kept up side by side."""
        if not it.streams:
            return
        yield self._paint.strong("Lines of releases side by side")
        name = max(len(one.name) for one in it.streams)
        for one in it.streams[:_STREAMS]:
            about = f"{plural(one.releases, 'release'):>12}  {one.first} to {one.last}, last on {day(one.last_at)}"
            yield f"  {one.name:{name}}  {self._paint.quiet(about)}"
        if len(it.streams) > _STREAMS:
            yield self._paint.quiet(f"  and {len(it.streams) - _STREAMS} more; all of them with --json")

    def to_know(self, it: NumbersReport) -> Iterator[str]:
        """What is unusual about the source."""
        if not it.troubles:
            return
        yield self._paint.strong("What to know")
        for one in it.troubles:
            more = ", …" if one.count > len(one.examples) else ""
            names = f" ({', '.join(one.examples)}{more})" if one.examples else ""
            yield from self._text(f"{self._paint.warn('!')} {one.says}{names}", hang="  ")
            if one.remedy:
                yield from self._text(f"  {self._paint.accent('→')} {one.remedy}", hang="    ")

    def origin(self, it: NumbersReport) -> Iterator[str]:
        """What was read, which tags were taken, and by whose definitions."""
        yield self._paint.strong("Where this is from")
        for said in origin(it):
            yield from self._text(said, self._paint.quiet, hang="  ")

    def next_steps(self, it: NumbersReport, with_data: list[MetricSummary]) -> Iterator[str]:
        """Where to look next."""
        steps = [(f"--evidence {with_data[0].id}", "every row that counted or did not")] if with_data else []
        steps += [("--html report.html", "the same with pictures")]
        if it.question.definition == DEFINITION:
            steps += [("--as devlake", "the same by other definitions")]
        yield from step_lines(steps, self._paint, self._width)

    def _text(
        self, text: str, style: Callable[[str], str] | None = None, *, indent: str = "  ", hang: str = ""
    ) -> Iterator[str]:
        for line in wrapped(f"{indent}{text}", self._width, indent + hang).split("\n"):
            line = line.replace(_TIED, " ")
            yield style(line) if style else line


def step_lines(steps: Sequence[tuple[str, str]], paint: Paint, width: int) -> Iterator[str]:
    """Options to add to the command, each with what it shows where there is room for it."""
    yield f"{paint.strong('Go and see')}: add to this command"
    wide = max(len(option) for option, _ in steps)
    for option, says in steps:
        fits = wide + len(says) + 4 <= width
        yield f"  {paint.accent(f'{option:{wide}}')}  {paint.quiet(says if fits else '')}".rstrip()


def _steps(points: Sequence[TrendPoint]) -> str:
    """How far the points are apart."""
    days = (points[-1].begin - points[-2].begin).days
    if days <= _WEEK_DAYS:
        return "by week"
    return "by month" if days <= _MONTH_DAYS else "by year"


def _sample(metric: MetricSummary) -> Iterator[str]:
    yield plural(metric.n, metric.sample.removesuffix("s"), metric.sample)
    if metric.low is not None and metric.high is not None:
        yield f"95 % sure: {interval(metric.low, metric.high, metric.unit, metric.value)}"
    if metric.spread:
        yield f"p85 {value(metric.spread.p85, metric.unit)}"
        yield f"p95 {value(metric.spread.p95, metric.unit)}"
        yield f"mean {value(metric.spread.mean, metric.unit)}"
