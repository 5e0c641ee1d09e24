"""An effect that kills the server is set aside."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from andon.engine.attempts import Attempts
from andon.kernel.decider import Command
from andon.kernel.ids import CommitId
from andon.tools.delivery.model.line import ReadLine

pytestmark = pytest.mark.anyio

EFFECT = ReadLine(commit=CommitId("a" * 40))


class Told:
    """What was reported, and how often the effect was begun."""

    def __init__(self) -> None:
        self.reports: list[Any] = []
        self.begun = 0
        self.is_begun = asyncio.Event()

    async def tell(self, report: Command[Any]) -> None:
        self.reports.append(report)

    async def never_ends(self, effect: Any, tell: Any) -> None:
        self.begun += 1
        self.is_begun.set()
        await asyncio.Event().wait()

    async def ends(self, effect: Any, tell: Any) -> None:
        self.begun += 1


async def died(folder: Path, told: Told) -> None:
    """A server dies in the middle of it: what it had on disk is there again, and nothing was tidied up."""
    told.is_begun.clear()
    task = asyncio.ensure_future(Attempts(folder).guard(told.never_ends)(EFFECT, told.tell))
    await told.is_begun.wait()
    left = folder.with_name("left")
    shutil.copytree(folder, left)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    shutil.rmtree(folder)
    left.rename(folder)


async def test_the_third_start_sets_aside_what_two_servers_died_of(tmp_path: Path) -> None:
    """With a reason that is seen; the mark is gone, so that it may be asked for again."""
    folder, told = tmp_path / "trying", Told()
    await died(folder, told)
    await died(folder, told)
    await Attempts(folder).guard(told.ends)(EFFECT, told.tell)
    assert told.begun == 2
    assert "set aside: the server ended 2 times while it did read-line/" in told.reports[0].reason
    await Attempts(folder).guard(told.ends)(EFFECT, told.tell)
    assert told.begun == 3


@pytest.mark.parametrize("deaths", [0, 1])
async def test_what_ends_is_not_counted(tmp_path: Path, deaths: int) -> None:
    """Nor is one death, which may have had any reason."""
    folder, told = tmp_path / "trying", Told()
    for _ in range(deaths):
        await died(folder, told)
    for _ in range(5):
        await Attempts(folder).guard(told.ends)(EFFECT, told.tell)
    assert (told.begun, told.reports, list(folder.iterdir())) == (deaths + 5, [], [])
