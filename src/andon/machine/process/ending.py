"""Waiting for the end of a process, and ending it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable
from datetime import timedelta

from andon.machine.process.record import ProcessRecord


async def ended(record: ProcessRecord, within: timedelta | None = None) -> bool:
    """Wait for its end, also of a process that is not our child; False when it still runs after `within`."""
    if not record.exists():
        return True
    try:
        watched = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return True
    try:
        if not await _readable(watched, within):
            return False
    finally:
        os.close(watched)
    reap(record.pid)
    return True


async def _readable(watched: int, within: timedelta | None) -> bool:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(watched, over.set)
    try:
        async with asyncio.timeout(None if within is None else max(0.0, within.total_seconds())):
            await over.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(watched)
    return True


def reap(pid: int) -> None:
    """Take the end of a child, when it is one of ours."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal processes that may be gone by now."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
