"""From the text of a pipeline file to the pipeline, or to everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from andon.kernel.errors import Invalid
from andon.kernel.ids import ServiceName, TaskName
from andon.kernel.limits import LARGEST, AskedLimits, Limits
from andon.standards.reading import ReadContext
from andon.standards.shapes import describe, did_you_mean, quoted
from andon.standards.toml import read
from andon.tools.pipelines.model.graph import Needs, circles
from andon.tools.pipelines.model.limits_table import judge_limits
from andon.tools.pipelines.model.named_files import judge_inputs
from andon.tools.pipelines.model.pipeline import ArtifactSpec, Pipeline, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.pipeline_file import (
    FILE,
    FILE_NAME,
    SCHEMA,
    ArtifactTable,
    PipelineFileTable,
    PipelineServiceTable,
    TaskTable,
)

#: of all tasks together: a page draws each
_MOST_NEEDS = 2_000


def parse_pipeline(
    text: str, file: str = FILE_NAME, *, largest: Limits = LARGEST, paths: Collection[str] | None = None
) -> Pipeline:
    """The pipeline that the text describes; `largest` is what the server permits, `paths` the files of the commit.

    Errors: Invalid, with every problem, each with file, line, column and a caret.
    """
    document = read(text, file)
    schema = document.data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        message = f"this Andon reads schema {SCHEMA}, and the file says {describe(schema).removeprefix('the number ')}."
        raise Invalid(document.problem(("schema",), message, "A newer Andon may read it."))

    def judge(table: PipelineFileTable, here: ReadContext) -> None:
        _judge_tasks(table, here)
        _judge_artifact_and_service(table, here)
        _judge_limits(table, here, largest)
        if paths is not None:
            _judge_inputs(table, paths, here)

    return _pipeline(FILE.read_document(document, judge))


def _judge_limits(table: PipelineFileTable, here: ReadContext, largest: Limits) -> None:
    judge_limits(table.limits, here.below("limits"), largest)
    for name, task in table.task:
        judge_limits(task.limits, here.below("task").below(name).below("limits"), largest)
    if table.service is not None:
        judge_limits(table.service.limits, here.below("service").below("limits"), largest)


def _judge_inputs(table: PipelineFileTable, paths: Collection[str], here: ReadContext) -> None:
    """Patterns that could be read are compared with the files; all of them, or the places would be wrong."""
    for name, task in table.task:
        at = here.below("task").below(name).below("inputs")
        if task.inputs and at.value() == list(task.inputs):
            judge_inputs(task.inputs, paths, at)


def _judge_tasks(table: PipelineFileTable, here: ReadContext) -> None:
    """Notes what is wrong between tasks: needs of nothing, needs in a circle."""
    tasks = here.below("task")
    if tasks.value() == {}:
        tasks.wrong("there is no task.", 'A pipeline has at least one: [task.test] with run = "make test".')
    if sum(len(task.needs) for _, task in table.task) > _MOST_NEEDS:
        tasks.wrong(
            f"all needs together are more than {_MOST_NEEDS:,}.", "Name the last task of a chain only.", at="key"
        )
        return
    known = dict.fromkeys(name for name, _ in table.task)
    for name in known:
        _judge_needs(name, known, tasks.below(name).below("needs"))
    for circle in circles(_needs(table)):
        here_needs = tasks.below(circle[0]).below("needs")
        path = " -> ".join(circle)
        here_needs.wrong(f"these tasks wait for each other: {path}.", "Remove one of these needs.")


def _judge_needs(name: str, known: Collection[str], here: ReadContext) -> None:
    written = here.value()
    if not isinstance(written, list):
        return
    seen: set[str] = set()
    for index, need in enumerate(written):
        if not isinstance(need, str):
            continue  # said when it was read
        if need == name:
            here.below(index).wrong(f"{name} cannot wait for itself.")
        elif need not in known:
            here.below(index).wrong(f"there is no task {quoted(need)}.", _known_tasks(need, known, name))
        elif need in seen:
            here.below(index).wrong(f"{quoted(need)} is already in this list.")
        seen.add(need)


def _known_tasks(need: str, known: Iterable[str], name: str) -> str:
    others = [task for task in known if task != name]
    return did_you_mean(need, others) or (f"Tasks here: {', '.join(others[:12])}." if others else "")


def _needs(table: PipelineFileTable) -> Needs:
    """What each task waits for, without itself, which is said on its own."""
    return {TaskName(name): tuple(TaskName(need) for need in task.needs if need != name) for name, task in table.task}


def _judge_artifact_and_service(table: PipelineFileTable, here: ReadContext) -> None:
    makers = [name for name, task in table.task if task.artifact is not None]
    for name in makers[1:]:
        message = f"a pipeline publishes one artifact, and task {quoted(makers[0])} already has it."
        here.below("task").below(name).below("artifact").wrong(message, "Let one task bring both together.", at="key")
    if table.service is not None and table.task and not makers:
        remedy = 'Give the task that builds it: artifact = { name = "…", path = "…" }.'
        here.below("service").wrong("a service needs an artifact to run, and no task has one.", remedy, at="key")


def _pipeline(table: PipelineFileTable) -> Pipeline:
    tasks = tuple(_task(TaskName(name), task, table.limits) for name, task in table.task)
    artifacts = [_artifact(TaskName(name), task.artifact) for name, task in table.task if task.artifact]
    artifact = artifacts[0] if artifacts else None
    service = _service(table.service, artifact, table.limits) if table.service and artifact else None
    return Pipeline(tasks=tasks, artifact=artifact, service=service, budget=table.budget)


def _task(name: TaskName, table: TaskTable, common: AskedLimits) -> TaskSpec:
    return TaskSpec(
        name=name,
        run=table.run,
        needs=tuple(TaskName(need) for need in table.needs),
        inputs=table.inputs,
        env=table.env,
        timeout=table.timeout,
        network=table.network,
        limits=table.limits.over(common),
        reports=table.reports.junit,
        reports_advisory=table.reports.advisory,
        reports_minimum=table.reports.minimum,
    )


def _artifact(task: TaskName, table: ArtifactTable) -> ArtifactSpec:
    return ArtifactSpec(name=table.name, task=task, path=table.path, version=table.version, base=table.base)


def _service(table: PipelineServiceTable, artifact: ArtifactSpec, common: AskedLimits) -> ServiceSpec:
    return ServiceSpec(
        name=table.name or ServiceName(artifact.name),
        command=table.command,
        health=table.health,
        smoke=table.smoke,
        config=table.config,
        start_timeout=table.start_timeout,
        stop_timeout=table.stop_timeout,
        limits=table.limits.over(common),
    )
