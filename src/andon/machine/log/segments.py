"""The segments of a log: files that are named by the offset of their first byte, so that an offset never moves.

Each line is "<time> <source> <text>": the time in UTC with milliseconds, and who wrote it, "out" for the program and
"andon" for the log's writer. Only the standard library is used here: the writer runs without anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEGMENT_BYTES = 10 * 1024 * 1024
MOST_SEGMENTS = 5
#: "2026-12-01T02:00:00.123Z"
TIME_BYTES = 24
#: a lock that all writers share as long as something may come
OPEN = "open"
#: a lock that the one that writes has for itself
TURN = "turn"
_SUFFIX = ".log"


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a log."""

    #: of its first byte in the whole log
    start: int
    path: Path

    @property
    def size(self) -> int:
        """Its bytes now; 0 when it was deleted meanwhile."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def end(self) -> int:
        return self.start + self.size


def segments(folder: Path) -> tuple[Segment, ...]:
    """The segments that are kept, oldest first."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return ()
    kept = (name for name in names if name.endswith(_SUFFIX) and name.removesuffix(_SUFFIX).isdecimal())
    return tuple(Segment(int(name.removesuffix(_SUFFIX)), folder / name) for name in kept)


def segment_path(folder: Path, start: int) -> Path:
    """Where the segment is that begins at an offset; names sort as offsets do."""
    return folder / f"{start:020}{_SUFFIX}"
