"""Runs, as people ask for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import NO_CHAIN, Actor, BranchName, CommitId, EventId, RepositoryName, RunNumber, TaskName, stream
from andon.tools.pipelines.events import (
    Outcome,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
)
from andon.tools.pipelines.model.run_progress import finish_task
from andon.tools.pipelines.ports import Asking
from andon.tools.pipelines.views import Runs
from andon.tools.source.events import RepositoryArchived, RepositoryCreated, RepositoryUnarchived

from .model.makers import NOW, QUEUE, task

ADA = Actor("ada")


class Morning:
    """Tells events to the view, one a minute."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def happened(self, number: int, *events: Any) -> None:
        for event in events:
            self.now += timedelta(minutes=1)
            self.runs.apply(
                Envelope(
                    position=1,
                    sequence=1,
                    id=EventId("e"),
                    stream=stream("run", number),
                    type="",
                    at=self.now,
                    actor=ADA,
                    cause=None,
                    chain=NO_CHAIN,
                    event=event,
                )
            )

    def run(self, number: int, outcome: str, *, author: str = "Ada", branch: str = "trunk") -> None:
        """A whole run."""
        self.queue(number, author=author, branch=branch)
        self.finish(number, outcome, branch=branch)

    def queue(self, number: int, *, author: str = "Ada", branch: str = "trunk") -> None:
        self.happened(number, queued(number, author, branch))

    def finish(self, number: int, outcome: str, *, branch: str = "trunk") -> None:
        self.happened(number, finished(number, outcome, branch))


def queued(number: int, author: str = "Ada", branch: str = "trunk") -> RunQueued:
    return RunQueued(
        number=RunNumber(number),
        repository=QUEUE.repository,
        commit=QUEUE.commit,
        branch=BranchName(branch),
        trunk=branch == "trunk",
        subject=f"Change {number}",
        author=author,
        at=NOW,
    )


def finished(number: int, outcome: Any, branch: str = "trunk") -> RunFinished:
    return RunFinished(
        number=RunNumber(number),
        repository=QUEUE.repository,
        commit=QUEUE.commit,
        branch=BranchName(branch),
        trunk=branch == "trunk",
        outcome=outcome,
        reason="",
        took=timedelta(seconds=1),
        artifact=None,
        service=None,
        version_prefix="",
    )


@pytest.fixture
def morning() -> Morning:
    """A view without anything in it."""
    return Morning()


def test_the_trunk_says_since_when_and_by_whose_change(morning: Morning) -> None:
    """The run that turned it counts, not those that found it so."""
    morning.run(1, "success")
    morning.run(2, "failure", author="Grace")
    turned = morning.now
    morning.run(3, "error", author="Linus")
    trunk = morning.runs.trunk("shop")
    assert trunk is not None
    assert (trunk.lamp, trunk.author, trunk.since) == ("red", "Grace", turned)
    assert trunk.last == 3
    morning.run(4, "success")
    trunk = morning.runs.trunk("shop")
    assert trunk is not None
    assert (trunk.lamp, trunk.last) == ("green", 4)


def test_an_old_commit_that_is_run_again_says_nothing_about_the_trunk(morning: Morning) -> None:
    """The trunk's order counts, not when a run ended."""
    old = CommitId("0" * 40)
    morning.happened(1, replace(queued(1), commit=old))
    morning.happened(1, replace(finished(1, "failure"), commit=old))
    morning.run(2, "success")
    morning.happened(3, replace(queued(3), commit=old))
    morning.happened(3, replace(finished(3, "failure"), commit=old))
    trunk = morning.runs.trunk("shop")
    assert trunk is not None
    assert (trunk.lamp, trunk.last) == ("green", 2)


def test_branches_and_cancelled_runs_say_nothing_about_the_trunk(morning: Morning) -> None:
    """Nor does a run that ends after a newer one."""
    morning.run(1, "failure", branch="side")
    morning.run(2, "cancel")
    assert morning.runs.trunk("shop") is None
    morning.queue(3)
    morning.run(4, "success")
    morning.finish(3, "failure")
    assert [trunk.lamp for trunk in morning.runs.trunks()] == ["green"]


def test_a_repository_that_was_archived_has_no_trunk_until_it_is_opened(morning: Morning) -> None:
    """Nobody could make a red one green."""
    morning.run(1, "failure")
    name = morning.runs.trunks()[0].repository
    morning.happened(0, RepositoryArchived(repository=name, by=Actor("ada"), reason="moved", at=NOW))
    assert morning.runs.trunks() == ()
    morning.happened(0, RepositoryUnarchived(repository=name, reason="back"))
    assert [trunk.lamp for trunk in morning.runs.trunks()] == ["red"]


def test_runs_are_found_by_repository_branch_and_commit(morning: Morning) -> None:
    """Newest first."""
    morning.run(1, "success")
    morning.run(2, "success", branch="side")
    morning.queue(3)
    assert [run.number for run in morning.runs.newest(2)] == [3, 2]
    assert [run.number for run in morning.runs.newest(9, "shop", "trunk")] == [3, 1]
    assert [run.number for run in morning.runs.of_commit("shop", QUEUE.commit)] == [3, 2, 1]
    assert [run.number for run in morning.runs.unfinished()] == [3]
    assert list(morning.runs.of_repository("")) == []


