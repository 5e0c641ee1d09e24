"""What a running task uses: looked at again and again, with the reason to end it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from andon.kernel.sizes import MEBIBYTE, print_size
from andon.machine.disk import Occupied, Reserve, nameless_bytes, occupied
from andon.machine.limits.group import Group
from andon.machine.process.finding import descendants
from andon.machine.process.record import ProcessRecord
from andon.tools.pipelines.adapters.runner_bubblewrap.places import TaskRunFolders

#: counting files takes at most this part of the time
_COUNTING_SHARE = 0.05
_COUNT_EVERY_S = 1.0
#: a task that has not written so much since it started is not what fills the disk
_GROWN_BYTES = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One task run."""

    places: TaskRunFolders
    process: ProcessRecord
    group: Group
    reserve: Reserve
    timeout: timedelta


class Watch:
    """Looks at a task run; blocks, so it is asked in a thread."""

    def __init__(self, what: Watched) -> None:
        self._what = what
        #: before it wrote anything; None of a checkout of its own until it is counted
        self._first = None if what.places.own.exists() else Occupied(size_bytes=0, files=0)
        self._counted_again_at = 0.0

    def look(self) -> str:
        """Why it must be ended; "" when it may go on. Errors: OSError."""
        return self._overdue() or self._what.group.exceeded(self._what.process.pid) or self._disk()

    def look_at_end(self) -> str:
        """Which limit it has exceeded although it ended by itself; "" when none."""
        limits = self._what.group.limits
        exceeded = self._what.group.exceeded(self._what.process.pid)
        return exceeded or occupied([self._what.places.folder], limits).beyond(limits)

    def _overdue(self) -> str:
        ran = datetime.now(UTC) - self._what.process.started_at  # noqa: TID251  (compared with the process's own start)
        return f"killed at its timeout of {_words(self._what.timeout)}" if ran >= self._what.timeout else ""

    def _disk(self) -> str:
        low, began = self._what.reserve.low(), time.monotonic()
        if began < self._counted_again_at and not low:
            return ""
        limits = self._what.group.limits
        found = self._found()
        took = time.monotonic() - began
        self._counted_again_at = began + max(_COUNT_EVERY_S, took / _COUNTING_SHARE)
        self._first = self._first or found
        if low and found.size_bytes - self._first.size_bytes > _GROWN_BYTES:
            return f"{low} The task had written {print_size(found.size_bytes)} and was ended to keep the server going"
        if low and self._what.reserve.is_eaten():
            return f"{low} All tasks were ended to keep the server going"
        return found.beyond(limits)

    def _found(self) -> Occupied:
        """Its files, and those that it has open without a name."""
        found = occupied([self._what.places.folder], self._what.group.limits)
        pid = self._what.process.pid
        return replace(found, size_bytes=found.size_bytes + nameless_bytes((pid, *descendants(pid))))


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
