"""Keeping an instance up, over a runtime of paper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from andon.kernel.crash_guard import CrashGuard, unguarded
from andon.kernel.errors import PortError
from andon.kernel.ids import ArtifactName, Digest, EnvironmentName, ServiceName
from andon.testing.waiting import until
from andon.tools.delivery.effects.keeping import Keeper
from andon.tools.delivery.model.promotion import Request
from andon.tools.delivery.model.reports import ReportGone, ReportReady, ReportRestarted
from andon.tools.delivery.model.slots import State
from andon.tools.delivery.model.wishes import KeepSlot
from andon.tools.delivery.ports import DeliveryPorts, Instance, Launch, Listener, SlotKey, UnpackedImage
from andon.tools.pipelines.events import CheckSpec, ServiceSpec
from tests.deaths import died

from ..model.street import SHOP, request

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPEC = ServiceSpec(name=SHOP, command=("shop",), health=CheckSpec(path="/health"), start_timeout=timedelta(seconds=0.1))


@dataclass(slots=True)
class Paper:
    """Every port that keeping needs, without a world behind it."""

    running: Instance | None = None
    launched: list[Launch] = field(default_factory=list)
    stopped: list[SlotKey] = field(default_factory=list)
    end: asyncio.Event = field(default_factory=asyncio.Event)
    wrong: str = ""
    #: questions for its health
    asked: int = 0
    trouble: list[str] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)

    async def fetch(self, name: ArtifactName, digest: Digest) -> UnpackedImage:
        if self.trouble:
            raise PortError(self.trouble.pop(0))
        labels = (("dev.andon.service", msgspec.json.encode(SPEC).decode()),)
        return UnpackedImage(root=Path("/nowhere"), has_base=False, command=(), env=(), labels=labels)

    async def verify(self, name: ArtifactName, digest: Digest) -> None:
        return None

    async def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        return {"PASSWORD": "hunter2"}

    async def adopt(self, key: SlotKey) -> Instance | None:
        return self.running

    async def start(self, launch: Launch) -> Instance:
        self.launched.append(launch)
        self.end = asyncio.Event()
        self.running = Instance(key=launch.key, port=launch.port or 20001, starts=launch.starts + 1)
        return self.running

    async def ended(self, instance: Instance) -> str:
        await self.end.wait()
        return "it ended with exit code 1"

    async def listeners(self, instance: Instance) -> tuple[Listener, ...]:
        return (Listener(address="127.0.0.1", port=instance.port),)

    async def last_lines(self, key: SlotKey, count: int) -> tuple[str, ...]:
        return ("last words",)

    async def stop(self, key: SlotKey, timeout: timedelta) -> None:  # noqa: ASYNC109  (see ports.Runtime)
        self.stopped.append(key)
        self.running = None

    async def ask(self, check: CheckSpec, port: int, within: timedelta) -> str:
        self.asked += 1
        return self.wrong

    async def tell(self, report: Any) -> None:
        self.reports.append(report)

    def told(self, kind: type) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]


@asynccontextmanager
async def kept(
    paper: Paper, *, ready: bool, restarts: int = 0, trying: CrashGuard = unguarded
) -> AsyncIterator[asyncio.Task[None]]:
    """Keeping goes on meanwhile."""
    (requested, *_) = request("a").decide(State(), NOW)
    wish = KeepSlot(
        slot="blue",
        request=cast(Request, requested),
        ready=ready,
        port=20001 if ready else 0,
        restarts=restarts,
    )
    papers = dict.fromkeys(DeliveryPorts.__slots__, cast(Any, paper))
    ports = DeliveryPorts(**papers | {"trying": trying})
    task = asyncio.create_task(Keeper(ports, wish, paper.tell, look_every_s=0.005).keep())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_first_start_is_told_when_it_is_healthy() -> None:
    """With the port, and with everything that the service is told."""
    paper = Paper()
    async with kept(paper, ready=False):
        await until(lambda: paper.told(ReportReady), what="the report")
    assert paper.told(ReportReady)[0].port == 20001
    assert paper.launched[0].environment["PASSWORD"] == "hunter2"


async def test_a_first_start_that_fails_ends_the_keeping() -> None:
    """The verdict is the noun's; nothing is tried again."""
    paper = Paper(wrong="GET /health answered 500")
    async with kept(paper, ready=False) as task:
        await task
    (gone,) = paper.reports
    assert isinstance(gone, ReportGone)
    assert gone.reason == "not healthy within 0.1 s: GET /health answered 500\nlast words"


