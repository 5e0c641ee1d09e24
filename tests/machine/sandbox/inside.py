"""Runs tests/machine/sandbox/forbidden.py in a task and in a service, as root or as an ordinary user."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401  (asyncio imports it late, when an ordinary user may not read it)
import json
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from andon.kernel.ids import EnvironmentName, RunNumber, ServiceName, TaskName
from andon.kernel.masks import Masks
from andon.machine.disk import Reserve
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.machine.sandbox.system_calls import ARCHITECTURES, DENIED
from andon.testing.limits import groups_of
from andon.tools.delivery.adapters.runtime_process import ProcessRuntime
from andon.tools.delivery.adapters.runtime_process.instance_logs import InstanceLogs
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.ports import Launch, SlotKey, UnpackedImage
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings
from andon.tools.pipelines.ports import Job, Tree

PROGRAM = "forbidden.py"
PATH = "/usr/local/bin:/usr/bin:/bin"


class PlainLogs(InstanceLogs):
    """A file without a writer: that needs an interpreter which the ordinary user of a test may not read."""

    @contextmanager
    def opened(self, promotion: PromotionId, note: str) -> Iterator[int]:
        folder = self.folder(promotion)
        folder.mkdir(parents=True)
        handle = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            yield handle
        finally:
            os.close(handle)


def told(kind: str, data: Path) -> str:
    """What the program is to look for."""
    column = ARCHITECTURES[platform.machine()].column
    calls = [(why, name, numbers[column]) for why, group in DENIED for name, *numbers in group if numbers[column] >= 0]
    return json.dumps({"kind": kind, "data": str(data), "server": os.getpid(), "calls": calls})


async def task(data: Path, sandboxes: Sandboxes, program: Path) -> dict[str, str]:
    settings = RunnerSettings(
        runs=data / "runs", sandboxes=sandboxes, groups=groups_of(data), reserve=Reserve(folder=data)
    )
    runner = BubblewrapRunner(settings)
    tree = data / "runs" / "1" / ".source"
    tree.mkdir(parents=True)
    shutil.copy(program, tree)
    found = await runner.sandbox()
    job = Job(
        run=RunNumber(1),
        task=TaskName("acts"),
        command=f"python3 {PROGRAM} {shlex.quote(told('task', data))}",
        env=(),
        network=False,
        timeout=timedelta(seconds=60),
        tree=Tree(path=str(tree), is_shared=found.has_overlay),
    )
    await runner.start(job)
    await runner.wait(job)
    owner = (data / "runs/1/acts/home").stat().st_uid
    return {**_parsed((data / "runs/1/acts/log").read_text()), "host user": str(owner), "reason": found.reason}


async def service(data: Path, sandboxes: Sandboxes, program: Path) -> dict[str, str]:
    runtime = ProcessRuntime(data / "services", sandboxes, PlainLogs(data / "services", Masks()), groups_of(data))
    root = data / "images" / "1"
    (root / "app").mkdir(parents=True)
    shutil.copy(program, root / "app")
    key = SlotKey(
        environment=EnvironmentName("test"),
        service=ServiceName("acts"),
        slot="blue",
        promotion=PromotionId("test/acts/1"),
    )
    command = ("/usr/bin/env", "python3", PROGRAM, told("service", data))
    image = UnpackedImage(root=root, has_base=False, command=command, env=(), labels=())
    instance = await runtime.start(Launch(key=key, image=image, command=(), environment={}))
    await runtime.ended(instance)
    return {**_parsed((data / "services/test/acts/logs/1/log").read_text()), "reason": ""}


def _parsed(log: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(log) if log.startswith("{") else {"no answer": log}
    return found


async def main(data: Path, program: Path) -> None:
    sandboxes = Sandboxes(SandboxSettings(folder=data / "sandbox", search_path=PATH, hidden=(data,)))
    sys.stdout.write(
        json.dumps(
            {
                "task": await task(data, sandboxes, program),
                "service": await service(data, sandboxes, program),
            }
        )
    )


if __name__ == "__main__":
    user = int(sys.argv[3])
    if os.geteuid() == 0 and user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    # as a server has one that was started by a careless parent
    os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)  # noqa: FBT003  (its second argument has no name)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
