"""The command line of a sandbox: what a task sees, and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from andon.tools.pipelines.adapters.runner_bubblewrap.host import HostView
from andon.tools.pipelines.ports import Job

WORKSPACE = "/workspace"
HOME = "/home/andon"
TEMPORARY = "/tmp"  # noqa: S108  (a mount point inside a sandbox of its own)
_SYSTEM_MOUNTS = (
    *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"),
    *("--dir", "/var", "--symlink", TEMPORARY, "/var/tmp"),  # noqa: S108  (the same)
)
#: who a task sees itself as, by file name in /etc
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nandon:x:1000:1000:andon:/home/andon:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/:/bin/sh\n",
    "group": "root:x:0:\nandon:x:1000:\nnogroup:x:65534:\n",
}
#: nobody is root inside; the same for every server
_USER = "1000"

#: everything of the sandbox dies with the shell, so that killing it kills whatever the task started
SHIM = '"$@"; exit $?'
#: without a sandbox the shell itself writes the result, as bubblewrap would
BARE_SHIM = 'cd "$1" || exit 125; sh -e -c "$2" 3>&-; printf \'{ "exit-code": %d }\\n\' $? >&3'


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where one task run keeps its things."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def status(self) -> Path:
        return self.folder / "status"

    @property
    def process(self) -> Path:
        return self.folder / "process"

    @property
    def arguments(self) -> Path:
        """bubblewrap's options, which are nobody's business in a list of processes."""
        return self.folder / "arguments"

    @property
    def changes(self) -> Path:
        """What the task wrote over a shared tree."""
        return self.folder / "changes"

    @property
    def overlay_work(self) -> Path:
        return self.folder / "overlay"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def home(self) -> Path:
        return self.folder / "home"


def task_env(job: Job, allowed: Mapping[str, str], *, search_path: str, home: str) -> dict[str, str]:
    """The task's whole environment: nothing of the server's but what its operator allows."""
    return {
        "HOME": home,
        "PATH": search_path,
        "USER": "andon",
        "LOGNAME": "andon",
        "LANG": "C.UTF-8",
        "CI": "true",
        "PYTHONUNBUFFERED": "1",
        **allowed,
        **dict(job.env),
    }


def sandbox_arguments(job: Job, places: Places, host: HostView, env: Mapping[str, str], accounts: Path) -> list[str]:
    """bubblewrap's options for the job, without the command; `accounts` is the folder of ACCOUNTS."""
    arguments = _namespaces(network=job.network)
    for target, place in host.links:
        arguments += ["--symlink", target, place]
    for path in host.shown:
        arguments += ["--ro-bind", path, path]
    for path in host.hidden_files:
        arguments += ["--ro-bind", "/dev/null", path]
    for path in host.hidden_folders:
        arguments += ["--tmpfs", path, "--remount-ro", path]
    for name in ACCOUNTS:
        arguments += ["--ro-bind", str(accounts / name), f"/etc/{name}"]
    arguments += _SYSTEM_MOUNTS
    arguments += _resolver() if job.network else []
    arguments += ["--bind", str(places.temporary), TEMPORARY, "--bind", str(places.home), HOME]
    arguments += _workspace(job, places)
    arguments += ["--remount-ro", "/", "--chdir", WORKSPACE, "--clearenv"]
    for name, value in env.items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--json-status-fd", "3"]


def _namespaces(*, network: bool) -> list[str]:
    apart = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    alone = [] if network else ["--unshare-net"]
    user = ["--uid", _USER, "--gid", _USER, "--cap-drop", "ALL"]
    return [*apart, *alone, *user, "--hostname", "andon", "--die-with-parent"]


def _workspace(job: Job, places: Places) -> list[str]:
    if not job.tree.is_shared:
        return ["--bind", job.tree.path, WORKSPACE]
    written = [str(places.changes), str(places.overlay_work)]
    return ["--overlay-src", job.tree.path, "--overlay", *written, WORKSPACE]


def _resolver() -> list[str]:
    """resolv.conf is often a link into /run, which is not shown."""
    link = Path("/etc/resolv.conf")
    target = link.resolve()
    return ["--ro-bind", str(target), str(target)] if link.is_symlink() and target.is_file() else []
