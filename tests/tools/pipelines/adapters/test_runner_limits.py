"""Tasks that take more than they may: each is ended with the limit and its number, and everybody else goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from andon.kernel.errors import NoSpace
from andon.kernel.ids import RunNumber, TaskName
from andon.kernel.limits import AskedLimits
from andon.kernel.sizes import MEBIBYTE
from andon.machine.disk import Reserve
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings, look
from andon.testing.limits import groups_of
from andon.testing.waiting import until
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings
from andon.tools.pipelines.ports import Ended, Job, Tree

pytestmark = pytest.mark.anyio

PATH = os.environ["PATH"]
LIMITS = AskedLimits(memory=256 * MEBIBYTE, processes=100, disk=40 * MEBIBYTE, files=1000)
FORK_BOMB = "import os, time\nfor _ in range(1500):\n  if os.fork() == 0: time.sleep(60)\ntime.sleep(60)"
ALLOCATION = "data = bytearray(3 * 1024 ** 3)\nfor at in range(0, len(data), 4096): data[at] = 1"


class Bench:
    """A runner over an empty shared tree."""

    def __init__(self, data: Path, reserve: Reserve | None = None) -> None:
        self.runs = data / "runs"
        (self.runs / "tree").mkdir(parents=True)
        seen = SandboxSettings(folder=data / "sandbox", search_path=PATH, hidden=(data,))
        settings = RunnerSettings(
            runs=self.runs,
            sandboxes=Sandboxes(seen),
            groups=groups_of(data),
            reserve=reserve or Reserve(folder=data, size_bytes=1),
        )
        self.runner = BubblewrapRunner(settings)

    def job(self, command: str, limits: AskedLimits = LIMITS, task: str = "unit") -> Job:
        return Job(
            run=RunNumber(1),
            task=TaskName(task),
            command=command,
            env=(),
            network=False,
            timeout=timedelta(seconds=40),
            tree=Tree(path=str(self.runs / "tree"), is_shared=True),
            limits=limits,
        )

    async def run(self, command: str, limits: AskedLimits = LIMITS) -> Ended:
        await self.runner.start(self.job(command, limits))
        return await self.runner.wait(self.job(command, limits))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    found = look(SandboxSettings(folder=tmp_path / "trial", search_path=PATH)).bubblewrap
    if not found.has_overlay:
        pytest.skip(f"NO SANDBOX HERE: {found.reason}")
    return Bench(tmp_path)


def python(code: str) -> str:
    return f'python3 -c "{code}"'


async def test_a_task_that_allocates_3_gib_is_ended_and_its_neighbour_goes_on(bench: Bench) -> None:
    neighbour = bench.job("sleep 2; echo fine", task="neighbour")
    await bench.runner.start(neighbour)
    ended = await bench.run(python(ALLOCATION))
    assert ended.exit_code is None
    assert ended.why == "used more than 256 MiB of memory (limit: 256 MiB); raise `limits.memory` or use less"
    assert (await bench.runner.wait(neighbour)).exit_code == 0


async def test_a_task_that_starts_1500_processes_gets_no_more_than_its_limit(bench: Bench) -> None:
    """Where the kernel denies them the task fails by itself; where they are counted it is ended."""
    ended = await bench.run(python(FORK_BOMB))
    assert ended.exit_code != 0
    assert ended.why == "started more than 100 processes (limit: 100); raise `limits.processes` or start fewer"


@pytest.mark.parametrize("place", ["/workspace", "/tmp", "$HOME"])
async def test_a_task_that_fills_the_disk_is_ended_wherever_it_writes(bench: Bench, place: str) -> None:
    ended = await bench.run(f"for i in 1 2 3 4; do head -c 20M /dev/zero | tr '\\0' x > {place}/$i; done; sleep 30")
    assert ended.why == "wrote more than 40 MiB to disk (limit: 40 MiB); raise `limits.disk` or write less"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "for i in range(4): f = open('x', 'wb'); os.unlink('x'); f.write(one); f.flush(); held.append(f)",
            "wrote more",
        ),
        ("[(os.mkdir('d' * 200), os.chdir('d' * 200)) for i in range(30)]; open('x', 'wb').write(one)", "made folders"),
    ],
)
async def test_a_task_cannot_hide_what_it_writes(bench: Bench, code: str, why: str) -> None:
    """In files without a name, or deeper than a path is long."""
    ended = await bench.run(python(f"import os, time; held = []; one = b'x' * {20 * MEBIBYTE}\n{code}\ntime.sleep(30)"))
    assert (ended.exit_code, ended.why.startswith(why)) == (None, True)


async def test_a_task_that_ended_just_before_it_was_looked_at_has_exceeded_its_limit_all_the_same(
    bench: Bench,
) -> None:
    ended = await bench.run("for i in 1 2 3; do head -c 20M /dev/zero | tr '\\0' x > $i; done")
    assert (ended.exit_code, ended.why[:22]) == (None, "wrote more than 40 MiB")


async def test_a_task_that_makes_too_many_files_is_ended(bench: Bench) -> None:
    ended = await bench.run("for i in $(seq 2000); do : > $i; done; sleep 30")
    assert ended.why == "made more than 1,000 files (limit: 1,000); raise `limits.files` or make fewer"


async def test_hard_links_and_holes_are_not_counted_as_bytes(bench: Bench) -> None:
    ended = await bench.run("head -c 20M /dev/zero | tr '\\0' x > a; for i in 1 2 3 4 5 6 7 8; do ln a $i; done")
    assert (ended.exit_code, ended.why) == (0, "")


async def test_no_task_starts_when_the_disk_has_only_its_reserve(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Reserve(folder=tmp_path, size_bytes=1 << 60))
    with pytest.raises(NoSpace, match="reserved for the server"):
        await bench.runner.start(bench.job("true"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FullWhenSaid(Reserve):
    """A disk that is nearly full as long as there is a file "full" in it."""

    def low(self) -> str:
        return "the disk is nearly full." if (self.folder / "full").exists() else ""


async def test_a_task_that_grew_is_ended_when_the_disk_comes_down_to_its_reserve(tmp_path: Path) -> None:
    """One that has written little is left alone."""
    bench = Bench(tmp_path, FullWhenSaid(folder=tmp_path))
    quiet, big = bench.job("sleep 2", task="quiet"), bench.job("head -c 20M /dev/urandom > big; sleep 30")
    await bench.runner.start(quiet)
    await bench.runner.start(big)
    changes = tmp_path / "runs" / "1" / "unit" / "changes" / "big"
    await until(lambda: changes.exists() and changes.stat().st_size >= 20 * MEBIBYTE, what="20 MiB")
    (tmp_path / "full").touch()
    ended = await bench.runner.wait(big)
    assert ended.why.startswith("the disk is nearly full. The task had written 20")
    assert ended.why.endswith("and was ended to keep the server going")
    assert (await bench.runner.wait(quiet)).exit_code == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EatenWhenSaid(FullWhenSaid):
    """One whose reserve is used up then."""

    def is_eaten(self) -> bool:
        return bool(self.low())


async def test_every_task_is_ended_when_the_reserve_is_used_up(tmp_path: Path) -> None:
    """What fills the disk may be hidden; no task starts at such a time, either."""
    bench = Bench(tmp_path, EatenWhenSaid(folder=tmp_path))
    quiet = bench.job("sleep 30")
    await bench.runner.start(quiet)
    (tmp_path / "full").touch()
    ended = await bench.runner.wait(quiet)
    assert ended.why == "the disk is nearly full. All tasks were ended to keep the server going"


AS_NOBODY = """
import asyncio, os, sys, tempfile
from pathlib import Path
import concurrent.futures.thread
from tests.tools.pipelines.adapters import test_runner_limits as limits
async def main(data):
    bench = limits.Bench(data)
    print((await bench.run(limits.python(limits.ALLOCATION))).why)
os.setgroups([]); os.setgid(65534); os.setuid(65534)
os.environ["HOME"] = sys.argv[1]
asyncio.run(main(Path(sys.argv[1])))
"""


def test_an_ordinary_user_s_tasks_are_watched_where_the_kernel_has_no_groups_for_them() -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests ran as an ordinary user already")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        os.chown(made, 65534, 65534)
        command = [sys.executable, "-c", AS_NOBODY, made]
        root = Path(__file__).parents[4]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=90, cwd=root, env={"PATH": "/usr/bin:/bin"}
        )
    if "NOT ISOLATED" in done.stdout:
        pytest.skip(f"NO SANDBOX FOR ORDINARY USERS HERE: {done.stdout}")
    assert done.stdout.startswith("used more than 256 MiB of memory"), done.stdout + done.stderr
