"""Starts, finds again, awaits and kills the processes of tasks."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from weakref import WeakValueDictionary

from andon.kernel.errors import PortError
from andon.kernel.ids import RunNumber, TaskName
from andon.kernel.limits import NOTHING_ASKED
from andon.kernel.sizes import MEBIBYTE, print_size
from andon.machine.disk import Reserve
from andon.machine.limits.group import Group, Groups
from andon.machine.network.egress import PROXY_ENV, Egress
from andon.machine.process.ending import ended, send
from andon.machine.process.finding import marked, marked_below
from andon.machine.process.launch import ProcessLaunch, in_thread
from andon.machine.process.output import HOLDER_MARK, Copying, Filter, Unchanged, copied
from andon.machine.process.record import ProcessRecord
from andon.machine.sandbox.bubblewrap import Bubblewrap
from andon.machine.sandbox.sandboxes import Machine, Sandboxes
from andon.tools.pipelines.adapters.runner_bubblewrap.places import (
    HOME,
    MARK,
    TaskRunFolders,
    bare_command,
    hosts_for,
    task_command,
    task_env,
    task_sandbox,
    uses_proxy,
)
from andon.tools.pipelines.adapters.runner_bubblewrap.watched import Watch, Watched
from andon.tools.pipelines.adapters.runner_bubblewrap.with_proxy import (
    check_host_network,
    hosts_talked_to,
    let_out_again,
    start_with_proxy,
)
from andon.tools.pipelines.ports import Ended, Job, Sandbox

#: a log that is longer is cut off, and the task ended
LONGEST_LOG_BYTES = 1024 * MEBIBYTE
#: for a task to end by itself after it was asked to
GRACE = timedelta(seconds=2)
_LOOK_EVERY = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSettings:
    """How tasks run on this machine."""

    #: DATA/runs
    runs: Path
    sandboxes: Sandboxes
    groups: Groups
    reserve: Reserve
    #: names and values of the server's environment that its operator gives to every task
    allowed_env: Mapping[str, str] = field(default_factory=dict)
    #: repositories whose tasks may use this machine's own network
    host_network: frozenset[str] = frozenset()
    #: the ways out of tasks' own networks
    egress: Egress = field(default_factory=Egress)
    #: what the log of the task run in a folder goes through
    filter_of: Callable[[Path], Filter] = lambda _: Unchanged()


class BubblewrapRunner:
    """TaskRunner over bubblewrap."""

    def __init__(self, settings: RunnerSettings) -> None:
        self._settings = settings
        #: those started by this server since its start
        self._ours: set[Path] = set()
        #: weak: a lock lives as long as somebody holds it or waits for it
        self._locks: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    async def sandbox(self) -> Sandbox:
        """What this machine allows; tried once."""
        return _isolation((await self._settings.sandboxes.machine()).bubblewrap)

    async def start(self, job: Job) -> datetime:
        """The job's process runs, or has run."""
        places = self._places(job.run, job.task)
        known = places.process.known()
        if known:
            return known.started_at
        check_host_network(job, self._settings.host_network)
        self._settings.reserve.check()
        machine, group = await self._settings.sandboxes.machine(), await self._group(places, job)
        self._ours.add(places.folder)
        record, listening = await in_thread(lambda: self._start(job, places, machine, group))
        if listening is not None:
            await self._settings.egress.serve(places.folder, listening, hosts_for(job))
        return record.started_at

    async def wait(self, job: Job) -> Ended:
        """Wait for the end; kill what exceeds its time or its limits."""
        places = self._places(job.run, job.task)
        record = places.process.known()
        if record is None:
            return _ended(places, None, None, self._cut_off(places, None))
        if places.folder not in self._ours:
            await let_out_again(self._settings.egress, job, places)
        group = await self._group(places, job)
        watched = Watched(
            places=places, process=record, group=group, reserve=self._settings.reserve, timeout=job.timeout
        )
        async with self._copying(places) as copying:
            why = await _until_end(watched, copying)
            denied = group.denied()
            await asyncio.to_thread(group.remove)
        exit_code = None if why else places.process.status().exit_code
        if exit_code is None:
            why = why or self._cut_off(places, record)
        written = places.changes if job.tree.is_shared else Path(job.tree.path)
        hosts = await hosts_talked_to(self._settings.egress, places)
        return replace(_ended(places, record, written, why or denied, exit_code), hosts=hosts)

    async def kill(self, run: RunNumber, task: TaskName) -> Ended:
        """No process of it is alive."""
        places = self._places(run, task)
        record = places.process.known()
        if record is not None:
            await places.process.end(record, GRACE)
            await asyncio.to_thread((await self._settings.groups.group(places.group_key, NOTHING_ASKED)).remove)
        # whoever waits for it copies the rest of its log; else it is copied here
        async with self._copying(places):
            hosts = await hosts_talked_to(self._settings.egress, places)
            return replace(_ended(places, record, None, "killed"), hosts=hosts)

    @asynccontextmanager
    async def _copying(self, places: TaskRunFolders) -> AsyncIterator[Copying | None]:
        """What the task prints is copied into its log meanwhile, and to its end when the block ends in peace."""
        async with self._lock(places):
            with places.output.read() as source:
                if source is None:
                    yield None
                    return
                passing = self._settings.filter_of(places.folder)
                async with copied(source, places.log, passing, LONGEST_LOG_BYTES) as copying:
                    yield copying
            await places.output.drop()

    def _lock(self, places: TaskRunFolders) -> asyncio.Lock:
        return self._locks.setdefault(places.folder, asyncio.Lock())

    async def end_all(self) -> tuple[tuple[RunNumber, TaskName], ...]:
        """No process of any task is alive; of which tasks there were some."""
        runs = self._settings.runs
        left = {*marked_below(MARK, runs), *marked_below(HOLDER_MARK, runs)}
        found = sorted(_job_of(folder) for folder in left)
        for run, task in found:
            await self.kill(run, task)
        # of runs whose folders are gone
        for folder in marked_below(HOLDER_MARK, runs):
            send(marked(f"{HOLDER_MARK}={folder}"), signal.SIGKILL)
        return tuple(found)

    def _start(
        self, job: Job, places: TaskRunFolders, machine: Machine, group: Group
    ) -> tuple[ProcessRecord, socket.socket | None]:
        try:
            places.make()
            with self._launch(job, places, machine) as launch:
                limited = group.limited(launch)
                if machine.bubblewrap.program and uses_proxy(job):
                    return start_with_proxy(places.process, limited)
                return places.process.start(limited), None
        except OSError as error:
            raise PortError(f"the task's process could not be started: {error}", permanent=True) from error

    async def _group(self, places: TaskRunFolders, job: Job) -> Group:
        return await self._settings.groups.group(places.group_key, job.limits)

    @contextmanager
    def _launch(self, job: Job, places: TaskRunFolders, machine: Machine) -> Iterator[ProcessLaunch]:
        status, search_path = places.process.status_path, machine.shown.host.search_path
        with places.output.made() as output:
            if machine.bubblewrap.program:
                # the machine's own proxy is not for the task: the server's connects through it
                allowed = {**self._settings.allowed_env, **(PROXY_ENV if uses_proxy(job) else {})}
                env = task_env(job, allowed, search_path=search_path, home=HOME)
                spec = task_sandbox(job, places, env)
                with machine.launch(spec, task_command(job), mark=places.mark, output=output, status=status) as launch:
                    yield launch
            else:
                env = task_env(job, self._settings.allowed_env, search_path=search_path, home=str(places.home))
                env = {**env, "TMPDIR": str(places.temporary), **places.mark}
                yield ProcessLaunch(command=bare_command(job), env=env, output=output, status=status)

    def _cut_off(self, places: TaskRunFolders, record: ProcessRecord | None) -> str:
        task = places.folder.name
        if record and not record.is_of_this_boot():
            return f"cut off: the machine was restarted and task {task} had left no result"
        if places.folder not in self._ours:
            return f"cut off: the server was restarted and task {task} had left no result"
        last = _last_line(places.log)
        return f"the sandbox ended without a result{': ' + last if last else ''}"

    def _places(self, run: RunNumber, task: TaskName) -> TaskRunFolders:
        return TaskRunFolders(folder=self._settings.runs / str(run) / task)