async def test_an_image_that_cannot_be_had_fails_the_first_start() -> None:
    """In its own words."""
    paper = Paper(trouble=["the registry is away"])
    async with kept(paper, ready=False) as task:
        await task
    assert [report.reason for report in paper.reports] == ["the registry is away"]


async def test_what_runs_already_is_not_started() -> None:
    """After a restart of the server nothing is told, for nothing happened."""
    before, after = Paper(), Paper()
    async with kept(before, ready=False):
        await until(lambda: before.told(ReportReady), what="the first start")
    after.running = before.running
    async with kept(after, ready=True):
        await until(lambda: after.asked > 1, what="questions for its health")
    assert (after.launched, after.reports) == ([], [])


async def test_an_instance_that_dies_is_started_again_on_its_port() -> None:
    """It is told as lost while it is away, and as restarted when it is back, with its last words."""
    paper = Paper()
    async with kept(paper, ready=False):
        await until(lambda: paper.told(ReportReady), what="the first start")
        paper.end.set()
        await until(lambda: paper.told(ReportRestarted), what="the restart")
    (restarted,) = paper.told(ReportRestarted)
    assert (restarted.restarts, restarted.reason) == (1, "it ended with exit code 1\nlast words")
    assert [launch.port for launch in paper.launched] == [0, 20001]
    assert len(paper.told(ReportGone)) == 1


async def test_what_was_gone_when_the_server_came_back_is_started_at_once() -> None:
    """Its restarts are counted on from what the ledger knows."""
    paper = Paper()
    async with kept(paper, ready=True, restarts=4):
        await until(lambda: paper.told(ReportRestarted), what="the restart")
    (restarted,) = paper.reports
    assert (restarted.restarts, restarted.reason) == (5, "it was gone when the server came back")


async def test_an_instance_that_does_not_answer_any_more_is_ended_and_started_again() -> None:
    """Only after several bad answers in a row."""
    paper = Paper()
    async with kept(paper, ready=False):
        await until(lambda: paper.told(ReportReady), what="the first start")
        paper.wrong = "GET /health was not answered within 5 s"
        await until(lambda: paper.stopped, what="the end of the sick one")
        paper.wrong = ""
        await until(lambda: paper.told(ReportRestarted), what="the restart")
    assert "it did not answer its health check 3 times" in paper.told(ReportGone)[0].reason


async def test_what_cannot_be_started_is_tried_again_and_told_why() -> None:
    """Until the world is well again."""
    paper = Paper(trouble=["the registry is away"])
    async with kept(paper, ready=True):
        await until(lambda: paper.told(ReportRestarted), what="the restart")
    assert [report.reason for report in paper.told(ReportGone)] == ["the registry is away"]


async def test_an_image_that_servers_died_of_is_not_unpacked(tmp_path: Path) -> None:
    """The promotion fails with the reason; the next one of the same image tries it again."""
    (requested, *_) = request("a").decide(State(), NOW)
    asked = cast(Request, requested)
    work = f"unpacking {asked.artifact} {asked.version} in {asked.environment} ({asked.promotion})"
    paper = Paper()
    async with kept(paper, ready=False, trying=died(tmp_path, work).trying) as task:
        await task
    (gone,) = paper.reports
    assert isinstance(gone, ReportGone)
    assert "set aside: the server ended 3 times during unpacking" in gone.reason
    assert f"andon promote {asked.service} --env {asked.environment} --version {asked.version}" in gone.reason
