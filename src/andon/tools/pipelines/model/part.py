"""A part of a pipeline: some tasks, with all that they need."""

from __future__ import annotations

from dataclasses import replace

from andon.kernel.errors import Invalid
from andon.tools.pipelines.model.pipeline import Pipeline


def only(pipeline: Pipeline, names: tuple[str, ...]) -> Pipeline:
    """The pipeline with these tasks and what they need; without names, all of it. Errors: Invalid for unknown ones."""
    if not names:
        return pipeline
    tasks = {str(task.name): task for task in pipeline.tasks}
    for name in names:
        if name not in tasks:
            raise Invalid(f'There is no task "{name[:60]}". Tasks here: {", ".join(tasks)}.')
    wanted: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += tasks[name].needs
    artifact = pipeline.artifact if pipeline.artifact and pipeline.artifact.task in wanted else None
    return replace(
        pipeline,
        tasks=tuple(task for task in pipeline.tasks if task.name in wanted),
        artifact=artifact,
        service=pipeline.service if artifact else None,
    )
