"""The world under the line: processes, a router, a registry, all simulated; one function an effect."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from andon.kernel.decider import Command
from andon.kernel.ids import ArtifactName, CommitId, Digest, ServiceName, StreamId, TaskName
from andon.testing.world import Port, SeededWorld
from andon.tools.artifacts.model.artifact import TagVersion
from andon.tools.delivery.model import line, reports, retirement, wishes
from andon.tools.delivery.model.line_report import ReportLine
from andon.tools.delivery.model.slots import Slot
from andon.tools.delivery.model.traffic import Mode
from andon.tools.pipelines.model import run
from andon.tools.pipelines.model.pipeline import ArtifactSpec, CheckSpec, ServiceSpec, TaskSpec

Reports = Sequence[Command[Any]]
SHOP = ServiceName("shop")
HEALTH = CheckSpec(path="/health", status=200, contains="")
SERVICE = ServiceSpec(
    name=SHOP,
    command=("serve",),
    health=HEALTH,
    smoke=(HEALTH,),
    config=(),
    start_timeout=timedelta(seconds=30),
    stop_timeout=timedelta(seconds=10),
)


@dataclass(slots=True)
class Instance:
    """One simulated process of a service."""

    digest: Digest
    steps_to_health: int
    restarts: int = 0


@dataclass(slots=True)
class Ground:
    """What really runs, whatever anybody believes."""

    instances: dict[tuple[str, str, Slot], Instance] = field(default_factory=dict)
    routes: dict[tuple[str, str], dict[Slot, Mode]] = field(default_factory=dict)
    #: how often a digest was stored, which must be harmless
    stored: dict[Digest, int] = field(default_factory=dict)
    tagged: dict[str, Digest] = field(default_factory=dict)
    #: commits whose tests fail, whose service does not pass its smoke check, whose service dies at once
    red: set[CommitId] = field(default_factory=set)
    smoky: set[Digest] = field(default_factory=set)
    deadly: set[Digest] = field(default_factory=set)

    def ports(self) -> dict[type, Port]:
        """Who does which effect."""
        return {
            run.ReadPipeline: self.read_pipeline,
            run.RunTask: self.run_task,
            run.KillTask: self.kill_task,
            run.PackArtifact: self.pack,
            run.RemoveWorkspace: lambda world, at, wish: (run.ReportRemoved(key=wish.key),),
            TagVersion: self.tag,
            line.ReadLine: lambda world, at, wish: (ReportLine(key=wish.key, text=LINE_TOML),),
            wishes.KeepSlot: self.keep,
            wishes.SmokeSlot: self.smoke,
            wishes.KeepRoute: self.route,
            wishes.DrainSlot: self.drain,
            wishes.StopSlot: self.stop,
            retirement.CloseRoute: self.close,
        }

    def read_pipeline(self, world: SeededWorld, at: StreamId, wish: run.ReadPipeline) -> Reports:
        tasks = (task("lint"), task("unit"), task("package", "lint", "unit"))
        artifact = ArtifactSpec(name=ArtifactName("shop"), task=TaskName("package"), path="dist", version="1", base="")
        budget = timedelta(minutes=5)
        return (run.ReportPipeline(key=wish.key, tasks=tasks, artifact=artifact, service=SERVICE, budget=budget),)

    def run_task(self, world: SeededWorld, at: StreamId, wish: run.RunTask) -> Reports:
        started = run.ReportStarted(key=wish.key, task=wish.spec.name, at=world.now)
        if world.rng.random() < 0.5:
            return (started,)
        is_red = wish.commit in self.red and wish.spec.name == "unit"
        outcome: Any = "failure" if is_red else "success"
        return (started, run.ReportEnded(key=wish.key, task=wish.spec.name, outcome=outcome, reason=""))

    def kill_task(self, world: SeededWorld, at: StreamId, wish: run.KillTask) -> Reports:
        return (run.ReportEnded(key=wish.key, task=wish.task, outcome="cancel", reason=wish.reason),)

    def pack(self, world: SeededWorld, at: StreamId, wish: run.PackArtifact) -> Reports:
        digest = digest_of(wish.commit)
        self.stored[digest] = self.stored.get(digest, 0) + 1
        return (
            run.ReportPacked(
                key=wish.key, artifact=wish.artifact.name, digest=digest, size_bytes=1, provenance=digest_of("p")
            ),
        )

    def tag(self, world: SeededWorld, at: StreamId, wish: TagVersion) -> Reports:
        assert self.tagged.setdefault(f"{wish.name}:{wish.version}", wish.digest) == wish.digest, "a tag was moved"
        return (wish.done(),)

    def keep(self, world: SeededWorld, at: StreamId, wish: wishes.KeepSlot) -> Reports:
        where = (wish.request.environment, wish.request.service, wish.slot)
        digest = wish.request.digest
        if digest in self.deadly:
            return (wish.failed("it ended at once"),)
        instance = self.instances.get(where)
        if instance is None:
            self.instances[where] = instance = Instance(digest, world.rng.randrange(3))
            if wish.ready:
                instance.restarts += 1
                report = reports.ReportRestarted(
                    key=wish.key, slot=wish.slot, restarts=world.rng.randrange(9), reason="x"
                )
                return (report,)
        assert instance.digest == digest, "a slot was filled twice"
        instance.steps_to_health -= 1
        if instance.steps_to_health > 0 or wish.ready:
            return ()
        return (reports.ReportReady(key=wish.key, slot=wish.slot, port=9000 + (wish.slot == "green")),)

    def smoke(self, world: SeededWorld, at: StreamId, wish: wishes.SmokeSlot) -> Reports:
        passed = wish.request.digest not in self.smoky
        return (reports.ReportSmoke(key=wish.key, passed=passed, checks=1, reason="" if passed else "500"),)

    def route(self, world: SeededWorld, at: StreamId, wish: wishes.KeepRoute) -> Reports:
        where = (wish.route.environment, wish.route.service)
        self.routes[where] = {server.slot: server.mode for server in wish.route.servers}
        return (reports.ReportRouted(key=wish.key, port=8700),)

    def drain(self, world: SeededWorld, at: StreamId, wish: wishes.DrainSlot) -> Reports:
        done = world.rng.random() < 0.5
        return (reports.ReportDrained(key=wish.key, slot=wish.slot),) if done else ()

    def stop(self, world: SeededWorld, at: StreamId, wish: wishes.StopSlot) -> Reports:
        self.instances.pop((wish.request.environment, wish.request.service, wish.slot), None)
        return (reports.ReportStopped(key=wish.key, slot=wish.slot),)

    def close(self, world: SeededWorld, at: StreamId, wish: retirement.CloseRoute) -> Reports:
        self.routes.pop((wish.environment, wish.service), None)
        return (retirement.ReportClosed(key=wish.key),)


def task(name: str, *needs: str) -> TaskSpec:
    """A task of the simulated pipeline."""
    return TaskSpec(
        name=TaskName(name),
        run="true",
        needs=tuple(TaskName(n) for n in needs),
        inputs=(),
        env=(),
        timeout=timedelta(minutes=5),
        network=False,
        reports=(),
        input_digest="",
        reused_from=None,
    )


def digest_of(text: str) -> Digest:
    """A digest made of anything."""
    return Digest("sha256:" + hashlib.sha256(text.encode()).hexdigest())


LINE_TOML = """\
schema = 1

[[environment]]
name = "test"
promotion = "automatic"

[[environment]]
name = "production"
promotion = "manual"
drain = "5s"
"""
