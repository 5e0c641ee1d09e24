"""Reuse by content: a task whose declared inputs, command and needs are those of an earlier green run need not run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.pipeline import TaskSpec

#: changes when the meaning of a digest does, so that old ones are forgotten
_SCHEMA = "1"


def with_input_digests(
    tasks: Iterable[TaskSpec], files: Mapping[str, str], *, artifact_task: TaskName | None, machine: str
) -> tuple[TaskSpec, ...]:
    """The tasks with the digest of everything that their results depend on; "" for those that always run.

    `files` maps each path of the commit to its mode and object id; `machine` names what else a result depends on.
    A task without inputs always runs, and so does what needs it, and so does the artifact's task: its folder is wanted.
    """
    specs = {task.name: task for task in tasks}
    digests: dict[TaskName, str] = {}

    def digest(name: TaskName) -> str:
        if name not in digests:
            task = specs[name]
            needed = [digest(need) for need in task.needs]
            reusable = bool(task.inputs) and name != artifact_task and all(needed)
            digests[name] = _digest(task, files, needed, machine) if reusable else ""
        return digests[name]

    return tuple(replace(task, input_digest=digest(task.name)) for task in specs.values())


def _digest(task: TaskSpec, files: Mapping[str, str], needed: list[str], machine: str) -> str:
    matching = {path: files[path] for path in sorted(files) if matches(path, task.inputs)}
    about = [
        *(_SCHEMA, machine, task.run, task.env, task.network, task.reports, task.inputs),
        *(task.reports_advisory, task.reports_minimum),
        *(sorted(needed), matching),
    ]
    return hashlib.sha256(json.dumps(about, ensure_ascii=True).encode()).hexdigest()


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether a path is meant: "*" is within a folder, "**" any depth, and a folder's name means all below it."""
    return any(_pattern(glob).fullmatch(path) for glob in globs)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    glob = glob.removeprefix("./").rstrip("/") or "**"
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    meant = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(meant.get(part, re.escape(part)) for part in parts)
    return re.compile(f"{body}(?:/.*)?", re.DOTALL)
