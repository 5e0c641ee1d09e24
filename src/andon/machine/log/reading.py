"""Reading a log of segments: its last lines, those since a time, and on from any offset."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from andon.machine.log.segments import TIME_BYTES, Segment, segments

_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """One line of a log."""

    #: where it begins in the whole log
    offset: int
    #: "2026-12-01T02:00:00.123Z"
    at: str
    #: bytes that are no UTF-8 are replaced
    text: str
    #: of the writer: the instance was started, or something was lost
    is_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Some lines of a log, and where to go on."""

    lines: tuple[PrintedLine, ...]
    next_offset: int


def size(folder: Path) -> int:
    """Where the log ends."""
    kept = segments(folder)
    return kept[-1].end if kept else 0


def read_lines(folder: Path, offset: int, *, most: int, most_bytes: int = 1 << 20) -> Printed:
    """Whole lines from an offset at which one begins, or from the oldest that is kept."""
    found: list[PrintedLine] = []
    for segment in segments(folder):
        if segment.end <= offset:
            continue
        offset = max(offset, segment.start)
        data = _read(segment, offset, most_bytes)
        for line in data.split(b"\n")[:-1]:
            if len(found) == most:
                return Printed(lines=tuple(found), next_offset=offset)
            found.append(_parsed(line, offset))
            offset += len(line) + 1
        if offset < segment.end:
            break
    return Printed(lines=tuple(found), next_offset=offset)


def offset_of_last(folder: Path, count: int) -> int:
    """Where the last so many lines begin."""
    kept = segments(folder)
    missing = count + 1
    for segment in reversed(kept):
        end = segment.size
        while end > 0:
            start = max(0, end - _BLOCK_BYTES)
            block = _read(segment, segment.start + start, end - start)
            found = block.count(b"\n")
            if found >= missing:
                return segment.start + start + _after_nth_from_end(block, missing)
            missing -= found
            end = start
    return kept[0].start if kept else 0


def offset_since(folder: Path, time: datetime) -> int:
    """Where the first line begins that was printed at this time or later."""
    wanted = f"{time:%Y-%m-%dT%H:%M:%S.%f}"[: TIME_BYTES - 1]
    kept = segments(folder)
    at = bisect_left(kept, wanted, key=lambda segment: _time_after(segment, 0))
    if at == 0:
        return kept[0].start if kept else 0
    segment = kept[at - 1]
    blocks = range(segment.size // _BLOCK_BYTES + 1)
    block = max(0, bisect_left(blocks, wanted, key=lambda number: _time_after(segment, number * _BLOCK_BYTES)) - 1)
    return next(_later(segment, block * _BLOCK_BYTES, wanted), segment.end)


def _later(segment: Segment, position: int, wanted: str) -> Iterator[int]:
    """Offsets of the segment's lines of the time or later; from the first line that begins after a position."""
    data = _read(segment, segment.start + position, segment.size - position)
    at = 0 if position == 0 else data.find(b"\n") + 1
    while at < len(data):
        if data[at : at + TIME_BYTES].decode("ascii", "replace") >= wanted:
            yield segment.start + position + at
        end = data.find(b"\n", at)
        at = end + 1 if end >= 0 else len(data)


def _time_after(segment: Segment, position: int) -> str:
    """The time of the first line that begins after a position; after all times where none does."""
    while True:
        data = _read(segment, segment.start + position, 2 * _BLOCK_BYTES)
        at = 0 if position == 0 else data.find(b"\n") + 1
        if not data or (at and at >= len(data)):
            return "~"
        if at or position == 0:
            return data[at : at + TIME_BYTES].decode("ascii", "replace")
        position += len(data)


def _after_nth_from_end(block: bytes, count: int) -> int:
    at = len(block)
    for _ in range(count):
        at = block.rindex(b"\n", 0, at)
    return at + 1


def _read(segment: Segment, offset: int, count: int) -> bytes:
    try:
        with segment.path.open("rb", buffering=0) as file:
            file.seek(offset - segment.start)
            return file.read(count) or b""
    except OSError:
        return b""


def _parsed(line: bytes, offset: int) -> PrintedLine:
    time, _, rest = line.partition(b" ")
    source, _, text = rest.partition(b" ")
    return PrintedLine(
        offset=offset,
        at=time.decode("ascii", "replace"),
        text=text.removesuffix(b"\r").decode(errors="replace"),
        is_note=source == b"andon",
    )
