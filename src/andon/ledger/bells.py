"""Waking the followers: each has a bell in its own event loop, and a commit rings them all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from andon.kernel.envelope import Entry

#: entries that are kept for a follower who is busy; one that is further behind reads them from the store
MOST_HEARD = 5000


class Bell:
    """One follower's: it brings what this process has appended, so that nothing of it needs to be read again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._heard: list[Entry] = []
        self._must_look = True

    def ring(self, appended: Sequence[Entry]) -> None:
        """Something was appended: by this process these entries, by others whatever the store has."""
        self._heard.extend(appended)
        if not appended or len(self._heard) > MOST_HEARD:
            self._must_look = True
            self._heard.clear()
        self._rung.set()

    async def wait(self) -> None:
        """Until it rings; at once when it rang since the last time."""
        await self._rung.wait()
        self._rung.clear()

    def heard(self, after: int) -> tuple[Entry, ...]:
        """What follows on this position without a gap, as far as it was brought."""
        heard = [entry for entry in self._heard if entry.position > after]
        self._heard.clear()
        if heard and heard[0].position == after + 1 and heard[-1].position == after + len(heard):
            return tuple(heard)
        self._must_look = self._must_look or bool(heard)  # others have written in between
        return ()

    def must_look(self) -> bool:
        """Is there, perhaps, something that only the store knows? Once asked, it is taken to be read."""
        must, self._must_look = self._must_look, False
        return must

    def look_again(self) -> None:
        """The store had more than was read at once."""
        self._must_look = True


class Bells:
    """The bells of all followers of one ledger in this process."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._bells: dict[Bell, asyncio.AbstractEventLoop] = {}

    @contextmanager
    def one(self) -> Iterator[Bell]:
        """A bell for the follower that asks, as long as it listens."""
        bell = Bell()
        with self._door:
            self._bells[bell] = asyncio.get_running_loop()
        try:
            yield bell
        finally:
            with self._door:
                del self._bells[bell]

    def ring(self, appended: Sequence[Entry] = ()) -> None:
        """Wake every follower; from any thread."""
        with self._door:
            bells = tuple(self._bells.items())
        for bell, loop in bells:
            with suppress(RuntimeError):  # its loop has ended, and with it the follower
                loop.call_soon_threadsafe(bell.ring, appended)
