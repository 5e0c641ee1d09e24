"""Which enforcement this machine allows: found out by trying it."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.limits import Limits
from andon.machine.limits import cgroup_v1, cgroup_v2
from andon.machine.limits.cgroup_v1 import CgroupV1
from andon.machine.limits.cgroup_v2 import CgroupV2
from andon.machine.limits.enforcement import Enforcement
from andon.machine.limits.groups import processes, write
from andon.machine.limits.watching import Watching

_MOUNTS, _OWN = Path("/proc/self/mounts"), Path("/proc/self/cgroup")
_TRY_WITHIN_S = 10
#: where the server itself goes when its group must hold no process of its own
_SERVER = "andon-server"


def find_enforcement() -> Enforcement:
    """The best that works."""
    return next((found for found in cgroups() if _works(found)), Watching())


def cgroups() -> Iterator[Enforcement]:
    """What the machine has, the better first; it may not work for this user."""
    yield from _v2()
    yield from _v1()


def _works(enforcement: Enforcement) -> bool:
    try:
        key = f"andon-try-{os.getpid()}"
        words = enforcement.prepare(key, Limits())
        done = subprocess.run(
            [*words, "/bin/true"], capture_output=True, timeout=_TRY_WITHIN_S, check=False, stdin=subprocess.DEVNULL
        )
        enforcement.remove(key)
    except (OSError, PortError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _v1() -> Iterator[Enforcement]:
    own = {controller: path for names, path in _own_groups() for controller in names.split(",")}
    trees: dict[str, Path] = {}
    for place, kind, options in _mounts():
        for controller in ("memory", "pids", "cpu"):
            if kind == "cgroup" and controller in options:
                below = place / own.get(controller, "").lstrip("/")
                trees[controller] = below if below.is_dir() else place
    if all(name in trees for name in cgroup_v1.NEEDED):
        yield CgroupV1(memory=trees["memory"], pids=trees["pids"], cpu=trees.get("cpu"))


def _v2() -> Iterator[Enforcement]:
    own = next((path for names, path in _own_groups() if not names), None)
    place = next((place for place, kind, _ in _mounts() if kind == "cgroup2"), None)
    if own is None or place is None:
        return
    parent = place / own.lstrip("/")
    try:
        if not set(cgroup_v2.NEEDED) <= set((parent / "cgroup.controllers").read_text().split()):
            return
        _enable(parent)
    except (OSError, PortError):
        return
    yield CgroupV2(parent)


def _enable(group: Path) -> None:
    """Give the group's children what is needed. Errors: OSError, PortError."""
    control = group / "cgroup.subtree_control"
    try:
        control.write_text(" ".join(f"+{name}" for name in cgroup_v2.NEEDED))
    except OSError as error:
        if error.errno != errno.EBUSY or set(processes(group)) != {os.getpid()}:
            raise
        (group / _SERVER).mkdir(exist_ok=True)
        write(group / _SERVER / "cgroup.procs", str(os.getpid()))
        control.write_text(" ".join(f"+{name}" for name in cgroup_v2.NEEDED))
    try:
        control.write_text("+cpu")
    except OSError:
        pass


def _own_groups() -> Iterator[tuple[str, str]]:
    """Names of controllers, "" for cgroup v2, and the path of this process's group in their tree."""
    try:
        lines = _OWN.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, names, path = line.split(":", 2)
        yield names, path


def _mounts() -> Iterator[tuple[Path, str, list[str]]]:
    """Where each file system is, its kind and its options."""
    for line in _MOUNTS.read_text().splitlines():
        _, place, kind, options, *_ = line.split(" ")
        yield Path(place), kind, options.split(",")
