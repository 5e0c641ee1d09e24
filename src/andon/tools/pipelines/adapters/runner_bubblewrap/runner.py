"""Starts, finds again, awaits and kills the processes of tasks."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from andon.kernel.errors import PortError
from andon.kernel.ids import RunNumber, TaskName
from andon.tools.pipelines.adapters.runner_bubblewrap.capability import Found, find_bubblewrap, try_out
from andon.tools.pipelines.adapters.runner_bubblewrap.host import HostView, look_around
from andon.tools.pipelines.adapters.runner_bubblewrap.process import (
    GRACE,
    Launch,
    ProcessRecord,
    boot_id,
    descendants,
    ended,
    launch,
    leads_session,
    marked,
    marked_below,
    send,
    start_ticks,
)
from andon.tools.pipelines.adapters.runner_bubblewrap.result import Result, read_result
from andon.tools.pipelines.adapters.runner_bubblewrap.sandbox import (
    ACCOUNTS,
    BARE_SHIM,
    HOME,
    SHIM,
    Places,
    sandbox_arguments,
    task_env,
)
from andon.tools.pipelines.ports import Ended, Job, Sandbox

SHELL = "/bin/sh"
#: a log that is longer is cut off by killing the task
LONGEST_LOG_BYTES = 1024 * 1024 * 1024
_LOOK_AT_LOG_EVERY = timedelta(seconds=1)
#: for the kernel to take the last processes of a killed sandbox away
_LAST_WAIT = timedelta(seconds=10)
#: in the environment of the outermost process: the task run's folder
_MARK = "ANDON_JOB"
_ACCOUNTS = ".accounts"
#: stands for one that has ended, and left a result
NO_PROCESS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSettings:
    """How tasks run on this machine."""

    #: DATA/runs
    runs: Path
    #: for programs, as in PATH
    search_path: str
    #: folders that no task may see, such as the data folder
    hidden: tuple[Path, ...] = ()
    #: names and values of the server's environment that its operator gives to every task
    allowed_env: Mapping[str, str] = field(default_factory=dict)
    #: False runs tasks without a sandbox even where there could be one
    wants_sandbox: bool = True


class BubblewrapRunner:
    """TaskRunner over bubblewrap."""

    def __init__(self, settings: RunnerSettings) -> None:
        self._settings = settings
        self._seen: tuple[Found, HostView] | None = None
        self._trying = asyncio.Lock()
        #: those started by this server since its start
        self._ours: set[Path] = set()

    async def sandbox(self) -> Sandbox:
        """What this machine allows; tried once."""
        return (await self._prepared())[0].sandbox

    async def start(self, job: Job) -> datetime:
        """The job's process runs, or has run."""
        places = self._places(job.run, job.task)
        known = _record(places) or self._adopted(places)
        if known:
            return known.started_at
        found, host = await self._prepared()
        for folder in (places.changes, places.overlay_work, places.temporary, places.home):
            folder.mkdir(parents=True, exist_ok=True)
        places.status.unlink(missing_ok=True)
        try:
            record = launch(self._launch(job, places, found, host))
        except OSError as error:
            raise PortError(f"the task's process could not be started: {error}", permanent=True) from error
        self._ours.add(places.folder)
        _remember(places, record)
        return record.started_at

    async def wait(self, job: Job) -> Ended:
        """Wait for the end; kill at the timeout, and when the log has no end."""
        places = self._places(job.run, job.task)
        record = _record(places)
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
                await self._kill(places, record)
                return _ended(places, record, written, why)
        await self._sweep(places)
        result = read_result(places.status)
        why = "" if result.exit_code is not None else self._cut_off(places, record)
        return _ended(places, record, written, why, result.exit_code)

    async def kill(self, run: RunNumber, task: TaskName) -> Ended:
        """No process of it is alive."""
        places = self._places(run, task)
        record = _record(places) or self._adopted(places)
        if record is not None:
            await self._kill(places, record)
        return _ended(places, record, None, "killed")

    async def end_all(self) -> tuple[tuple[RunNumber, TaskName], ...]:
        """No process of any task is alive; of which tasks there were some."""
        found = sorted({_job_of(value) for value in marked_below(_MARK, self._settings.runs)})
        for run, task in found:
            await self.kill(run, task)
        return tuple(found)

    async def _prepared(self) -> tuple[Found, HostView]:
        async with self._trying:
            if self._seen is None:
                self._seen = await asyncio.to_thread(self._look)
            return self._seen

    def _look(self) -> tuple[Found, HostView]:
        runs = self._settings.runs
        runs.mkdir(parents=True, exist_ok=True)
        accounts = runs / _ACCOUNTS
        accounts.mkdir(exist_ok=True)
        for name, content in ACCOUNTS.items():
            (accounts / name).write_text(content)
        program = find_bubblewrap(self._settings.search_path) if self._settings.wants_sandbox else ""
        hidden = (*self._settings.hidden, runs)
        return try_out(program, runs), look_around(self._settings.search_path, hidden)

    def _launch(self, job: Job, places: Places, found: Found, host: HostView) -> Launch:
        mark = {_MARK: str(places.folder)}
        if not found.program:
            env = task_env(job, self._settings.allowed_env, search_path=host.search_path, home=str(places.home))
            env = {**env, "TMPDIR": str(places.temporary), **mark}
            arguments = ["-c", BARE_SHIM, "sh", job.tree.path, job.command]
            return Launch(program=SHELL, arguments=arguments, env=env, log=places.log, status=places.status)
        env = task_env(job, self._settings.allowed_env, search_path=host.search_path, home=HOME)
        options = sandbox_arguments(job, places, host, env, self._settings.runs / _ACCOUNTS)
        places.arguments.touch(mode=0o600)
        places.arguments.write_bytes(b"\0".join(option.encode(errors="surrogateescape") for option in options) + b"\0")
        command = [found.program, "--args", "4", "--", SHELL, "-e", "-c", job.command]
        return Launch(
            program=SHELL,
            arguments=["-c", SHIM, "sh", *command],
            env=mark,
            log=places.log,
            status=places.status,
            reads=places.arguments,
        )

    def _adopted(self, places: Places) -> ProcessRecord | None:
        """A process that was started just before the server ended, before it was written down; it may have ended."""
        if not places.status.exists():
            return None
        began = datetime.fromtimestamp(places.log.stat().st_ctime, UTC)
        running = (pid for pid in marked(f"{_MARK}={places.folder}") if leads_session(pid))
        pid = next(running, NO_PROCESS)
        if pid == NO_PROCESS and read_result(places.status).exit_code is None:
            return None
        record = ProcessRecord(pid=pid, start_ticks=start_ticks(pid) or 0, boot_id=boot_id(), started_at=began)
        _remember(places, record)
        return record

    async def _kill(self, places: Places, record: ProcessRecord) -> None:
        """Ask every process to end, then end the shell, with which the kernel ends the sandbox and all in it."""
        # bubblewrap itself is not asked: with it everything would be over at once
        first = read_result(places.status).sandbox_pid or record.pid
        send([*descendants(first)], signal.SIGTERM)
        if not await ended(record, GRACE):
            send([*descendants(record.pid), record.pid], signal.SIGKILL)
            if not await ended(record, _LAST_WAIT):
                raise PortError(f"process {record.pid} does not end although it was killed")
        await self._sweep(places)

    async def _sweep(self, places: Places) -> None:
        """Whatever the task left running ends with it."""
        result = read_result(places.status)
        if result.sandbox_pid:
            send([result.sandbox_pid] if result.is_alive() else [], signal.SIGKILL)
            await _gone(result)
        else:
            send([*marked(f"{_MARK}={places.folder}")], signal.SIGKILL)

    def _cut_off(self, places: Places, record: ProcessRecord | None) -> str:
        task = places.folder.name
        if record and record.boot_id != boot_id():
            return f"cut off: the machine was restarted and task {task} had left no result"
        if places.folder not in self._ours:
            return f"cut off: the server was restarted and task {task} had left no result"
        last = _last_line(places.log)
        return f"the sandbox ended without a result{': ' + last if last else ''}"

    def _places(self, run: RunNumber, task: TaskName) -> Places:
        return Places(folder=self._settings.runs / str(run) / task)


def _job_of(folder: Path) -> tuple[RunNumber, TaskName]:
    """Whose folder it is."""
    return RunNumber(int(folder.parent.name)), TaskName(folder.name)


async def _gone(result: Result) -> None:
    """Wait until the kernel has taken the sandbox's processes away; moments."""
    waited = timedelta(0)
    pause = timedelta(milliseconds=2)
    while result.is_alive() and waited < _LAST_WAIT:
        await asyncio.sleep(pause.total_seconds())
        waited += pause
        pause = min(2 * pause, timedelta(milliseconds=100))


def _record(places: Places) -> ProcessRecord | None:
    try:
        return msgspec.json.decode(places.process.read_bytes(), type=ProcessRecord)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _remember(places: Places, record: ProcessRecord) -> None:
    making = places.process.with_suffix(".making")
    making.write_bytes(msgspec.json.encode(record))
    making.replace(places.process)


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
        took = datetime.fromtimestamp(places.status.stat().st_mtime, UTC) - record.started_at
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
