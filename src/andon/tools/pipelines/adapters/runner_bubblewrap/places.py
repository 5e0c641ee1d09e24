"""Where one task run keeps its things, and what it sees of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from andon.machine.process.detached import Detached
from andon.machine.process.output import Output
from andon.machine.sandbox.spec import TEMPORARY, Bind, Mount, OverlayMount, SandboxSpec
from andon.tools.pipelines.model.network import hosts_of
from andon.tools.pipelines.ports import Job

WORKSPACE = "/workspace"
HOME = "/home/andon"
SHELL = "/bin/sh"
#: in the environment of the outermost process: the task run's folder
MARK = "ANDON_JOB"
#: descriptor on which a task that uses the proxy waits for it
GO_FD = 8
_WAITS = f'read -r _ <&{GO_FD}; exec "$0" -e -c "$1" {GO_FD}<&-'
#: without a sandbox the shell itself writes the status, as bubblewrap would
_BARE = 'cd "$1" || exit 125; sh -e -c "$2" 3>&-; printf \'{ "exit-code": %d }\\n\' $? >&3'


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunFolders:
    """The folder of one task run."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def own(self) -> Path:
        """Its own checkout, where it has one."""
        return self.folder / "own"

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

    @property
    def mark(self) -> dict[str, str]:
        return {MARK: str(self.folder)}

    @property
    def group_key(self) -> str:
        """Names its processes as a group."""
        return f"run-{self.folder.parent.name}-{self.folder.name}"

    @property
    def process(self) -> Detached:
        return Detached(folder=self.folder, mark=f"{MARK}={self.folder}")

    @property
    def output(self) -> Output:
        return Output(self.folder)

    def make(self) -> None:
        """The folders that the task writes to."""
        for folder in (self.changes, self.overlay_work, self.temporary, self.home):
            folder.mkdir(parents=True, exist_ok=True)


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


def task_sandbox(job: Job, places: TaskRunFolders, env: Mapping[str, str]) -> SandboxSpec:
    """The job's sandbox over the host's system."""
    return SandboxSpec(
        mounts=(
            Bind(source=places.temporary, target=TEMPORARY, is_writable=True),
            Bind(source=places.home, target=HOME, is_writable=True),
            _workspace(job, places),
        ),
        owner=Path(job.tree.path),
        network="host" if job.network == "host" else "own",
        folder=WORKSPACE,
        environment=env,
    )


def uses_proxy(job: Job) -> bool:
    """Does it reach the network through the proxy?"""
    return bool(job.network) and job.network != "host"


def hosts_for(job: Job) -> tuple[str, ...] | None:
    """The hosts that it may reach; None for all."""
    return hosts_of(job.network) if isinstance(job.network, tuple) else None


def task_command(job: Job) -> tuple[str, ...]:
    """Its command, in a sandbox; begun when the proxy is there, or when the server has died over it."""
    if uses_proxy(job):
        return (SHELL, "-c", _WAITS, SHELL, job.command)
    return (SHELL, "-e", "-c", job.command)


def bare_command(job: Job) -> tuple[str, ...]:
    """Its command without a sandbox."""
    return (SHELL, "-c", _BARE, "sh", job.tree.path, job.command)


def _workspace(job: Job, places: TaskRunFolders) -> Mount:
    tree = Path(job.tree.path)
    if not job.tree.is_shared:
        return Bind(source=tree, target=WORKSPACE, is_writable=True)
    return OverlayMount(source=tree, target=WORKSPACE, changes=places.changes, work=places.overlay_work)
