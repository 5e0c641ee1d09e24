"""The process that writes one instance's log. It outlives the server, and ends when nobody can print any more.

Run as `python -I -S` with nothing but the standard library, the kernel's masking and this package, so that it stays
small. Standard input is what the instance prints. Descriptor 3 holds the settings, masked values included, which stand
in no argument and on no disk. Descriptor 4 is a lock that says until the process ends that more may come. A disk that
takes nothing loses lines, never the instance, which would block or die.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from andon.kernel.masking import MaskedStream, Needles
from andon.machine.log.segments import MOST_SEGMENTS, SEGMENT_BYTES, TURN, segment_path, segments

SETTINGS_FD = 3
#: of a line; what is longer is cut off
LONGEST_LINE_BYTES = 64 * 1024
_PIECE_BYTES = 64 * 1024
#: for the writer of the instance before to end
_OTHER_WRITER_S = 5.0
OUT, ANDON = b" out ", b" andon "


class Lines:
    """Cuts a stream into lines with their times, at most so long; one pass, and no line is kept in memory."""

    def __init__(self, longest: int = LONGEST_LINE_BYTES) -> None:
        self._longest = longest
        #: of the line that is open: how much of it is written, and left out; None between lines
        self._written: int | None = None
        self._cut = 0

    def feed(self, data: bytes, time: bytes) -> Iterator[bytes]:
        """What is to be written: parts of lines, each with a time at its beginning, and ends of lines."""
        at = 0
        while at < len(data):
            end = data.find(b"\n", at)
            yield from self._part(data[at : end if end >= 0 else len(data)], time)
            if end < 0:
                return
            yield from self.close()
            at = end + 1

    def close(self) -> Iterator[bytes]:
        """The end of the line that is open."""
        if self._written is None:
            return
        if self._cut:
            yield f" … {self._cut:,} bytes cut off".encode()
        yield b"\n"
        self._written, self._cut = None, 0

    def _part(self, text: bytes, time: bytes) -> Iterator[bytes]:
        if self._written is None:
            self._written = 0
            yield time + OUT
        kept = text[: self._longest - self._written]
        self._written += len(kept)
        self._cut += len(text) - len(kept)
        if kept:
            yield kept


class LogWriter:
    """Appends to the newest segment, begins a new one when it is full, and deletes the oldest."""

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES, most: int = MOST_SEGMENTS) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._most = most
        self._lost = 0
        last = segments(folder)[-1:]
        self._start = last[0].start if last else 0
        self._size = last[0].size if last else 0
        self._handle: int | None = None
        #: a writer that was killed may have left a line open
        self._owed = b"" if not self._size or last[0].path.read_bytes().endswith(b"\n") else b"\n"

    def note(self, text: str) -> None:
        """A line of the writer's own."""
        self.write(time_now() + ANDON + text.encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Append; what the disk does not take is lost and counted."""
        data, self._owed = self._owed + data, b""
        if self._lost:
            told = time_now() + ANDON + f"{self._lost:,} bytes were lost: the disk took nothing\n".encode()
            data, lost, self._lost = told + data, self._lost, 0
            if not self._append(data):
                self._lost = lost + len(data) - len(told)
        elif not self._append(data):
            self._lost = len(data)

    def turn(self) -> None:
        """Between two lines: begin a new segment when this one is full."""
        if self._size < self._segment_bytes:
            return
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self._start, self._size = None, self._start + self._size, 0
        for old in segments(self._folder)[: 1 - self._most]:
            old.path.unlink(missing_ok=True)

    def _append(self, data: bytes) -> bool:
        """All of the data or nothing."""
        try:
            if self._handle is None:
                path = segment_path(self._folder, self._start)
                self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            written = 0
            while written < len(data):
                written += os.write(self._handle, data[written:])
        except OSError:
            self._undo()
            return False
        self._size += len(data)
        return True

    def _undo(self) -> None:
        try:
            if self._handle is not None:
                os.ftruncate(self._handle, self._size)
        except OSError:
            return


def time_now() -> bytes:
    """The time as it stands before each line."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3].encode() + b"Z"  # noqa: TID251  (when a line was printed)


def copy(source: int, writer: LogWriter, masking: MaskedStream) -> None:
    """Write what the source gives until its end."""
    lines = Lines()
    while data := os.read(source, _PIECE_BYTES):
        _put(writer, lines, masking.feed(data))
    _put(writer, lines, masking.end())
    if rest := b"".join(lines.close()):
        writer.write(rest)


def _put(writer: LogWriter, lines: Lines, data: bytes) -> None:
    """Whole lines first: a segment ends with one."""
    time = time_now()
    end = data.rfind(b"\n") + 1
    if end:
        writer.write(b"".join(lines.feed(data[:end], time)))
        writer.turn()
    if end < len(data):
        writer.write(b"".join(lines.feed(data[end:], time)))


def main() -> None:
    """Write one instance's log."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(SETTINGS_FD, "rb") as told:
        settings = json.load(told)
    folder = Path(settings["folder"])
    masking = MaskedStream(Needles.of(bytes.fromhex(needle) for needle in settings["needles"]))
    _wait_for_the_other(folder)
    writer = LogWriter(folder)
    writer.note(settings["note"])
    copy(0, writer, masking)


def _wait_for_the_other(folder: Path) -> None:
    """The writer of an instance that ended just now may have something to write still. The lock ends with it."""
    lock = os.open(folder / TURN, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = monotonic() + _OTHER_WRITER_S
    while monotonic() < until:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError:
            sleep(0.01)
