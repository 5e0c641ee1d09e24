"""Reads windows, ranges and matches of logs, and follows those that grow: off the loop, never a whole log at once."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

from andon.kernel.errors import NotFound
from andon.kernel.ids import RunNumber, TaskName
from andon.kernel.masks import Masks
from andon.machine.process.printed_times import PrintedTimes
from andon.tools.pipelines.adapters.logs_files.line_index import BLOCK_BYTES, END, LineIndex
from andon.tools.pipelines.ports import LogLine, LogMatches, LogSummary, LogWindow

LONGEST_LINE_BYTES = 8 * 1024  #: of a line that is shown
MOST_LINES = 5000  #: in one answer
LARGEST_READ_BYTES = 1024 * 1024
POLL_S = 0.05
_MOST_INDEXES = 64
#: an order to a terminal that only changes looks
_STYLE = re.compile(rb"\x1b\[[0-9;:]*m")
_MOST_STYLE_BYTES = 256  #: within a text that is looked for


class FileLogs:
    """Logs over DATA/runs/NUMBER/TASK/log."""

    def __init__(self, runs: Path, masks: Masks | None = None) -> None:
        self._runs = runs
        #: once more, when a log is read: a value may have become a secret after it was printed
        self._masks = masks or Masks()
        self._indexes: OrderedDict[Path, tuple[LineIndex, Lock]] = OrderedDict()
        self._opening = Lock()

    async def summary(self, run: RunNumber, task: TaskName) -> LogSummary:
        """Size, lines and digest."""
        path = self._path(run, task)
        size = _size(path)
        # a small log is read faster than a thread is woken
        return _summary(path) if size <= BLOCK_BYTES else await asyncio.to_thread(self._summarize, path)

    async def window(self, run: RunNumber, task: TaskName, *, first: int, count: int) -> LogWindow:
        """Some lines."""
        found = await asyncio.to_thread(self._window, self._existing(run, task), first, min(count, MOST_LINES))
        return replace(found, lines=self._masked(found.lines))

    async def search(self, run: RunNumber, task: TaskName, *, text: str, after: int, limit: int) -> LogMatches:
        """The next lines that hold the text."""
        path = self._existing(run, task)
        found = await asyncio.to_thread(self._search, path, text.encode(), after, min(limit, MOST_LINES))
        return replace(found, lines=self._masked(found.lines))

    async def read(self, run: RunNumber, task: TaskName, *, offset: int, size: int) -> bytes:
        """Bytes from an offset."""
        data = await asyncio.to_thread(_read, self._existing(run, task), offset, min(size, LARGEST_READ_BYTES))
        return self._masks.needles.mask(data)

    async def tail(
        self, run: RunNumber, task: TaskName, *, offset: int, ended: Callable[[], bool]
    ) -> AsyncIterator[tuple[int, bytes]]:
        """Bytes as they come."""
        path, masking = self._path(run, task), self._masks.stream()
        while True:
            is_last = ended()
            while offset < _size(path):
                data = await asyncio.to_thread(_read, path, offset, BLOCK_BYTES)
                if not data:
                    break
                yield offset, masking.feed(data)
                offset += len(data)
            if is_last:
                yield offset, masking.end()
                return
            await asyncio.sleep(POLL_S)

    async def note(self, run: RunNumber, task: TaskName, text: str) -> None:
        """Add a line of our own."""
        path = self._path(run, task)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as opened:
            opened.write(f"andon: {text}\n".encode())

    def _masked(self, lines: tuple[LogLine, ...]) -> tuple[LogLine, ...]:
        return tuple(replace(line, text=self._masks.text(line.text)) for line in lines)

    def _summarize(self, path: Path) -> LogSummary:
        """Of a big log; it is indexed as well, so that it opens at once."""
        index, lock = self._index(path)
        with lock:
            index.grow()
        return _summary(path)

    def _path(self, run: RunNumber, task: TaskName) -> Path:
        return self._runs / str(run) / task / "log"

    def _existing(self, run: RunNumber, task: TaskName) -> Path:
        path = self._path(run, task)
        if not path.is_file():
            raise NotFound(f"Run {run} has no log of a task {task}.")
        return path

    def _index(self, path: Path) -> tuple[LineIndex, Lock]:
        """The log's index; the caller holds the lock while it reads, as several threads may."""
        with self._opening:
            found = self._indexes.pop(path, None) or (LineIndex(path), Lock())
            self._indexes[path] = found
            while len(self._indexes) > _MOST_INDEXES:
                self._indexes.popitem(last=False)
        return found

    def _window(self, path: Path, first: int, count: int) -> LogWindow:
        index, lock = self._index(path)
        with lock:
            index.grow()
            start = max(0, index.lines + first) if first < 0 else max(0, first - 1)
            lines = _lines(path, index, start, min(count, max(0, index.lines - start)))
            return LogWindow(lines=lines, total_lines=index.lines, size_bytes=index.size)

    def _search(self, path: Path, text: bytes, after: int, limit: int) -> LogMatches:
        index, lock = self._index(path)
        with lock:
            index.grow()
            found: list[LogLine] = []
            offset, line, times = index.offset(after), after, PrintedTimes(path)
            while len(found) <= limit:
                hit = _find(path, text, offset, index.size)
                if hit is None:
                    break
                line += _ends_between(path, offset, hit)
                found.append(_line(path, index, line, hit, times))
                offset, line = index.next_end(hit) + 1, line + 1
            return LogMatches(lines=tuple(found[:limit]), has_more=len(found) > limit)