def test_what_is_not_there_is_not_found_with_what_is(morning: Morning) -> None:
    """A run, and a task of a run."""
    with pytest.raises(NotFound, match="andon runs"):
        morning.runs.get(7)
    morning.queue(1)
    morning.happened(1, PipelineRead(tasks=(task("unit"),), artifact=None, service=None, budget=timedelta(1), at=NOW))
    with pytest.raises(NotFound, match="unit"):
        morning.runs.get(1).task("lint")


def test_a_task_is_seen_as_it_goes(morning: Morning) -> None:
    """Waiting, running, ended; reused when it did not run."""
    specs = (task("unit"), task("lint"))
    morning.happened(1, queued(1), PipelineRead(tasks=specs, artifact=None, service=None, budget=timedelta(1), at=NOW))
    seen = [morning.runs.get(1).task("unit").lamp]
    morning.happened(1, TaskStarted(task=TaskName("unit"), at=NOW))
    seen.append(morning.runs.get(1).task("unit").lamp)
    morning.happened(1, finish_task(TaskName("unit"), "failure", "exit code 1", NOW))
    morning.happened(1, TaskReused(task=TaskName("lint"), run=RunNumber(9), at=NOW))
    seen += [morning.runs.get(1).task(name).lamp for name in ("unit", "lint")]
    assert seen == ["waiting", "running", "failure", "reused"]


def test_green_inputs_are_remembered_from_where_they_really_ran(morning: Morning) -> None:
    """By repository, task and digest; red ones are not."""
    spec = replace(task("unit"), input_digest="d1")
    outcomes: tuple[tuple[int, Outcome], ...] = ((1, "success"), (2, "failure"))
    for number, outcome in outcomes:
        morning.happened(number, queued(number))
        read = PipelineRead(tasks=(spec,), artifact=None, service=None, budget=timedelta(1), at=NOW)
        ended: TaskFinished = replace(finish_task(spec.name, "success", "", NOW), outcome=outcome)
        morning.happened(number, read, ended)
    asking = Asking(repository=QUEUE.repository, task=spec.name, branch=BranchName("trunk"), is_trunk=True)
    assert morning.runs.green_run(asking, "d1") == 1
    assert morning.runs.green_run(replace(asking, repository=RepositoryName("other")), "d1") is None
    assert morning.runs.green_run(asking, "d2") is None


def test_what_was_green_on_a_side_branch_counts_there_alone(morning: Morning) -> None:
    """A branch may use the trunk's results; the trunk and other branches may not use its own."""
    spec = replace(task("unit"), input_digest="d1")
    for number, branch in ((1, "try"), (2, "trunk")):
        read = PipelineRead(tasks=(spec,), artifact=None, service=None, budget=timedelta(1), at=NOW)
        morning.happened(number, queued(number, branch=branch), read)
        morning.happened(number, finish_task(spec.name, "success", "", NOW))
        asking = Asking(repository=QUEUE.repository, task=spec.name, branch=BranchName("trunk"), is_trunk=True)
        other, mine = (replace(asking, branch=BranchName(name), is_trunk=False) for name in ("other", "try"))
        found = [morning.runs.green_run(one, "d1") for one in (asking, other, mine)]
        assert found == ([None, None, 1] if number == 1 else [2, 2, 2])


def test_the_usual_duration_is_the_median_of_green_ones(morning: Morning) -> None:
    """Nothing is usual before the first."""
    assert morning.runs.usual_duration(QUEUE.repository, TaskName("unit")) is None
    for number, seconds in enumerate((5, 1, 3), 1):
        read = PipelineRead(tasks=(task("unit"),), artifact=None, service=None, budget=timedelta(1), at=NOW)
        ended = replace(finish_task(TaskName("unit"), "success", "", NOW), took=timedelta(seconds=seconds))
        morning.happened(number, queued(number), read, ended)
    assert morning.runs.usual_duration(QUEUE.repository, TaskName("unit")) == timedelta(seconds=3)


def test_a_filter_that_no_repository_or_branch_has_is_an_error() -> None:
    """With what was meant; a repository that has no run yet is known."""
    morning = Morning()
    morning.run(1, "success", branch="trunk")
    created = RepositoryCreated(repository=RepositoryName("quiet"), trunk=BranchName("main"))
    morning.happened(2, created)
    known = str(morning.runs.get(1).repository)
    assert morning.runs.newest(5, "quiet") == ()
    assert len(morning.runs.newest(5, known, "trunk")) == 1
    for repository, branch, meant in ((f"{known}x", "", known), ("quiet", "mian", "main"), ("", "trnk", "trunk")):
        with pytest.raises(NotFound, match=f'Did you mean "{meant}"'):
            morning.runs.newest(5, repository, branch)
