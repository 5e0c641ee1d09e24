"""What is written to and read from a cgroup v2 tree, on files that stand for it."""

from __future__ import annotations

from pathlib import Path

from andon.kernel.limits import Limits
from andon.kernel.sizes import MEBIBYTE
from andon.machine.limits.cgroup_v2 import CgroupV2

LIMITS = Limits(memory=64 * MEBIBYTE, processes=20)


def test_a_group_has_its_limits_before_anything_enters_it(tmp_path: Path) -> None:
    words = CgroupV2(tmp_path).prepare("run-1-test", LIMITS)
    group = tmp_path / "run-1-test"
    assert (group / "memory.max").read_text() == str(64 * MEBIBYTE)
    assert (group / "pids.max").read_text() == "20"
    assert words[-1] == str(group / "cgroup.procs")


def test_a_kill_for_memory_and_a_denied_process_are_named(tmp_path: Path) -> None:
    enforcement = CgroupV2(tmp_path)
    group = tmp_path / "run-1-test"
    group.mkdir()
    (group / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 1\n")
    (group / "pids.events").write_text("max 7\n")
    assert enforcement.exceeded("run-1-test", LIMITS, 1).startswith("used more than 64 MiB of memory")
    assert enforcement.denied("run-1-test", LIMITS).startswith("started more than 20 processes")


def test_a_group_in_which_nothing_was_exceeded_has_nothing_to_name(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "memory.events").write_text("oom 0\noom_kill 0\n")
    enforcement = CgroupV2(tmp_path)
    assert enforcement.exceeded("one", LIMITS, 1) + enforcement.denied("one", LIMITS) == ""
