"""bubblewrap's options for a sandbox. They go by descriptor, never by arguments, which everybody can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.process.launch import STATUS_FD
from andon.machine.sandbox.bubblewrap import Bubblewrap
from andon.machine.sandbox.host import HostView
from andon.machine.sandbox.kernel_files import KernelFiles
from andon.machine.sandbox.spec import TEMPORARY, Network, SandboxSpec

OPTIONS_FD, FILTER_FD, OUTER_FD, INNER_FD = 4, 5, 6, 7

#: nobody is root inside; the same user on every server
_USER = ("--uid", "1000", "--gid", "1000")
#: its own users are the server's, or nobody's; no further user namespaces can be made inside
_MAPPED_USER = ("--unshare-user", "--disable-userns", *_USER)
#: bubblewrap does not close these two itself: it closes what it waits for, and what keeps its first process going
_OWN_USER = (
    *("--userns", str(OUTER_FD), "--userns2", str(INNER_FD), "--assert-userns-disabled", *_USER),
    *("--block-fd", str(OUTER_FD), "--sync-fd", str(INNER_FD)),
)
_APART = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "andon")
_EMPTY = ("--tmpfs", "/run", "--dir", "/var", "--symlink", TEMPORARY, "/var/tmp")  # noqa: S108  (inside)
#: who programs see themselves as, by file name in /etc
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nandon:x:1000:1000:andon:/home/andon:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/:/bin/sh\n",
    "group": "root:x:0:\nandon:x:1000:\nnogroup:x:65534:\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What sandboxes see of this machine."""

    host: HostView
    kernel: KernelFiles
    #: folder with the files of ACCOUNTS
    accounts: Path


def sandbox_options(spec: SandboxSpec, kind: Bubblewrap, shown: Shown, *, has_filter: bool) -> tuple[str, ...]:
    """All of them, but for the command. Errors: PortError."""
    return (
        *_user(kind),
        *_APART,
        *(("--unshare-net",) if spec.network == "own" else ()),
        *("--cap-drop", "ALL", "--new-session"),
        *(_host_root(shown, kind) if spec.root is None else _own_root(spec.root, kind)),
        *shown.kernel.options(),
        *(_EMPTY if spec.root is None else ()),
        *_resolver(spec.network),
        *(option for mount in spec.mounts for option in mount.options()),
        *(("--remount-ro", "/") if spec.root is None else ()),
        *("--chdir", spec.folder, "--clearenv", *_variables(spec.environment)),
        *(("--seccomp", str(FILTER_FD)) if has_filter else ()),
        *("--json-status-fd", str(STATUS_FD)),
    )


def encoded(options: tuple[str, ...]) -> bytes:
    """As `bwrap --args FD` reads them."""
    return b"".join(os.fsencode(option) + b"\0" for option in options)


def _user(kind: Bubblewrap) -> tuple[str, ...]:
    if kind.has_own_users:
        return _OWN_USER
    return _MAPPED_USER if kind.has_user_namespaces else ()


def _host_root(shown: Shown, kind: Bubblewrap) -> Iterator[str]:
    host = shown.host
    for target, place in host.links:
        yield from ("--symlink", target, place)
    for path in host.shown:
        yield from ("--ro-bind", path, path)
    for path in () if kind.has_own_users else host.secret_files:
        yield from ("--ro-bind", "/dev/null", path)
    for path in (*host.hidden, *(() if kind.has_own_users else host.secret_folders)):
        yield from ("--tmpfs", path, "--remount-ro", path)
    for name in ACCOUNTS:
        yield from ("--ro-bind", str(shown.accounts / name), f"/etc/{name}")


def _own_root(root: Path, kind: Bubblewrap) -> tuple[str, ...]:
    if not kind.has_overlay:
        return ("--ro-bind", str(root), "/")
    return ("--overlay-src", str(root), "--tmp-overlay", "/")


def _resolver(network: Network) -> tuple[str, ...]:
    """resolv.conf is often a link into /run, which is not shown."""
    link = Path("/etc/resolv.conf")
    if network == "own" or not link.is_symlink():
        return ()
    target = link.resolve()
    return ("--ro-bind", str(target), str(target)) if target.is_file() and not target.is_relative_to("/etc") else ()


def _variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        # a NUL would end the value, and what follows would be options of the sandbox
        if not name or "=" in name or "\0" in name + value:
            raise PortError(
                f"{name!r} cannot be a variable of a process; give it another name or value.", permanent=True
            )
        yield from ("--setenv", name, value)
