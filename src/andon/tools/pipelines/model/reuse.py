"""Reuse by content: a task whose declared inputs, command and needs are those of an earlier green run need not run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.patterns import named_by, parse_pattern
from andon.tools.pipelines.model.pipeline import TaskSpec

#: changes when the meaning of a digest does, so that old ones are forgotten
_SCHEMA = "2"


def with_input_digests(
    tasks: Iterable[TaskSpec], files: Mapping[str, str], *, artifact_task: TaskName | None, machine: str
) -> tuple[TaskSpec, ...]:
    """The tasks with the digest of everything that their results depend on; "" for those that always run.

    `files` maps each path of the commit to its mode and object id; `machine` names what else a result depends on.
    A task without inputs always runs, and so do what needs it, the artifact's task, whose folder is wanted, and a task
    with network, whose result depends on what it fetched.
    """
    specs = {task.name: task for task in tasks}
    digests: dict[TaskName, str] = {}

    def digest(name: TaskName) -> str:
        if name not in digests:
            task = specs[name]
            needed = [digest(need) for need in task.needs]
            reusable = bool(task.inputs) and not task.network and name != artifact_task and all(needed)
            digests[name] = _digest(task, files, needed, machine) if reusable else ""
        return digests[name]

    return tuple(replace(task, input_digest=digest(task.name)) for task in specs.values())


def _digest(task: TaskSpec, files: Mapping[str, str], needed: list[str], machine: str) -> str:
    """Of all that the task is told but its time limit, of each file that it sees, its needs, and the machine."""
    told = asdict(replace(task, input_digest="", reused_from=None, needs=(), timeout=timedelta(0)))
    named = named_by(map(parse_pattern, task.inputs), files)
    about = [_SCHEMA, machine, told, sorted(needed), [(path, files[path]) for path in sorted(named)]]
    return hashlib.sha256(json.dumps(about, ensure_ascii=True, default=str).encode()).hexdigest()
