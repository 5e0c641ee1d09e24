"""A run decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from andon.kernel.errors import NotFound, Refused
from andon.kernel.ids import BranchName, TaskName
from andon.tools.pipelines.model.run import (
    NOUN,
    CancelRun,
    KillTask,
    PackArtifact,
    ReadPipeline,
    RemoveWorkspace,
    ReportEnded,
    ReportRemoved,
    ReportUnreadable,
    RunTask,
    State,
    Tick,
    want,
)
from andon.tools.pipelines.model.run_progress import kill_key, read_key, remove_key
from andon.tools.pipelines.model.run_state import (
    PackingStarted,
    RunFinished,
    TaskFinished,
    TaskReused,
    TaskStarted,
    TaskStopping,
)

from .makers import NOW, ONE, PACKED, QUEUE, SHOP, after, ended, read, started, task


def running(state: State) -> list[str]:
    return [effect.spec.name for effect in want(state, NOW) if isinstance(effect, RunTask)]


def killed(state: State) -> list[str]:
    return [effect.task for effect in want(state, NOW) if isinstance(effect, KillTask)]


def test_a_queued_run_reads_its_pipeline() -> None:
    """The first thing wanted is andon.toml."""
    state, _ = after(QUEUE)
    assert [type(effect) for effect in want(state, NOW)] == [ReadPipeline]


def test_tasks_run_side_by_side_as_soon_as_what_they_need_is_green() -> None:
    """lint and unit at once; package when both are green."""
    state, _ = after(QUEUE, read(task("lint"), task("unit"), task("package", "lint", "unit")))
    assert running(state) == ["lint", "unit"]
    state, _ = after(started("lint"), ended("lint"), state=state)
    assert running(state) == ["unit"]
    state, _ = after(ended("unit"), state=state)
    assert running(state) == ["package"]


def test_a_green_run_packs_its_artifact_and_then_ends() -> None:
    """RunFinished carries what was packed."""
    state, events = after(QUEUE, read(task("package"), artifact=SHOP), ended("package"))
    assert isinstance(events[-1], PackingStarted)
    assert [type(effect) for effect in want(state, NOW)] == [PackArtifact]
    state, events = after(PACKED, state=state)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.outcome, finished.artifact, finished.version_prefix) == ("success", events[0], "1")


def test_the_first_red_task_ends_the_run() -> None:
    """What has not started is not started; what runs is killed; the run names the red task."""
    tasks = (task("lint"), task("unit"), task("package", "lint", "unit"))
    state, _ = after(QUEUE, read(*tasks), started("lint"), started("unit"))
    state, events = after(ended("lint", "failure", "exit code 1"), state=state)
    assert [type(event) for event in events] == [TaskFinished, TaskStopping, TaskFinished]
    assert events[-1].reason == "not needed any more: lint is red"
    assert (running(state), killed(state)) == ([], ["unit"])
    killing = ReportEnded(key=kill_key(ONE, TaskName("unit")), task=TaskName("unit"), outcome="cancel", reason="")
    state, events = after(killing, state=state)
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].outcome, events[-1].reason) == ("failure", "lint: exit code 1")


def test_a_task_reused_does_not_run() -> None:
    """Nor do those that need it wait."""
    state, events = after(QUEUE, read(task("unit", reused_from=7), task("package", "unit")))
    assert [type(event) for event in events][-1] is TaskReused
    assert running(state) == ["package"]


def test_a_run_of_reused_tasks_is_green_at_once() -> None:
    """Nothing is left to do."""
    _, events = after(QUEUE, read(task("lint", reused_from=7), task("unit", "lint", reused_from=7)))
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome == "success"


def test_cancelling_kills_what_runs_and_ends_the_run() -> None:
    """The verdict is cancel, and says who wanted it."""
    state, _ = after(QUEUE, read(task("unit"), task("package", "unit")), started("unit"))
    state, _ = after(CancelRun(reason="cord pulled by ada"), state=state)
    assert killed(state) == ["unit"]
    killing = ReportEnded(key=kill_key(ONE, TaskName("unit")), task=TaskName("unit"), outcome="cancel", reason="")
    state, events = after(killing, state=state)
    assert (events[-1].outcome, events[-1].reason) == ("cancel", "cancelled: cord pulled by ada")


@pytest.mark.parametrize("packing", [False, True])
def test_cancelling_without_a_running_task_ends_the_run_at_once(packing: bool) -> None:
    """While andon.toml is read, and while the artifact is packed."""
    state, _ = after(QUEUE)
    if packing:
        state, _ = after(read(task("package"), artifact=SHOP), ended("package"), state=state)
    _, events = after(CancelRun(reason="enough"), state=state)
    assert (type(events[-1]), events[-1].outcome) == (RunFinished, "cancel")


def test_a_report_on_a_wish_that_is_over_changes_nothing() -> None:
    """A green result that arrives while the task is being killed does not count."""
    state, _ = after(QUEUE, read(task("unit")), started("unit"), CancelRun(reason="enough"))
    assert after(ended("unit"), state=state)[1] == []


def test_a_result_without_a_start_is_a_start_too() -> None:
    """The report of the start was lost; history has it all the same."""
    _, events = after(QUEUE, read(task("unit")), ended("unit"))
    assert [type(event) for event in events[2:4]] == [TaskStarted, TaskFinished]


def test_an_invalid_pipeline_ends_the_run_with_its_problems() -> None:
    """It is the commit's failure, not ours."""
    report = ReportUnreadable(key=read_key(ONE), outcome="failure", reason="andon.toml:3:1: no task")
    _, events = after(QUEUE, report)
    assert (events[-1].outcome, events[-1].reason) == ("failure", "andon.toml:3:1: no task")