def _lines(path: Path, index: LineIndex, start: int, count: int) -> tuple[LogLine, ...]:
    """Lines from `start`, counted from 0; quick for short lines, and safe for long ones."""
    offset, times = index.offset(start), PrintedTimes(path)
    lines: list[LogLine] = []
    with path.open("rb") as opened:
        opened.seek(offset)
        for number in range(start + 1, start + count + 1):
            data, at = opened.readline(LONGEST_LINE_BYTES), times.of(offset)
            offset += len(data)
            cut = 0
            if len(data) == LONGEST_LINE_BYTES and not data.endswith(END):
                end = index.next_end(offset)
                cut = end - offset
                offset = end + 1
                opened.seek(offset)
            lines.append(LogLine(number=number, text=_text(data), cut_bytes=cut, at=at))
    return tuple(lines)


def _line(path: Path, index: LineIndex, number: int, hit: int, times: PrintedTimes) -> LogLine:
    """The line of a match; of a long one, the part that holds the match."""
    start = begin = index.offset(number)
    if hit - start > LONGEST_LINE_BYTES // 2:
        start = hit - LONGEST_LINE_BYTES // 4
    end = index.next_end(hit)
    data = _read(path, start, min(end - start, LONGEST_LINE_BYTES))
    cut = max(0, end - start - len(data))
    return LogLine(number=number + 1, text=_text(data), cut_bytes=cut, at=times.of(begin))


def _find(path: Path, text: bytes, offset: int, size: int) -> int | None:
    """Offset of the next occurrence, also of one that changes its colour in between."""
    overlap = len(text) - 1 + _MOST_STYLE_BYTES
    with path.open("rb", buffering=0) as opened:
        carried = b""
        while offset < size:
            opened.seek(offset)
            block = opened.read(min(LARGEST_READ_BYTES, size - offset))
            if not block:
                return None
            data = carried + block
            at = _find_coloured(data, text) if b"\x1b" in data and b"\x1b" not in text else data.find(text)
            if at >= 0:
                return offset - len(carried) + at
            offset += len(block)
            carried = data[-overlap:]
    return None


def _find_coloured(data: bytes, text: bytes) -> int:
    """Where the text begins that is there once the colours are gone; -1 when it is not."""
    at = _STYLE.sub(b"", data).find(text)
    for style in _STYLE.finditer(data) if at >= 0 else ():
        if style.start() > at:
            break
        at = at + len(style[0])
    return at


def _ends_between(path: Path, start: int, end: int) -> int:
    ends = 0
    with path.open("rb", buffering=0) as opened:
        opened.seek(start)
        while start < end:
            block = opened.read(min(LARGEST_READ_BYTES, end - start))
            ends += block.count(END)
            start += len(block)
    return ends


def _text(data: bytes) -> str:
    return data.removesuffix(END).removesuffix(b"\r").decode(errors="replace")


def _read(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb", buffering=0) as opened:
        opened.seek(offset)
        return opened.read(size)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _summary(path: Path) -> LogSummary:
    digest, size, ends, last = hashlib.sha256(), 0, 0, END
    if path.is_file():
        with path.open("rb", buffering=0) as opened:
            while block := opened.read(LARGEST_READ_BYTES):
                digest.update(block)
                size += len(block)
                ends += block.count(END)
                last = block[-1:]
    return LogSummary(size_bytes=size, lines=ends + (last != END), digest=digest.hexdigest() if size else "")
