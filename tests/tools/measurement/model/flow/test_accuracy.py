"""What was sent back, step by step, counted where it was noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.tools.measurement.answers.numbers import case_of
from andon.tools.measurement.model.facts import Fact, FactId, Incident
from andon.tools.measurement.model.flow.accuracy import (
    Accuracy,
    accuracy,
    of_commits,
    of_place,
    of_publications,
    of_runs,
    of_tasks,
    reruns,
    rolled,
)
from andon.tools.measurement.model.history import History
from tests.tools.measurement.stream_facts import (
    DAY,
    PRODUCTION,
    QUESTION,
    REPOSITORY,
    at,
    commit,
    deployed,
    published,
    run,
    task,
)


def counted(found: Accuracy | None) -> tuple[int, int]:
    """How many were sent back, of how many."""
    assert found is not None
    assert found.share == pytest.approx(1 - found.sent_back / found.n)
    return found.sent_back, found.n


def test_three_steps_of_ninety_per_cent() -> None:
    """Rolled %C&A is the product: 72.9 %; a step that is not measured is not in it."""
    step = accuracy(10, ())
    assert step is not None
    assert rolled([replace(step, share=0.9)] * 3 + [None]) == pytest.approx(0.729)
    assert rolled([None]) is None


def test_nothing_given_on_is_no_data() -> None:
    """Not 100 %."""
    assert accuracy(0, ()) is None


def test_a_task_that_failed_or_was_done_again() -> None:
    """Red is sent back; so is green that somebody ran again; what was cancelled gave nothing on."""
    unit = task("unit", 1, 2)
    runs = [
        run(1, 0, 0, 3, replace(unit, outcome="failure"), outcome="failure"),
        run(1, 4, 4, 5, unit, attempt=2),
        run(2, 6, 6, 7, unit),
        run(2, 8, 8, 9, unit, attempt=2),
        run(3, 9, 9, 9, replace(unit, outcome="cancel"), outcome="cancel"),
    ]
    again = reruns(runs)
    assert again == {runs[2].id}
    assert counted(of_tasks(runs, again)["unit"]) == (2, 4)
    assert counted(of_runs(runs, again)) == (2, 4)
    found = of_runs(runs, again)
    assert found is not None
    assert [row.why for row in found.examples] == ["green, and run again all the same", "ended in failure"]


def test_a_commit_that_was_reverted() -> None:
    """By the words that git writes; the revert itself was not meant to be work."""
    revert = replace(commit(3, 5), subject='Revert "Change 1"')
    history = History([commit(0, 1), commit(1, 2), commit(2, 3), revert])
    found = of_commits(history.graph(REPOSITORY), DAY)
    assert counted(found) == (1, 3)
    assert found is not None
    assert found.examples[0].name == "Change 1"
    assert found.examples[0].why.startswith("inferred: ")


def test_commits_without_messages_say_nothing() -> None:
    """Nobody could tell a revert."""
    history = History([replace(commit(0, 1), subject="")])
    assert of_commits(history.graph(REPOSITORY), DAY) is None


def test_built_twice() -> None:
    """The same commit under another digest was built again."""
    facts = [published(1, 1), replace(published(1, 2), id=FactId("b"), digest="other"), published(2, 3)]
    assert counted(of_publications(facts)) == (1, 3)


def place_of(*facts: Fact) -> Accuracy | None:
    """Of production, after a first deployment."""
    return of_place(case_of(History([commit(n, n) for n in range(5)] + [deployed(0, 1), *facts]), QUESTION))


def test_a_deployment_that_failed_or_was_mended() -> None:
    """Rolled back, and not taken over at all; the rollback itself is not held against the place."""
    bad = deployed(2, 30)
    back = deployed(1, 40, mends=(bad.id,), again="/back")
    failed = deployed(3, 50, outcome="failure")
    stopped = deployed(4, 60, outcome="cancel")
    found = place_of(deployed(1, 20), bad, back, failed, stopped)
    assert counted(found) == (2, 4)
    assert found is not None
    assert [row.why for row in found.examples] == ["failure: no reason reported", "explicit: 1.1 mends it"]


def test_where_nobody_tells_of_failures_nothing_is_known() -> None:
    """Only deployments that succeeded were told: that is not 100 %."""
    assert place_of(deployed(1, 20)) is None
    incident = Incident(id=FactId("i"), place=PRODUCTION, title="Slow", detected_at=at(-600))
    assert counted(place_of(deployed(1, 20), incident)) == (0, 2)
