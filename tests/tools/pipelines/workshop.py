"""A workshop for tests: git repositories, and an engine that runs their pipelines for real."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.crash_guard import CrashGuard, unguarded
from andon.kernel.envelope import Envelope
from andon.kernel.ids import FLOW, Actor, BranchName, CommitId, Digest, EventId, RepositoryName, RunNumber, stream
from andon.kernel.order import Order
from andon.ledger.opening import open_ledger
from andon.machine.disk import Reserve
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.testing.limits import groups_of
from andon.testing.waiting import until
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.adapters.reports_junit.reports import JunitReports
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import GitCommits
from andon.tools.pipelines.effects import performers
from andon.tools.pipelines.events import EVENTS, RunFinished, RunRequested, TaskFinished
from andon.tools.pipelines.model.request import NOUN as REQUESTS
from andon.tools.pipelines.model.run import NOUN, QueueRun
from andon.tools.pipelines.ports import Packed, PackRequest
from andon.tools.pipelines.views import Runs
from andon.tools.pipelines.world import World
from tests.clocks import ClockAhead

SHOP = RepositoryName("shop")
TRUNK = BranchName("trunk")
ADA = Actor("ada")
_ids = itertools.count(1)


class Packer:
    """Remembers what it was asked to pack."""

    def __init__(self) -> None:
        self.packed: list[PackRequest] = []

    async def pack(self, request: PackRequest) -> Packed:
        self.packed.append(request)
        return Packed(digest=Digest(f"sha256:{'a' * 64}"), size_bytes=1, provenance=Digest(f"sha256:{'b' * 64}"))


@dataclass(slots=True)
class Workshop:
    """A data folder with one repository."""

    data: Path
    env: Mapping[str, str] = field(default_factory=dict)
    wants_sandbox: bool = True
    search_path: str = os.environ["PATH"]
    packer: Packer = field(default_factory=Packer)
    trying: CrashGuard = unguarded
    runs: Runs = field(default_factory=Runs)
    happened: list[Envelope[Any]] = field(default_factory=list)

    def apply(self, happened: Envelope[object]) -> None:
        self.happened.append(happened)

    def commit(self, files: Mapping[str, str | bytes]) -> CommitId:
        """A commit in the shop's bare repository with exactly these files."""
        bare = self.data / "repositories" / "shop.git"
        if not bare.exists():
            bare.mkdir(parents=True)
            git("init", "-q", "--bare", "-b", "trunk", str(bare))
        made = self.data / "made" / str(next(_ids))
        made.mkdir(parents=True)
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        git("init", "-q", "-b", "trunk", str(made))
        git("-C", str(made), "add", "-A", "-f")
        git("-C", str(made), "commit", "-q", "--allow-empty", "-m", "Change the shop")
        git("-C", str(made), "push", "-q", "-f", str(bare), "trunk")
        return CommitId(git("-C", str(made), "rev-parse", "HEAD").strip())

    def runner(self) -> BubblewrapRunner:
        seen = SandboxSettings(
            folder=self.data / "sandbox",
            search_path=self.search_path,
            hidden=(self.data,),
            wanted=self.wants_sandbox,
        )
        settings = RunnerSettings(
            runs=self.data / "runs",
            sandboxes=Sandboxes(seen),
            groups=groups_of(self.data),
            reserve=Reserve(folder=self.data),
            allowed_env=self.env,
        )
        return BubblewrapRunner(settings)

    def logs(self) -> FileLogs:
        return FileLogs(self.data / "runs")

    def log(self, run: int, task: str) -> str:
        path = self.data / "runs" / str(run) / task / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def world(self) -> World:
        repositories, runs = self.data / "repositories", self.data / "runs"
        return World(
            source=GitCommits(repositories, self.search_path),
            workspaces=GitWorkspaces(repositories, runs, self.search_path),
            runner=self.runner(),
            logs=self.logs(),
            reports=JunitReports(),
            reuse=self.runs,
            packer=self.packer,
            trying=self.trying,
        )

    @asynccontextmanager
    async def engine(self, ahead: timedelta = timedelta(0)) -> AsyncIterator[Engine]:
        """A server that starts, with its clock ahead; at the end it stops, and what runs goes on."""
        self.runs = Runs()
        self.happened.clear()
        ledger = await open_ledger(f"sqlite:///{self.data / 'ledger.db'}")
        parts = Parts(
            ledger=ledger,
            codec=Codec(EVENTS),
            nouns=(NOUN, REQUESTS),
            react=self.react,
            new_id=lambda: EventId(f"event-{os.getpid()}-{next(_ids)}"),
            views=(self.runs, self),
            performers=performers(self.world()),
            lanes={"task": 4},
            clock=ClockAhead(ahead),
        )
        engine = Engine(parts)
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()
            await ledger.close()

    def react(self, happened: Envelope[Any]) -> tuple[Order, ...]:
        """What the flow does with a request for a run."""
        asked = happened.event
        if not isinstance(asked, RunRequested):
            return ()
        number = RunNumber(len(self.runs.newest(1000)) + 1)
        command = QueueRun(
            number=number,
            repository=asked.repository,
            commit=asked.commit,
            branch=asked.branch,
            trunk=True,
            subject=asked.subject,
            author=asked.author,
        )
        return (Order(stream=stream("run", number), command=command, actor=FLOW, cause=happened.id),)

    async def queue(self, engine: Engine, number: int, commit: CommitId, branch: BranchName = TRUNK) -> None:
        command = QueueRun(
            number=RunNumber(number),
            repository=SHOP,
            commit=commit,
            branch=branch,
            trunk=branch == TRUNK,
            subject="Change the shop",
            author="Ada",
        )
        await engine.desk.submit(stream("run", number), command, actor=ADA)

    async def finished(self, number: int, within: timedelta = timedelta(seconds=20)) -> RunFinished:
        def verdict() -> RunFinished | None:
            found = [e.event for e in self.happened if isinstance(e.event, RunFinished) and e.event.number == number]
            return found[0] if found else None

        found = await until(verdict, within, f"the end of run {number}")
        assert found is not None
        return found

    async def build(self, files: Mapping[str, str | bytes]) -> RunFinished:
        """One run of one commit, from an empty start to its end."""
        commit = self.commit(files)
        async with self.engine() as engine:
            await self.queue(engine, 1, commit)
            return await self.finished(1)

    def task(self, name: str) -> TaskFinished:
        """How a task ended in the last run."""
        ended = [e.event for e in self.happened if isinstance(e.event, TaskFinished) and e.event.task == name]
        return ended[-1]


def git(*arguments: str) -> str:
    """git as Ada."""
    who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
    who |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, env={**os.environ, **who})
    assert done.returncode == 0, done.stderr
    return done.stdout


def pipeline(**tasks: str) -> dict[str, str | bytes]:
    """An andon.toml with one-line tasks."""
    tables = "\n".join(f"[task.{name}]\n{text}" for name, text in tasks.items())
    return {"andon.toml": f"schema = 1\n{tables}\n"}
