"""bubblewrap's options for a sandbox. They go by descriptor, never by arguments, which everybody can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.process.launch import STATUS_FD
from andon.machine.sandbox.bubblewrap import Bubblewrap
from andon.machine.sandbox.host import HostView
from andon.machine.sandbox.spec import TEMPORARY, Network, SandboxSpec

#: nobody is root inside; the same for every server
_USER = ("--unshare-user", "--uid", "1000", "--gid", "1000")
_APART = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "andon")
_KERNEL = ("--proc", "/proc", "--dev", "/dev")
_EMPTY = ("--tmpfs", "/run", "--dir", "/var", "--symlink", TEMPORARY, "/var/tmp")  # noqa: S108  (inside)
#: who programs see themselves as, by file name in /etc
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nandon:x:1000:1000:andon:/home/andon:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/:/bin/sh\n",
    "group": "root:x:0:\nandon:x:1000:\nnogroup:x:65534:\n",
}


def sandbox_options(spec: SandboxSpec, bubblewrap: Bubblewrap, host: HostView, accounts: Path) -> tuple[str, ...]:
    """All of them, but for the command; `accounts` is a folder with the files of ACCOUNTS. Errors: PortError."""
    return (
        *(_USER if bubblewrap.has_user_namespaces else ()),
        *_APART,
        *(("--unshare-net",) if spec.network == "own" else ()),
        *("--cap-drop", "ALL", "--new-session"),
        *(_host_root(host, accounts) if spec.root is None else _own_root(spec.root, bubblewrap)),
        *_resolver(spec.network),
        *(option for mount in spec.mounts for option in mount.options()),
        *(("--remount-ro", "/") if spec.root is None else ()),
        *("--chdir", spec.folder, "--clearenv", *_variables(spec.environment)),
        *("--json-status-fd", str(STATUS_FD)),
    )


def encoded(options: tuple[str, ...]) -> bytes:
    """As `bwrap --args FD` reads them."""
    return b"".join(os.fsencode(option) + b"\0" for option in options)


def _host_root(host: HostView, accounts: Path) -> Iterator[str]:
    for target, place in host.links:
        yield from ("--symlink", target, place)
    for path in host.shown:
        yield from ("--ro-bind", path, path)
    for path in host.hidden_files:
        yield from ("--ro-bind", "/dev/null", path)
    for path in host.hidden_folders:
        yield from ("--tmpfs", path, "--remount-ro", path)
    for name in ACCOUNTS:
        yield from ("--ro-bind", str(accounts / name), f"/etc/{name}")
    yield from (*_KERNEL, *_EMPTY)


def _own_root(root: Path, bubblewrap: Bubblewrap) -> tuple[str, ...]:
    if not bubblewrap.has_overlay:
        return ("--ro-bind", str(root), "/", *_KERNEL)
    return ("--overlay-src", str(root), "--tmp-overlay", "/", *_KERNEL)


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
