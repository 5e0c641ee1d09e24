"""Counts the work that no server lived to end, so that what kills it is set aside and not met for ever."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from andon.kernel.crash_guard import SetAside

#: servers that may die of a piece of work before it is set aside
MOST_DEATHS = 3


class Attempts:
    """A file for each piece of guarded work that is being done: one byte for each time that it was begun.

    For short work over what strangers send; long work would be set aside for deaths that it has nothing to do with.
    What a server died beside of is tried alone, so that only the cause of the next death is counted for it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._under_way: Counter[Path] = Counter()
        self._alone = asyncio.Lock()
        #: whom to tell of what was set aside
        self.tell: Callable[[str, SetAside], None] = lambda work, error: None

    @asynccontextmanager
    async def trying(self, work: str, again: str, *, keeps: bool = True) -> AsyncIterator[None]:
        """See Trying."""
        mark = self._folder / hashlib.sha256(work.encode()).hexdigest()
        deaths = 0 if self._under_way[mark] else _size(mark)
        if deaths >= MOST_DEATHS:
            if not keeps:
                mark.unlink(missing_ok=True)
            raise self._set_aside(work, again, deaths)
        async with self._alone if deaths else nullcontext():
            self._begin(mark)
            try:
                yield
            finally:
                self._end(mark)

    def _set_aside(self, work: str, again: str, deaths: int) -> SetAside:
        reason = f"set aside: the server ended {deaths} times during {work}. To try again: {again}"
        error = SetAside(reason, permanent=True)
        self.tell(work, error)
        return error

    def _begin(self, mark: Path) -> None:
        if not self._under_way[mark]:
            with mark.open("ab") as file:
                file.write(b".")
        self._under_way[mark] += 1

    def _end(self, mark: Path) -> None:
        self._under_way[mark] -= 1
        if not self._under_way[mark]:
            del self._under_way[mark]
            mark.unlink(missing_ok=True)


def _size(mark: Path) -> int:
    try:
        return mark.stat().st_size
    except FileNotFoundError:
        return 0
