"""A sandbox around nothing, to see whether this machine allows that kind."""

from __future__ import annotations

import os
import select
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from andon.kernel.errors import PortError
from andon.machine.process.launch import ProcessLaunch, launch
from andon.machine.sandbox.bubblewrap import Bubblewrap
from andon.machine.sandbox.spec import Bind, Mount, OverlayMount, SandboxSpec

_WITHIN_MS = 10_000
_LONGEST_WORDS = 300


class Launcher(Protocol):
    """Makes sandboxes of one kind."""

    @property
    def bubblewrap(self) -> Bubblewrap: ...

    def launch(
        self, spec: SandboxSpec, command: Sequence[str], *, mark: Mapping[str, str], output: int, status: Path
    ) -> AbstractContextManager[ProcessLaunch]: ...


def tried(launcher: Launcher, folder: Path) -> str:
    """What is wrong with such a sandbox that writes in a folder; "" when it works."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".try-") as made:
        place, spec = Path(made), _spec(Path(made), has_overlay=launcher.bubblewrap.has_overlay)
        words = os.memfd_create("words")
        try:
            with launcher.launch(
                spec, ("/bin/sh", "-c", ": > /mnt/written"), mark={}, output=words, status=place / "status"
            ) as what:
                code = _exit_code(launch(what).pid)
            _open_work(place)
            said = os.pread(words, _LONGEST_WORDS, 0).decode(errors="replace").strip()
            return (said or f"exit code {code}") if code else ""
        except (OSError, PortError) as error:
            return str(error)
        finally:
            os.close(words)


def _spec(place: Path, *, has_overlay: bool) -> SandboxSpec:
    for name in ("lower", "changes", "overlay"):
        (place / name).mkdir()
    mount: Mount = Bind(source=place / "changes", target="/mnt", is_writable=True)
    if has_overlay:
        mount = OverlayMount(source=place / "lower", target="/mnt", changes=place / "changes", work=place / "overlay")
    return SandboxSpec(mounts=(mount,), owner=place / "lower")


def _exit_code(pid: int) -> int:
    """The exit code of a child; it is killed when it does not end."""
    watched = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        if not poll.poll(_WITHIN_MS):
            os.kill(pid, 9)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(watched)


def _open_work(place: Path) -> None:
    """The kernel makes a folder without permissions, which an ordinary user could not remove."""
    work = place / "overlay" / "work"
    if work.is_dir():
        work.chmod(0o700)
