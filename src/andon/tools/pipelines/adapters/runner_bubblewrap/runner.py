"""Starts, finds again, awaits and kills the processes of tasks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import RunNumber, TaskName
from andon.machine.process.ending import ended
from andon.machine.process.finding import marked_below
from andon.machine.process.launch import Launch, in_thread
from andon.machine.process.record import ProcessRecord
from andon.machine.sandbox.bubblewrap import Bubblewrap
from andon.machine.sandbox.sandboxes import Machine, Sandboxes
from andon.tools.pipelines.adapters.runner_bubblewrap.places import (
    HOME,
    MARK,
    Places,
    bare_command,
    task_command,
    task_env,
    task_sandbox,
)
from andon.tools.pipelines.ports import Ended, Job, Sandbox

#: a log that is longer is cut off by killing the task
LONGEST_LOG_BYTES = 1024 * 1024 * 1024
#: for a task to end by itself after it was asked to
GRACE = timedelta(seconds=2)
_LOOK_AT_LOG_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSettings:
    """How tasks run on this machine."""

    #: DATA/runs
    runs: Path
    sandboxes: Sandboxes
    #: names and values of the server's environment that its operator gives to every task
    allowed_env: Mapping[str, str] = field(default_factory=dict)


class BubblewrapRunner:
    """TaskRunner over bubblewrap."""

    def __init__(self, settings: RunnerSettings) -> None:
        self._settings = settings
        #: those started by this server since its start
        self._ours: set[Path] = set()

    async def sandbox(self) -> Sandbox:
        """What this machine allows; tried once."""
        return _isolation((await self._settings.sandboxes.machine()).bubblewrap)

    async def start(self, job: Job) -> datetime:
        """The job's process runs, or has run."""
        places = self._places(job.run, job.task)
        known = places.process.known()
        if known:
            return known.started_at
        machine = await self._settings.sandboxes.machine()
        self._ours.add(places.folder)
        return (await in_thread(lambda: self._start(job, places, machine))).started_at

    async def wait(self, job: Job) -> Ended:
        """Wait for the end; kill at the timeout, and when the log has no end."""
        places = self._places(job.run, job.task)
        record = places.process.known()
        if record is None:
            return _ended(places, None, None, self._cut_off(places, None))
        written = places.changes if job.tree.is_shared else Path(job.tree.path)
        deadline = record.started_at + job.timeout
        while True:
            left = deadline - datetime.now(UTC)  # noqa: TID251  (compared with the process's own start)
            if await ended(record, min(left, _LOOK_AT_LOG_EVERY)):
                break
            why = _too_much(places, left, job.timeout)
            if why:
                await places.process.end(record, GRACE)
                return _ended(places, record, written, why)
        await places.process.sweep()
        exit_code = places.process.status().exit_code
        why = "" if exit_code is not None else self._cut_off(places, record)
        return _ended(places, record, written, why, exit_code)

    async def kill(self, run: RunNumber, task: TaskName) -> Ended:
        """No process of it is alive."""
        places = self._places(run, task)
        record = places.process.known()
        if record is not None:
            await places.process.end(record, GRACE)
        return _ended(places, record, None, "killed")

    async def end_all(self) -> tuple[tuple[RunNumber, TaskName], ...]:
        """No process of any task is alive; of which tasks there were some."""
        found = sorted({_job_of(value) for value in marked_below(MARK, self._settings.runs)})
        for run, task in found:
            await self.kill(run, task)
        return tuple(found)

    def _start(self, job: Job, places: Places, machine: Machine) -> ProcessRecord:
        try:
            places.make()
            with self._launch(job, places, machine) as launch:
                return places.process.start(launch)
        except OSError as error:
            raise PortError(f"the task's process could not be started: {error}", permanent=True) from error

    @contextmanager
    def _launch(self, job: Job, places: Places, machine: Machine) -> Iterator[Launch]:
        status, search_path = places.process.status_path, machine.shown.host.search_path
        with _appended(places.log) as log:
            if machine.bubblewrap.program:
                env = task_env(job, self._settings.allowed_env, search_path=search_path, home=HOME)
                spec = task_sandbox(job, places, env)
                with machine.launch(spec, task_command(job), mark=places.mark, output=log, status=status) as launch:
                    yield launch
            else:
                env = task_env(job, self._settings.allowed_env, search_path=search_path, home=str(places.home))
                env = {**env, "TMPDIR": str(places.temporary), **places.mark}
                yield Launch(command=bare_command(job), env=env, output=log, status=status)

    def _cut_off(self, places: Places, record: ProcessRecord | None) -> str:
        task = places.folder.name
        if record and not record.is_of_this_boot():
            return f"cut off: the machine was restarted and task {task} had left no result"
        if places.folder not in self._ours:
            return f"cut off: the server was restarted and task {task} had left no result"
        last = _last_line(places.log)
        return f"the sandbox ended without a result{': ' + last if last else ''}"

    def _places(self, run: RunNumber, task: TaskName) -> Places:
        return Places(folder=self._settings.runs / str(run) / task)


def _isolation(found: Bubblewrap) -> Sandbox:
    """What a task is kept apart from."""
    if found.has_user_namespaces:
        return Sandbox(is_isolated=True, has_overlay=found.has_overlay, reason=found.reason)
    if found.program:
        loudly = "TASKS RUN AS THIS MACHINE'S ROOT USER, in a sandbox and without capabilities"
    else:
        loudly = "TASKS ARE NOT ISOLATED from this machine's files, processes and network"
    return Sandbox(is_isolated=False, has_overlay=False, reason=f"{loudly}: {found.reason}")


@contextmanager
def _appended(log: Path) -> Iterator[int]:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        yield handle
    finally:
        os.close(handle)


def _job_of(folder: Path) -> tuple[RunNumber, TaskName]:
    """Whose folder it is."""
    return RunNumber(int(folder.parent.name)), TaskName(folder.name)


def _too_much(places: Places, left: timedelta, timeout: timedelta) -> str:
    if left <= timedelta(0):
        return f"killed at its timeout of {_words(timeout)}"
    if places.log.stat().st_size > LONGEST_LOG_BYTES:
        return "killed because it printed more than 1 GiB"
    return ""


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def _ended(
    places: Places, record: ProcessRecord | None, written: Path | None, why: str, exit_code: int | None = None
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
