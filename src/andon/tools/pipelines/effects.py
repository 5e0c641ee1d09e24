"""Gets done what runs want: reads pipelines, runs and kills tasks, packs artifacts, removes checkouts."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from andon.engine.dispatch import Performer, Tell
from andon.kernel.errors import Invalid, NotFound, PortError
from andon.kernel.ids import CommitId, short
from andon.tools.pipelines.causes import explained
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.part import only
from andon.tools.pipelines.model.pipeline import Pipeline, TaskSpec
from andon.tools.pipelines.model.pipeline_file import FILE_NAME
from andon.tools.pipelines.model.report_verdict import judged
from andon.tools.pipelines.model.reuse import with_input_digests
from andon.tools.pipelines.model.run import (
    KillTask,
    PackArtifact,
    ReadPipeline,
    RemoveWorkspace,
    ReportEnded,
    ReportNotPacked,
    ReportPacked,
    ReportPipeline,
    ReportRemoved,
    ReportStarted,
    ReportUnreadable,
    RunTask,
)
from andon.tools.pipelines.model.run_state import TestCounts
from andon.tools.pipelines.ports import Asking, Ended, Job, Packed, PackRequest, Sandbox, Tree
from andon.tools.pipelines.task_report import TaskEnd, report_of
from andon.tools.pipelines.verdict import verdict
from andon.tools.pipelines.world import World

#: the time of files when the commit's is not known
_BEGINNING = datetime.fromtimestamp(0, UTC)

#: for understanding a pushed file, once git has given it; nothing that a person writes takes a tenth of it
READ_WITHIN = timedelta(seconds=10)
NO_FILE = f"there is no {FILE_NAME} at this commit. Write one with: andon init"


def performers(world: World) -> dict[type, Performer]:
    """Who does which effect."""
    return {
        ReadPipeline: world.guarded(f"reading {FILE_NAME}", _Reading(world).perform),
        RunTask: _Running(world).perform,
        KillTask: _Killing(world).perform,
        PackArtifact: world.guarded("packing the artifact", _Packing(world).perform),
        RemoveWorkspace: _Removing(world).perform,
    }


@dataclass(frozen=True, slots=True)
class _Reading:
    world: World

    async def perform(self, effect: ReadPipeline, tell: Tell) -> None:
        try:
            text = await self.world.source.text(effect.repository, effect.commit, FILE_NAME)
            if text is None:
                await tell(ReportUnreadable(key=effect.key, outcome="skip", reason=NO_FILE))
                return
            async with asyncio.timeout(READ_WITHIN.total_seconds()):
                pipeline = await asyncio.to_thread(self._parsed, text)
                tasks = await self._with_reuse(effect, text, pipeline)
        except (Invalid, NotFound) as error:
            await tell(ReportUnreadable(key=effect.key, outcome="failure", reason=str(error)))
            return
        except TimeoutError:
            await tell(ReportUnreadable(key=effect.key, outcome="error", reason=_set_aside(effect.commit)))
            return
        report = ReportPipeline(
            key=effect.key,
            tasks=tasks,
            artifact=pipeline.artifact,
            service=pipeline.service,
            budget=pipeline.budget,
            committed_at=await self.world.source.committed_at(effect.repository, effect.commit),
        )
        await tell(report)

    def _parsed(self, text: str, paths: Collection[str] | None = None) -> Pipeline:
        return only(parse_pipeline(text, largest=self.world.largest, paths=paths), self.world.only)

    async def _with_reuse(self, effect: ReadPipeline, text: str, pipeline: Pipeline) -> tuple[TaskSpec, ...]:
        """The tasks with what is reused. Errors: Invalid, when inputs name no file of the commit."""
        if not any(task.inputs for task in pipeline.tasks):
            return pipeline.tasks
        files = {e.path: e.content for e in await self.world.source.entries(effect.repository, effect.commit)}
        await asyncio.to_thread(self._parsed, text, files.keys())
        tasks = await asyncio.to_thread(
            with_input_digests,
            pipeline.tasks,
            files,
            artifact_task=pipeline.artifact.task if pipeline.artifact else None,
            machine=await asyncio.to_thread(self.world.machine),
        )
        return tuple(self._reused(effect, task) for task in tasks)

    def _reused(self, effect: ReadPipeline, task: TaskSpec) -> TaskSpec:
        if not task.input_digest:
            return task
        asking = Asking(repository=effect.repository, task=task.name, branch=effect.branch, is_trunk=effect.trunk)
        earlier = self.world.reuse.green_run(asking, task.input_digest)
        return replace(task, reused_from=earlier) if earlier else task


@dataclass(frozen=True, slots=True)
class _Running:
    world: World

    async def perform(self, effect: RunTask, tell: Tell) -> None:
        sandbox = await self.world.runner.sandbox()
        try:
            async with self.world.try_for(f"the checkout for {effect.spec.name}", effect.number):
                job = _job(effect, await self._tree(effect, sandbox))
        except NotFound as error:
            raise PortError(str(error), permanent=True) from error
        if effect.is_new:
            await self._start(effect, job, sandbox, tell)
        ended = await self.world.runner.wait(job)
        async with self.world.try_for(f"reading the log and the reports of {job.task}", job.run):
            await tell(await self._report(effect, ended))

    async def _report(self, effect: RunTask, ended: Ended) -> ReportEnded:
        outcome, reason = verdict(ended)
        if ended.exit_code:
            reason = await explained(effect, ended.exit_code, reason, self.world.source, self.world.logs)
        tests, complaint = await self._tests(effect.spec, ended)
        if complaint and outcome == "success":
            outcome, reason = "failure", complaint
        elif complaint and tests is None:
            reason = f"{reason}; {complaint}"
        end = TaskEnd(
            key=effect.key,
            run=effect.number,
            task=effect.spec.name,
            outcome=outcome,
            reason=reason,
            took=ended.took,
            tests=tests,
            hosts=ended.hosts,
        )
        return await report_of(self.world.logs, end)

    async def _start(self, effect: RunTask, job: Job, sandbox: Sandbox, tell: Tell) -> None:
        if not sandbox.is_isolated:
            await self.world.logs.note(job.run, job.task, sandbox.reason)
        at = await self.world.runner.start(job)
        await tell(ReportStarted(key=effect.key, task=job.task, at=at))

    async def _tree(self, effect: RunTask, sandbox: Sandbox) -> Tree:
        spaces, inputs = self.world.workspaces, effect.spec.inputs
        if inputs:
            return await spaces.some(effect.number, effect.spec.name, effect.repository, effect.commit, inputs)
        if effect.makes_artifact or not sandbox.has_overlay:
            return await spaces.own(effect.number, effect.spec.name, effect.repository, effect.commit)
        return await spaces.shared(effect.number, effect.repository, effect.commit)

    async def _tests(self, spec: TaskSpec, ended: Ended) -> tuple[TestCounts | None, str]:
        """Test results that the task declared, and why they make it red; "" when they do not."""
        if not spec.reports or ended.exit_code is None:
            return None, ""
        try:
            reason, tests = judged(spec, await self.world.reports.read(ended.written, spec.reports))
        except Invalid as error:
            return None, f"its reports can't be read: {error}"
        return tests, reason


@dataclass(frozen=True, slots=True)
class _Killing:
    world: World

    async def perform(self, effect: KillTask, tell: Tell) -> None:
        ended = await self.world.runner.kill(effect.number, effect.task)
        end = TaskEnd(
            key=effect.key,
            run=effect.number,
            task=effect.task,
            outcome=effect.outcome,
            reason=effect.reason,
            took=ended.took,
            hosts=ended.hosts,
        )
        async with self.world.try_for(f"reading the log of {effect.task}", effect.number):
            await tell(await report_of(self.world.logs, end))


@dataclass(frozen=True, slots=True)
class _Packing:
    world: World

    async def perform(self, effect: PackArtifact, tell: Tell) -> None:
        try:
            packed = await self._pack(effect)
        except Invalid as error:
            await tell(ReportNotPacked(key=effect.key, outcome="failure", reason=f"artifact: {error}"))
            return
        report = ReportPacked(
            key=effect.key,
            artifact=effect.artifact.name,
            digest=packed.digest,
            size_bytes=packed.size_bytes,
            provenance=packed.provenance,
        )
        await tell(report)

    async def _pack(self, effect: PackArtifact) -> Packed:
        artifact = effect.artifact
        folder = await self.world.workspaces.inside(effect.number, artifact.task, artifact.path)
        request = PackRequest(
            run=effect.number,
            repository=effect.repository,
            commit=effect.commit,
            branch=effect.branch,
            artifact=artifact,
            service=effect.service,
            folder=folder,
            started_at=effect.started_at,
            committed_at=effect.committed_at or _BEGINNING,
        )
        return await self.world.packer.pack(request)


@dataclass(frozen=True, slots=True)
class _Removing:
    world: World

    async def perform(self, effect: RemoveWorkspace, tell: Tell) -> None:
        await self.world.workspaces.remove(effect.number)
        await tell(ReportRemoved(key=effect.key))


def _set_aside(commit: CommitId) -> str:
    seconds = READ_WITHIN.total_seconds()
    return (
        f"set aside: reading {FILE_NAME} of commit {short(commit)} did not end within {seconds:g} s. Make it smaller."
    )


def _job(effect: RunTask, tree: Tree) -> Job:
    """The spec's own environment may not pass for ours."""
    spec = effect.spec
    ours: tuple[tuple[str, str], ...] = (("ANDON_TASK", str(spec.name)), ("ANDON_REPOSITORY", str(effect.repository)))
    made: tuple[tuple[str, str], ...] = ()
    if not spec.inputs or effect.makes_artifact:  # another run may take the result of a task with inputs
        ours += (
            ("ANDON_RUN", str(effect.number)),
            ("ANDON_COMMIT", str(effect.commit)),
            ("ANDON_BRANCH", str(effect.branch)),
        )
        made = (("SOURCE_DATE_EPOCH", str(int((effect.committed_at or _BEGINNING).timestamp()))),)
    return Job(
        run=effect.number,
        task=spec.name,
        command=spec.run,
        env=(*made, *spec.env, *ours),
        network=spec.network,
        timeout=spec.timeout,
        tree=tree,
        limits=spec.limits,
    )
