"""Finds lines in a file of any size: how many line ends there are before each block of it.

Fixed blocks, so that a line of 100 MB costs no more than 100 MB of short ones: 4 bytes a block.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from pathlib import Path

BLOCK_BYTES = 256 * 1024
END = b"\n"


class LineIndex:
    """The line ends of one growing file; `grow` reads what was added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        #: line ends before the end of each whole block
        self._counts = array("Q")
        #: line ends in the part after the last whole block
        self._rest = 0
        self.size = 0
        self._ends_open = False

    @property
    def lines(self) -> int:
        """How many lines; a last one without an end counts."""
        return self.ends + (1 if self._ends_open else 0)

    @property
    def ends(self) -> int:
        """How many line ends."""
        return self._before_rest() + self._rest

    def grow(self) -> None:
        """Read what was added since the last time."""
        size = self._path.stat().st_size
        if size == self.size:
            return
        start = len(self._counts) * BLOCK_BYTES
        with self._path.open("rb", buffering=0) as opened:
            opened.seek(start)
            last = b""
            while start < size:
                block = opened.read(min(BLOCK_BYTES, size - start))
                if not block:
                    break
                start += len(block)
                last = block
                self._count(block)
        self.size = start
        self._ends_open = bool(last) and not last.endswith(END)

    def offset(self, line: int) -> int:
        """Where a line begins, counted from 0; the file's size when it has fewer."""
        if line <= 0:
            return 0
        if line > self.ends:
            return self.size
        block = bisect_left(self._counts, line)
        before = self._counts[block - 1] if block else 0
        return block * BLOCK_BYTES + self._end_in(block, line - before)

    def next_end(self, offset: int) -> int:
        """Where the line that holds this offset ends, its line end not counted; the file's size when it has no end."""
        block = offset // BLOCK_BYTES
        with self._path.open("rb", buffering=0) as opened:
            opened.seek(offset)
            found = opened.read(min((block + 1) * BLOCK_BYTES, self.size) - offset).find(END)
        if found >= 0:
            return offset + found
        before = self._counts[block] if block < len(self._counts) else self.ends
        return self.offset(before + 1) - 1 if before < self.ends else self.size

    def _count(self, block: bytes) -> None:
        ends = block.count(END)
        if len(block) == BLOCK_BYTES:
            self._counts.append(self._before_rest() + ends)
            self._rest = 0
        else:
            self._rest = ends

    def _before_rest(self) -> int:
        return self._counts[-1] if self._counts else 0

    def _end_in(self, block: int, nth: int) -> int:
        """Offset after the nth line end within a block."""
        with self._path.open("rb", buffering=0) as opened:
            opened.seek(block * BLOCK_BYTES)
            content = opened.read(BLOCK_BYTES)
        at = 0
        for _ in range(nth):
            at = content.index(END, at) + 1
        return at
