"""Reuse by content."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.pipeline import TaskSpec
from andon.tools.pipelines.model.reuse import with_input_digests

FILES = {"src/a.py": "100644 1", "docs/a.md": "100644 2"}
LINT = TaskSpec(name=TaskName("lint"), run="lint", inputs=("src/**",))


def digests(*tasks: TaskSpec, files: dict[str, str] = FILES, artifact: str = "", machine: str = "") -> list[str]:
    found = with_input_digests(tasks, files, artifact_task=TaskName(artifact) if artifact else None, machine=machine)
    return [task.input_digest for task in found]


def test_the_same_inputs_give_the_same_digest() -> None:
    """Files that the task does not name do not matter."""
    assert digests(LINT) == digests(LINT, files={**FILES, "docs/a.md": "100644 3"})


@pytest.mark.parametrize(
    "changed",
    [
        replace(LINT, run="lint --all"),
        replace(LINT, env=(("A", "1"),)),
        replace(LINT, reports=("out/*.xml",)),
        replace(LINT, inputs=("src/**", "docs/**")),
    ],
)
def test_another_command_environment_or_input_gives_another_digest(changed: TaskSpec) -> None:
    """Everything that the result depends on counts."""
    assert digests(LINT) != digests(changed)


def test_a_changed_mode_or_machine_gives_another_digest() -> None:
    """An executable file is another file; another search path is another machine."""
    assert digests(LINT) != digests(LINT, files={**FILES, "src/a.py": "100755 1"})
    assert digests(LINT) != digests(LINT, machine="other")


def test_a_need_counts_with_all_its_inputs() -> None:
    """When what it needs would run anew, so does the task."""
    unit = TaskSpec(name=TaskName("unit"), run="test", inputs=("docs/**",), needs=(TaskName("lint"),))
    before, after = digests(LINT, unit), digests(LINT, unit, files={**FILES, "src/a.py": "100644 9"})
    assert before[1] != after[1]


def test_a_task_with_network_always_runs() -> None:
    """Its result depends on what it fetches."""
    assert digests(replace(LINT, network=True)) == [""]


def test_tasks_without_inputs_and_the_artifacts_task_always_run() -> None:
    """And so does what needs them."""
    free = TaskSpec(name=TaskName("free"), run="true")
    after = TaskSpec(name=TaskName("after"), run="true", inputs=("src/**",), needs=(TaskName("free"),))
    assert digests(free, after) == ["", ""]
    assert digests(LINT, artifact="lint") == [""]
