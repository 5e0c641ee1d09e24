"""One suite for everything that enforces limits: cgroup v2 and v1 where this machine has them, watching everywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from andon.kernel.limits import Limits
from andon.kernel.sizes import GIBIBYTE, MEBIBYTE
from andon.machine.limits import found
from andon.machine.limits.enforcement import Enforcement
from andon.machine.limits.watching import Watching

OWNER = f"andon-test-{os.getpid()}"
WITHIN_S = 30.0
LIMITS = Limits(memory=200 * MEBIBYTE, processes=30, open_files=64, disk=50 * MEBIBYTE)
PYTHON = sys.executable

TAKE_MEMORY = "data = bytearray({size})\nfor at in range(0, len(data), 4096): data[at] = 1\nprint('had it', flush=True)"
FORK = """
import os, time
made = 0
try:
    while made < {count}:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        made += 1
    time.sleep(60)
except OSError as error:
    print('denied after', made, flush=True)
    os._exit(1)
"""


def enforcements() -> dict[str, Enforcement | None]:
    """Each of the three; None where this machine does not allow it."""
    working = {one.name: one for one in found.cgroups() if found._works(one)}
    return {"cgroup v2": working.get("cgroup v2"), "cgroup v1": working.get("cgroup v1"), "watching": Watching()}


@dataclass
class Group:
    """A command that runs under limits, and is ended when they are exceeded, as the server does it."""

    enforcement: Enforcement
    key: str
    limits: Limits
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[str]:
        words = self.enforcement.prepare(self.key, self.limits)
        # a session of its own: what is left of it can be ended as a whole
        process = subprocess.Popen(
            [*words, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.running.append(process)
        return process

    def run(self, code: str) -> tuple[int, str, str]:
        """Exit code, what was printed, and what was exceeded or denied."""
        process = self.start(PYTHON, "-c", code)
        why = ""
        until = time.monotonic() + WITHIN_S
        while process.poll() is None and not why:
            assert time.monotonic() < until, "it neither ended nor exceeded anything"
            why = self.enforcement.exceeded(self.key, self.limits, process.pid)
        why = why or self.enforcement.exceeded(self.key, self.limits, process.pid)
        denied = self.enforcement.denied(self.key, self.limits)
        self.end()
        return process.returncode, process.stdout.read() if process.stdout else "", why or denied

    def end(self) -> None:
        self.enforcement.remove(self.key)
        for process in self.running:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


Make = Callable[..., Group]


@pytest.fixture(params=["cgroup v2", "cgroup v1", "watching"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    enforcement = enforcements()[request.param]
    if enforcement is None:
        pytest.skip(f"this machine does not let this user have {request.param}")
    made: list[Group] = []

    def group(key: str = "one", limits: Limits = LIMITS) -> Group:
        made.append(Group(enforcement=enforcement, key=f"{OWNER}-{key}", limits=limits))
        return made[-1]

    yield group
    for each in made:
        each.end()
        for process in each.running:
            if process.stdout:
                process.stdout.close()


def test_what_stays_within_its_limits_is_left_alone(make: Make) -> None:
    code, printed, why = make().run(TAKE_MEMORY.format(size=20 * MEBIBYTE))
    assert (code, printed, why) == (0, "had it\n", "")


def test_more_memory_than_the_limit_is_named_with_the_number(make: Make) -> None:
    _, _, why = make().run(TAKE_MEMORY.format(size=2 * GIBIBYTE) + "\nimport time; time.sleep(60)")
    assert why == "used more than 200 MiB of memory (limit: 200 MiB); raise `limits.memory` or use less"


def test_more_processes_than_the_limit_are_named_with_the_number(make: Make) -> None:
    _, _, why = make().run(FORK.format(count=1500))
    assert why == "started more than 30 processes (limit: 30); raise `limits.processes` or start fewer"


def test_a_neighbour_goes_on_when_another_group_exceeds_its_limits(make: Make) -> None:
    neighbour = make("neighbour").start(PYTHON, "-c", "import time; time.sleep(60)")
    make("greedy").run(TAKE_MEMORY.format(size=GIBIBYTE) + "\nimport time; time.sleep(60)")
    assert neighbour.poll() is None


def test_a_file_cannot_be_larger_than_the_disk_limit_however_it_is_made(make: Make, tmp_path: Path) -> None:
    sparse = tmp_path / "sparse"
    code, printed, _ = make().run(
        f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); open({str(sparse)!r}, 'w').truncate(1 << 40)"
    )
    assert code == 1
    assert "File too large" in printed
    assert sparse.stat().st_size == 0


def test_open_files_are_limited(make: Make) -> None:
    code, printed, _ = make().run("files = [open('/dev/null') for _ in range(1000)]")
    assert (code, "Too many open files" in printed) == (1, True)


def test_the_kernel_would_end_it_before_the_server_when_the_machine_has_no_memory_left(make: Make) -> None:
    _, printed, _ = make().run("print(open('/proc/self/oom_score_adj').read().strip())")
    assert int(printed) > int(Path("/proc/self/oom_score_adj").read_text())


def test_removing_a_group_ends_what_runs_in_it(make: Make) -> None:
    group = make()
    process = group.start(PYTHON, "-c", "import time; print('in the group', flush=True); time.sleep(60)")
    # a command that comes late finds no group any more, and ends by itself
    assert process.stdout is not None
    assert process.stdout.readline() == "in the group\n"
    group.end()
    assert process.returncode == -signal.SIGKILL


def test_a_group_is_removed_twice_and_prepared_again_without_harm(make: Make) -> None:
    group = make()
    group.enforcement.remove(group.key)
    group.enforcement.remove(group.key)
    assert group.run("print('works')")[1] == "works\n"


def test_a_limit_of_processors_is_accepted_everywhere(make: Make) -> None:
    code, _, _ = make(limits=Limits(cpu=0.5)).run("pass")
    assert code == 0
