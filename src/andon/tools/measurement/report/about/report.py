"""The report about a subject on a terminal: its state in a sentence, its parts, and where to look next."""

from __future__ import annotations

from collections.abc import Iterator

from andon.console.paint import Paint
from andon.tools.measurement.answers.records import NumbersReport
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.report.about.flow import flow_parts
from andon.tools.measurement.report.about.overlay import overlay_parts
from andon.tools.measurement.report.about.parts import ReportPart
from andon.tools.measurement.report.about.stream import stream_parts
from andon.tools.measurement.report.about.subjects import FlowReport, OverlayReport, StreamReport, SubjectReport
from andon.tools.measurement.report.about.terminal import part_lines, text_lines
from andon.tools.measurement.report.about.wall import wall_parts
from andon.tools.measurement.report.terminal import TerminalReport, step_lines
from andon.tools.measurement.report.words import day, window


def report(told: SubjectReport, paint: Paint, width: int) -> str:
    """The whole report, ready to be printed."""
    blocks = [_head(told, paint, width), *(part_lines(part, paint, width) for part in parts(told))]
    numbers = source(told)
    if numbers:
        page = TerminalReport(paint, min(width, 100))
        blocks += [page.to_know(numbers), page.origin(numbers)]
    blocks.append(_next(told, paint, width))
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


def parts(told: SubjectReport) -> Iterator[ReportPart]:
    """What it is made of."""
    if isinstance(told, StreamReport):
        return stream_parts(told)
    if isinstance(told, FlowReport):
        return flow_parts(told)
    return overlay_parts(told) if isinstance(told, OverlayReport) else wall_parts(told)


def source(told: SubjectReport) -> NumbersReport | None:
    """The repository that it is from; None for a server."""
    return told.numbers if told.numbers and told.numbers.source else None


def about(question: Question) -> str:
    """Which place and time: "shop in production · 2026-01-01 to 2026-03-31, 90 days"."""
    known = f", as known on {day(question.as_of)}" if question.as_of else ""
    asked = question.window
    return f"{question.place.service} in {question.place.environment} · {window(asked.begin, asked.end)}{known}"


def _head(told: SubjectReport, paint: Paint, width: int) -> Iterator[str]:
    """Where and when, then the state, with the reason for the time where nobody asked for it."""
    service = told.question.place.service
    yield from text_lines(about(told.question).replace(service, paint.strong(service), 1), width, indent="")
    said = told.sentence
    shape = paint.lamp("idle" if said.colour == "grey" else said.colour)
    yield from text_lines(f"{shape} {said.words}", width, indent="")
    numbers = source(told)
    if numbers and numbers.why:
        yield from text_lines(numbers.why, width, paint.quiet, indent="")


def _next(told: SubjectReport, paint: Paint, width: int) -> Iterator[str]:
    """Where to look next."""
    steps = [("--html report.html", "the same with pictures"), ("--json", "every fact of it")]
    if isinstance(told, FlowReport):
        steps.insert(0, ("--items 40 --weeks 6", "when so many will be done, and how many in so many weeks"))
    if isinstance(told, OverlayReport):
        steps.insert(0, ("--over deployment-frequency", "another number above it"))
    return step_lines(steps, paint, width)
