"""When the parts of a log were printed: marks in a file beside it, each an offset and the time it was reached."""

from __future__ import annotations

import os
import struct
import time
from bisect import bisect_right
from datetime import UTC, datetime
from pathlib import Path

#: offset in the log, and milliseconds since 1970
_MARK = struct.Struct("=QQ")
#: marks are so far apart, so that a log of ten hours has at most 6 MB of them
_APART_MS = 100


def _beside(log: Path) -> Path:
    return log.with_name(f"{log.name}.times")


class TimeMarks:
    """Writes the marks of a log."""

    def __init__(self, log: Path) -> None:
        self._file = os.open(_beside(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._last_ms = 0

    def reached(self, offset: int) -> None:
        """What was written last began here. Errors: OSError."""
        now_ms = time.time_ns() // 1_000_000
        if abs(now_ms - self._last_ms) >= _APART_MS:  # a clock that was set back goes on too
            self._last_ms = now_ms
            os.write(self._file, _MARK.pack(offset, now_ms))

    def close(self) -> None:
        """No more."""
        os.close(self._file)


class PrintedTimes:
    """Reads them."""

    def __init__(self, log: Path) -> None:
        try:
            data = _beside(log).read_bytes()
        except OSError:
            data = b""
        #: offset, time, offset, time …
        self._marks = memoryview(data)[: len(data) // _MARK.size * _MARK.size].cast("Q")

    def of(self, offset: int) -> datetime | None:
        """When this byte was printed, within a tenth of a second; None where nobody noted it."""
        at = bisect_right(range(len(self._marks) // 2), offset, key=lambda mark: self._marks[2 * mark])
        return datetime.fromtimestamp(self._marks[2 * at - 1] / 1000, UTC) if at else None