def _isolation(found: Bubblewrap) -> Sandbox:
    """What a task is kept apart from."""
    if found.has_user_namespaces:
        return Sandbox(is_isolated=True, has_overlay=found.has_overlay, reason=found.reason)
    if found.program:
        loudly = "TASKS RUN AS THIS MACHINE'S ROOT USER, in a sandbox and without capabilities"
    else:
        loudly = "TASKS ARE NOT ISOLATED from this machine's files, processes and network"
    return Sandbox(is_isolated=False, has_overlay=False, reason=f"{loudly}: {found.reason}")


def _job_of(folder: Path) -> tuple[RunNumber, TaskName]:
    """Whose folder it is."""
    return RunNumber(int(folder.parent.name)), TaskName(folder.name)


async def _until_end(what: Watched, copying: Copying | None) -> str:
    """Wait until none of its processes is alive; what it was killed for, or exceeded at its end; "" when nothing."""
    watch, process = Watch(what), what.places.process
    try:
        while not await ended(what.process, _LOOK_EVERY):
            if why := _wrong_with_log(copying) or await asyncio.to_thread(watch.look):
                await process.end(what.process, GRACE)
                return why
        await process.sweep()
        return await asyncio.to_thread(watch.look_at_end)
    except OSError as error:
        raise PortError(f"the task could not be watched: {error}") from error


def _wrong_with_log(copying: Copying | None) -> str:
    if copying and copying.is_full:
        return f"killed because it printed more than {print_size(LONGEST_LOG_BYTES)}"
    return f"killed because {copying.trouble}" if copying and copying.trouble else ""


def _ended(
    places: TaskRunFolders, record: ProcessRecord | None, written: Path | None, why: str, exit_code: int | None = None
) -> Ended:
    took = timedelta(0)
    if record is not None and exit_code is not None:
        took = datetime.fromtimestamp(places.process.status_path.stat().st_mtime, UTC) - record.started_at
    elif record is not None:
        took = datetime.now(UTC) - record.started_at  # noqa: TID251  (compared with the process's own start)
    return Ended(exit_code=exit_code, why=why, took=max(took, timedelta(0)), written=str(written or ""))


def _last_line(log: Path) -> str:
    if not log.is_file():
        return ""
    with log.open("rb") as opened:
        opened.seek(max(0, log.stat().st_size - 2000))
        lines = opened.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