def test_a_task_that_never_reports_is_killed_and_counts_as_our_error() -> None:
    """A minute after its timeout the run stops waiting for it."""
    state, _ = after(QUEUE, read(task("unit")), started("unit"))
    due = NOUN.deadline(state)
    assert due == NOW + timedelta(minutes=11)
    state, events = after(Tick(), state=state, now=due)
    assert isinstance(events[0], TaskStopping)
    later = NOUN.deadline(state)
    assert later is not None
    _, events = after(Tick(), state=state, now=later)
    assert (type(events[-1]), events[-1].outcome) == (RunFinished, "error")


def test_what_cannot_be_read_or_packed_in_time_is_our_error() -> None:
    """Everything in progress has a deadline."""
    state, _ = after(QUEUE)
    _, events = after(Tick(), state=state, now=NOW + timedelta(minutes=2))
    assert (events[-1].outcome, events[-1].reason) == ("error", "andon.toml could not be read within 2 min")
    state, _ = after(QUEUE, read(task("package"), artifact=SHOP), ended("package"))
    _, events = after(Tick(), state=state, now=NOW + timedelta(minutes=15))
    assert events[-1].outcome == "error"


def test_nothing_happens_before_the_deadline() -> None:
    """An early tick is none."""
    state, _ = after(QUEUE)
    assert after(Tick(), state=state)[1] == []


def test_a_finished_run_leaves_no_checkout() -> None:
    """It is closed when its workspace is gone."""
    state, _ = after(QUEUE, read(task("unit")), ended("unit"))
    assert [type(effect) for effect in want(state, NOW)] == [RemoveWorkspace]
    assert NOUN.is_open(state)
    state, _ = after(ReportRemoved(key=remove_key(ONE)), state=state)
    assert not NOUN.is_open(state)
    assert want(state, NOW) == ()


def test_queueing_the_same_run_twice_is_once() -> None:
    """The flow may repeat itself."""
    state, _ = after(QUEUE)
    assert after(QUEUE, state=state)[1] == []


def test_a_number_is_never_given_to_another_commit() -> None:
    """Refused, with the rule."""
    state, _ = after(QUEUE)
    other = type(QUEUE)(
        number=ONE,
        repository=QUEUE.repository,
        commit=QUEUE.commit,
        branch=BranchName("side"),
        trunk=False,
        subject="",
        author="",
    )
    with pytest.raises(Refused, match="run-numbers"):
        after(other, state=state)


def test_what_is_over_cannot_be_cancelled() -> None:
    """And what never was is not found."""
    with pytest.raises(NotFound):
        after(CancelRun(reason="enough"))
    state, _ = after(QUEUE, read(task("unit")), ended("unit"))
    with pytest.raises(Refused, match="run-finished"):
        after(CancelRun(reason="enough"), state=state)
