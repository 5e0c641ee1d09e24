"""Work that kills the server is set aside, and nothing else is."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from andon.engine.attempts import MOST_DEATHS, Attempts
from andon.kernel.crash_guard import SetAside
from tests.deaths import died

pytestmark = pytest.mark.anyio

#: a server that does all the works at once, as after a start, and dies of "poison"
SERVER = """
import asyncio, os, signal, sys
from pathlib import Path
from andon.engine.attempts import Attempts
from andon.kernel.crash_guard import SetAside

async def do(attempts, work):
    try:
        async with attempts.trying(work, "do it again"):
            await asyncio.sleep(0)
            if work == "poison":
                os.kill(os.getpid(), signal.SIGKILL)
            if work.startswith("long"):
                await asyncio.sleep(0.001)
            print("done", work)
    except SetAside as error:
        print(error)

async def main(folder, *works):
    attempts = Attempts(Path(folder))
    await asyncio.gather(*(do(attempts, work) for work in works))

asyncio.run(main(*sys.argv[1:]))
"""


async def served(folder: Path, *works: str) -> tuple[int, list[str]]:
    """How a server ended that was given the works, and what it printed."""
    process = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", SERVER, str(folder), *works], capture_output=True, text=True, timeout=60
    )
    return process.returncode, process.stdout.splitlines()


async def test_what_kills_the_server_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    """What was beside it at each death is not: it is tried alone."""
    works = ("long a", "poison", "long b")
    for _ in range(MOST_DEATHS):
        code, _ = await served(tmp_path / "trying", *works)
        assert code == -signal.SIGKILL
    code, lines = await served(tmp_path / "trying", *works)
    said = f"set aside: the server ended {MOST_DEATHS} times during poison. To try again: do it again"
    assert (code, sorted(lines)) == (0, ["done long a", "done long b", said])


def marks(folder: Path) -> list[Path]:
    return [*folder.glob("*")]


async def test_it_stays_aside_under_its_name_and_is_told(tmp_path: Path) -> None:
    """Another try has another name."""
    attempts, told = died(tmp_path, "unpacking a"), list[str]()
    attempts.tell = lambda work, error: told.append(work)
    for _ in range(2):
        with pytest.raises(SetAside, match="unpacking a"):
            async with attempts.trying("unpacking a", "andon promote a"):
                pytest.fail("it was tried")
    async with attempts.trying("unpacking a for another promotion", "andon promote a"):
        pass
    assert told == ["unpacking a"] * 2


async def test_what_is_sent_again_under_the_same_name_is_tried_again(tmp_path: Path) -> None:
    """A delivery that somebody has sent once more."""
    attempts = died(tmp_path, "delivery")
    with pytest.raises(SetAside):
        async with attempts.trying("delivery", "have it sent again", keeps=False):
            pytest.fail("it was tried")
    async with attempts.trying("delivery", "have it sent again", keeps=False):
        pass
    assert not marks(tmp_path)


@pytest.mark.parametrize("deaths", range(MOST_DEATHS))
async def test_what_ends_is_not_counted(tmp_path: Path, deaths: int) -> None:
    """Nor are a few deaths, which may have had any reason, nor what is done twice at once."""
    attempts = died(tmp_path, "work", deaths)

    async def work() -> None:
        async with attempts.trying("work", ""):
            await asyncio.sleep(0)

    await asyncio.gather(*(work() for _ in range(5)))
    assert not marks(tmp_path)


async def test_a_failure_or_a_stop_is_no_death(tmp_path: Path) -> None:
    """The mark goes, whatever ends the work."""
    with pytest.raises(ZeroDivisionError):
        async with Attempts(tmp_path).trying("work", ""):
            raise ZeroDivisionError
    assert not marks(tmp_path)
