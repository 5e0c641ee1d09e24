"""Group commit: one thread writes, and appends that wait share one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from andon.kernel.envelope import Entry
from andon.kernel.errors import AndonError, PortError
from andon.ledger.batch import AppendRequest, Outcome

#: entries that share one transaction at most, so that the first of them does not wait long
GROUP_LIMIT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One append that waits for its outcome."""

    request: AppendRequest
    done: Future[tuple[Entry, ...]] = field(default_factory=Future)


class Writer:
    """The one who writes: `commit` is only ever called in its thread."""

    def __init__(self, commit: Callable[[Sequence[AppendRequest]], Sequence[Outcome]]) -> None:
        self._commit = commit
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, request: AppendRequest) -> Future[tuple[Entry, ...]]:
        """Queue one append. Errors: PortError when closed."""
        waiting = Waiting(request=request)
        with self._door:
            if self._closed:
                raise PortError("the ledger is closed: the server is stopping.", permanent=True)
            self._queue.put(waiting)
        return waiting.done

    def close(self) -> None:
        """Write what waits, then end; harmless when done twice."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        more = True
        while more:
            group, more = self._next_group()
            self._settle([waiting for waiting in group if waiting.done.set_running_or_notify_cancel()])

    def _next_group(self) -> tuple[list[Waiting], bool]:
        """What waits, at least one append, and whether more may come."""
        group: list[Waiting] = []
        size = 0
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            size += len(waiting.request.drafts)
            if size >= GROUP_LIMIT or self._queue.empty():
                return group, True
            waiting = self._queue.get_nowait()  # this thread alone takes, so it is there
        return group, False

    def _settle(self, group: Sequence[Waiting]) -> None:
        """Commit the group and tell each of it how it went."""
        if not group:
            return
        try:
            outcomes = self._commit([waiting.request for waiting in group])
        except Exception as problem:  # noqa: BLE001 - the thread must live on, and everyone who waits must hear of it
            for waiting in group:
                waiting.done.set_exception(problem)
            return
        for waiting, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, AndonError):
                waiting.done.set_exception(outcome)
            else:
                waiting.done.set_result(outcome)
