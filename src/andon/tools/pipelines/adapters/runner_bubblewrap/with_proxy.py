"""The network of a task: its proxy, which is there before its command begins, or with permission the host's own."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import asdict, replace

from andon.kernel.errors import PortError
from andon.machine.network.egress import Egress
from andon.machine.network.listening import listen_inside
from andon.machine.process.detached import Detached
from andon.machine.process.ending import send
from andon.machine.process.launch import ProcessLaunch
from andon.machine.process.record import ProcessRecord
from andon.tools.pipelines.adapters.runner_bubblewrap.places import GO_FD, TaskRunFolders, hosts_for, uses_proxy
from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.ports import Job

_WITHIN_S = 20
_PAUSE_S = 0.002


def check_host_network(job: Job, permitted: frozenset[str]) -> None:
    """Errors: PortError, when the task asks for this machine's network and its repository may not use it."""
    repository = dict(job.env).get("ANDON_REPOSITORY", "")
    if job.network == "host" and repository not in permitted:
        message = (
            f'Task {job.task} asks for network = "host", this machine\'s own network, which {repository} may not '
            f"use. Use network = true or a list of hosts; an operator permits it by ANDON_HOST_NETWORK={repository}"
        )
        raise PortError(message, permanent=True)


async def let_out_again(egress: Egress, job: Job, places: TaskRunFolders) -> None:
    """A task that an earlier server started has its network again."""
    status = places.process.status()
    if uses_proxy(job) and status.is_alive():
        with suppress(PortError):  # the task goes on without; its own words say what it cannot reach
            await egress.open_again(places.folder, status.sandbox_pid, hosts_for(job))


async def hosts_talked_to(egress: Egress, places: TaskRunFolders) -> tuple[HostContact, ...]:
    """Whom a task that has ended talked to, or tried to."""
    return tuple(HostContact(**asdict(each)) for each in await egress.close(places.folder))


def start_with_proxy(process: Detached, launch: ProcessLaunch) -> tuple[ProcessRecord, socket.socket | None]:
    """The process, and the socket in its network; None when it ended before. For a thread: it waits.

    Errors: OSError, PortError; then nothing of it runs.
    """
    theirs, ours = os.pipe2(os.O_CLOEXEC)
    try:
        try:
            record = process.start(replace(launch, descriptors={**launch.descriptors, GO_FD: theirs}))
        finally:
            os.close(theirs)
        pid = _sandbox_pid(process, record)
        try:
            return record, listen_inside(pid) if pid else None
        except PortError:
            if process.living() is None:
                return record, None
            send([pid, record.pid], signal.SIGKILL)
            raise
    finally:
        os.close(ours)  # its end is what the task waits for


def _sandbox_pid(process: Detached, record: ProcessRecord) -> int:
    """The sandbox's first process as soon as there is one; 0 when there will be none."""
    until = time.monotonic() + _WITHIN_S
    while time.monotonic() < until:
        if pid := process.status().sandbox_pid:
            return pid
        if not record.is_alive():
            return 0
        time.sleep(_PAUSE_S)
    return 0
