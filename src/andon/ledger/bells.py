"""Waking the followers: each has a bell in its own event loop, and a commit rings them all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bells:
    """The bells of all followers of one ledger in this process."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._bells: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @contextmanager
    def one(self) -> Iterator[asyncio.Event]:
        """A bell for the follower that asks, as long as it listens."""
        bell = asyncio.Event()
        with self._door:
            self._bells[bell] = asyncio.get_running_loop()
        try:
            yield bell
        finally:
            with self._door:
                del self._bells[bell]

    def ring(self) -> None:
        """Wake every follower; from any thread."""
        with self._door:
            bells = tuple(self._bells.items())
        for bell, loop in bells:
            with suppress(RuntimeError):  # its loop has ended, and with it the follower
                loop.call_soon_threadsafe(bell.set)
