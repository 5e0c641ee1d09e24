"""The evidence behind a number on a terminal: every row that counted, and every one that did not, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from andon.console.paint import Paint, wrapped
from andon.console.terminal import inert
from andon.kernel.words import plural
from andon.tools.measurement.answers.records import MetricSummary
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.report.numbers_source import AllEvidence, EvidencePart
from andon.tools.measurement.report.words import minute, value

_NAME, _VALUE = 34, 11


def evidence(found: AllEvidence, paint: Paint, width: int) -> Iterator[str]:
    """Line by line, as the rows come: there may be very many."""
    metric = inert(found.metric)
    yield f"{paint.strong(metric.title)}  {paint.good(value(metric.value, metric.unit))}"
    yield from wrapped(metric.definition, width).split("\n")
    for note in metric.notes:
        yield from wrapped(f"{paint.warn('!')} {note}", width, "  ").split("\n")
    for part in found.parts:
        if part.total or not part.reason:
            yield ""
            yield from wrapped(paint.strong(_heading(part, metric)), width, "  ").split("\n")
            yield from _rows(part, metric, paint, width)


def _heading(part: EvidencePart, metric: MetricSummary) -> str:
    if part.reason:
        return f"Left out: {part.total:,} × {part.reason}"
    if part.total != metric.n:
        return f"Counted: {part.total:,} of {metric.n:,} {metric.sample}"
    return f"Counted: {plural(part.total, metric.sample.removesuffix('s'), metric.sample)}"


def _rows(part: EvidencePart, metric: MetricSummary, paint: Paint, width: int) -> Iterator[str]:
    for row in map(inert, part.rows):
        yield "  " + _row(row, metric, paint, width - 2)


def _row(row: Evidence, metric: MetricSummary, paint: Paint, width: int) -> str:
    """When, which commit, what it adds, what it is, and why: what does not fit is cut at the end."""
    commit = f"{(row.commit or '')[:7]:7}"
    number = f"{value(row.value, metric.unit) if row.value is not None else '':>{_VALUE}}"
    left = width - len(minute(row.at)) - len(commit) - len(number) - 6
    why = row.why if left - len(row.why) >= _NAME // 2 else ""
    name = _cut(row.name, left - len(why) - 2 if why else left)
    space = " " * max(left - len(name) - len(why), 2) if why and width < 200 else "  "
    parts = [
        paint.quiet(minute(row.at)),
        paint.accent(commit),
        number,
        name + (space + paint.quiet(why) if why else ""),
    ]
    return "  ".join(parts).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"
