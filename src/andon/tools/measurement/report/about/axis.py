"""Lanes over one axis of time, drawn with letters: each column is a stretch of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from andon.console.paint import Paint, wrapped
from andon.tools.measurement.report.about.parts import Lane, TimeAxis
from andon.tools.measurement.report.sparks import sparks
from andon.tools.measurement.report.words import day

#: columns of an axis at most
_LONGEST = 120
_QUIET = "·"


def axis_lines(axis: TimeAxis, paint: Paint, width: int) -> Iterator[str]:
    """The lanes under each other, then what stands where, then what they mean."""
    titles = max(len(lane.title) for lane in axis.lanes)
    room = max(min(width - titles - 4, _LONGEST), 10)
    for lane in axis.lanes:
        yield f"  {lane.title:{titles}}  {_painted(lane, _drawn(lane, axis, room), paint)}"
    first, last = day(axis.begin), day(axis.end)
    between = max(room - len(first) - len(last), 1)
    yield paint.quiet(f"  {'':{titles}}  {first}{' ' * between}{last}")
    says = " · ".join(f"{lane.title.lower()}: {lane.says}" for lane in axis.lanes if lane.says)
    yield from (paint.quiet(line) for line in wrapped(f"  {says}", width, "  ").split("\n"))


def _drawn(lane: Lane, axis: TimeAxis, room: int) -> str:
    if lane.line:
        return sparks(_stretched(lane, axis, room), room)
    signs = [_QUIET] * room
    for mark in lane.marks:
        for column in range(_column(mark.begin, axis, room), _column(mark.end, axis, room) + 1):
            signs[column] = mark.sign
    return "".join(signs)


def _stretched(lane: Lane, axis: TimeAxis, room: int) -> list[float | None]:
    """The value that holds in each column; None before the first one."""
    values: list[float | None] = [None] * room
    for at, value in lane.line:
        for column in range(_column(at, axis, room), room):
            values[column] = value
    return values


def _column(at: datetime, axis: TimeAxis, room: int) -> int:
    share = (at - axis.begin) / (axis.end - axis.begin)
    return min(max(int(share * room), 0), room - 1)


def _painted(lane: Lane, drawn: str, paint: Paint) -> str:
    return paint.accent(drawn) if lane.line else drawn.replace("✗", paint.bad("✗")).replace("▓", paint.bad("▓"))
