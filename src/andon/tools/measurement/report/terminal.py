"""The report on a terminal: the numbers first, then what was not counted, what is unusual, and where to look next."""

from __future__ import annotations

from collections.abc import Iterator

from andon.console.paint import Paint, plain, wrapped
from andon.tools.measurement.report.seen import MetricSeen, ReportSeen, SourceSeen
from andon.tools.measurement.report.sparks import sparks
from andon.tools.measurement.report.words import count, day, interval, month, value, window

#: columns of a report that is as wide as the terminal allows
_WIDEST = 100
_INDENT = "  "
_TITLE, _VALUE = 32, 14
_EXAMPLES = 3


def report(it: ReportSeen, paint: Paint, width: int) -> str:
    """The whole report, ready to be printed."""
    page = Page(paint, min(width, _WIDEST))
    with_data = [metric for metric in it.metrics if metric.value is not None]
    parts = [
        page.head(it),
        *(page.metric(metric, it) for metric in with_data),
        page.without_data([metric for metric in it.metrics if metric.value is None]),
        page.streams(it),
        page.to_know(it),
        page.next_steps(it, with_data),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines)


class Page:
    """Parts of the report, each as lines that fit."""

    def __init__(self, paint: Paint, width: int) -> None:
        self._paint = paint
        self._width = width

    def head(self, it: ReportSeen) -> Iterator[str]:
        """What was measured, when, and by whose definitions."""
        asked, paint = it.question, self._paint
        when = window(asked.begin, asked.end)
        yield f"{paint.strong(asked.service)} {paint.quiet('in')} {asked.environment}{paint.quiet(' · ')}{when}"
        if it.why:
            yield from self._text(it.why, paint.quiet)
        if it.source:
            yield from self._text(_read_from(it.source), paint.quiet)
        known = f", as it was known on {day(asked.as_of)}" if asked.as_of else ""
        yield from self._text(f"By the definitions of {asked.definition}{known}. {' '.join(it.notes)}", paint.quiet)

    def metric(self, metric: MetricSeen, it: ReportSeen) -> Iterator[str]:
        """A number with its sample, its spread and what was left out of it."""
        paint = self._paint
        trend = it.trend(metric.id)
        shown = sparks([point.value for point in trend.points], self._width - _TITLE - _VALUE - 2) if trend else ""
        number = f"{value(metric.value, metric.unit):>{_VALUE}}"
        yield f"{paint.strong(f'{metric.title:{_TITLE}}')}{paint.good(number)}  {paint.accent(shown)}".rstrip()
        if trend and shown:
            known = f"{month(trend.points[-len(shown)].begin)} to {month(trend.points[-1].begin)}, by month"
            yield " " * (_TITLE + _VALUE + 2) + paint.quiet(known)
        yield from self._text(" · ".join(_sample(metric)))
        yield from self._text(metric.definition, paint.quiet)
        if metric.excluded:
            left = "; ".join(f"{one.rows:,} × {one.reason}" for one in metric.excluded)
            yield from self._text(f"Left out: {left}.", paint.quiet)
        for note in metric.notes:
            yield from self._text(f"! {note}", paint.warn)

    def without_data(self, metrics: list[MetricSeen]) -> Iterator[str]:
        """The numbers that cannot be given, by reason."""
        reasons: dict[str, list[str]] = {}
        for metric in metrics:
            reasons.setdefault(" ".join(metric.notes), []).append(metric.title)
        for reason, titles in reasons.items():
            for title in titles:
                yield f"{self._paint.strong(f'{title:{_TITLE}}')}{self._paint.warn(f'{value(None, str()):>{_VALUE}}')}"
            yield from self._text(reason, self._paint.quiet)

    def streams(self, it: ReportSeen) -> Iterator[str]:
        """Lines of releases that are kept up side by side."""
        if not it.streams:
            return
        yield self._paint.strong("Lines of releases side by side")
        name = max(len(one.name) for one in it.streams)
        for one in it.streams[:12]:
            about = f"{count(one.releases, 'release'):>14}  {one.first} to {one.last}, last on {day(one.last_at)}"
            yield f"{_INDENT}{one.name:{name}}  {self._paint.quiet(about)}"
        if len(it.streams) > 12:
            yield self._paint.quiet(f"{_INDENT}and {len(it.streams) - 12} more")

    def to_know(self, it: ReportSeen) -> Iterator[str]:
        """What is unusual about the source."""
        if not it.troubles:
            return
        yield self._paint.strong("What to know")
        for one in it.troubles:
            names = (
                f" ({', '.join(one.examples)}{', …' if one.count > len(one.examples) else ''})" if one.examples else ""
            )
            yield from self._text(f"{self._paint.warn('!')} {one.says}{self._paint.quiet(names)}")
            if one.remedy:
                yield from self._text(f"  {self._paint.accent('→')} {one.remedy}")

    def next_steps(self, it: ReportSeen, with_data: list[MetricSeen]) -> Iterator[str]:
        """Where to look next."""
        yield self._paint.strong("Go and see")
        here = f"andon measure {it.source.where}" if it.source else "andon measure"
        steps = [(f"--evidence {with_data[0].id}", "what was counted, and what was not")] if with_data else []
        steps += [("--as devlake", "the same history by other definitions"), ("--html report.html", "with pictures")]
        for option, says in steps:
            yield f"{_INDENT}{self._paint.accent(f'{here} {option}')}  {self._paint.quiet(says)}"

    def _text(self, text: str, paint: object = None) -> Iterator[str]:
        for line in wrapped(f"{_INDENT}{text}", self._width, _INDENT).split("\n"):
            yield paint(line) if callable(paint) else line


def _sample(metric: MetricSeen) -> Iterator[str]:
    yield count(metric.n, metric.sample.removesuffix("s"), metric.sample)
    if metric.low is not None and metric.high is not None:
        yield f"95 % sure: {interval(metric.low, metric.high, metric.unit)}"
    if metric.spread:
        yield f"p85 {value(metric.spread.p85, metric.unit)}"
        yield f"p95 {value(metric.spread.p95, metric.unit)}"
        yield f"mean {value(metric.spread.mean, metric.unit)}"


def _read_from(source: SourceSeen) -> str:
    """What was read, which tags were taken, and which were not."""
    taken = ", ".join(f"{one.shape} {one.tags:,}" for one in source.taken[:_EXAMPLES])
    more = f" and {len(source.taken) - _EXAMPLES} more shapes" if len(source.taken) > _EXAMPLES else ""
    said = (
        f"{count(source.commits, 'commit')} and {count(source.releases, 'release')} ({taken}{more}) of {source.where},"
        f" {day(source.first.at)} to {day(source.last.at)}, trunk {source.trunk or 'unknown'}."
    )
    for one in source.left_out:
        names = ", ".join(one.examples[:_EXAMPLES]) + (", …" if one.tags > _EXAMPLES else "")
        said += f" Not taken: {count(one.tags, 'tag')}, {one.reason} ({names})."
    if source.others:
        others = ", ".join(f"{one.service} ({one.tags:,})" for one in source.others[:8])
        said += f" Other parts with releases of their own: {others}; choose with --service NAME."
    return plain(said)
