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


def report(subject: SubjectReport, paint: Paint, width: int) -> str:
    """The whole report, ready to be printed."""
    blocks = [_head(subject, paint, width), *(part_lines(part, paint, width) for part in parts(subject))]
    numbers = source(subject)
    if numbers:
        page = TerminalReport(paint, min(width, 100))
        blocks += [page.to_know(numbers), page.origin(numbers)]
    blocks.append(_next(subject, paint, width))
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


def parts(subject: SubjectReport) -> Iterator[ReportPart]:
    """What it is made of."""
    if isinstance(subject, StreamReport):
        return stream_parts(subject)
    if isinstance(subject, FlowReport):
        return flow_parts(subject)
    return overlay_parts(subject) if isinstance(subject, OverlayReport) else wall_parts(subject)


def source(subject: SubjectReport) -> NumbersReport | None:
    """The repository that it is from; None for a server."""
    return subject.numbers if subject.numbers and subject.numbers.source else None


def about(question: Question) -> str:
    """Which place and time: "shop in production · 2026-01-01 to 2026-03-31, 90 days"."""
    known = f", as known on {day(question.as_of)}" if question.as_of else ""
    asked = question.window
    return f"{question.place.service} in {question.place.environment} · {window(asked.begin, asked.end)}{known}"


def _head(subject: SubjectReport, paint: Paint, width: int) -> Iterator[str]:
    """Where and when, then the state, with the reason for the time where nobody asked for it."""
    service = subject.question.place.service
    yield from text_lines(about(subject.question).replace(service, paint.strong(service), 1), width, indent="")
    said = subject.sentence
    shape = paint.lamp("idle" if said.colour == "grey" else said.colour)
    yield from text_lines(f"{shape} {said.words}", width, indent="")
    numbers = source(subject)
    if numbers and numbers.why:
        yield from text_lines(numbers.why, width, paint.quiet, indent="")


def _next(subject: SubjectReport, paint: Paint, width: int) -> Iterator[str]:
    """Where to look next."""
    steps = [("--html report.html", "the same with pictures"), ("--json", "every fact of it")]
    if isinstance(subject, FlowReport):
        steps.insert(0, ("--items 40 --weeks 6", "when so many will be done, and how many in so many weeks"))
    if isinstance(subject, OverlayReport):
        steps.insert(0, ("--over deployment-frequency", "another number above it"))
    return step_lines(steps, paint, width)
