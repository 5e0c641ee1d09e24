"""A git server in a process of its own, so that a test can kill it: python -m … FOLDER [judging]."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import Refused
from andon.testing.waiting import until
from andon.tools.source.ports import Push
from tests.tools.source.house import house


def say(words: str) -> None:
    """Tell the test what it waits for."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def think_for_ever(push: Push) -> Refused | None:
    """A judge that never comes to a verdict."""
    say("judging")
    await asyncio.Event().wait()
    return None


async def run(root: Path, mode: str) -> None:
    async with house(root) as server:
        if mode == "judging":
            server.court.judge = think_for_ever  # type: ignore[method-assign]  # the test's own judge
        say(server.url)
        await until(lambda: server.narrator.listeners, timedelta(minutes=1))
        say("telling")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
