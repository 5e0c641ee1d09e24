"""What each deployment of a place was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from andon.tools.measurement.model.facts import Deployment
from andon.tools.measurement.model.numbers.deployment_kinds import (
    AGAIN,
    BACK_TO_UNSEEN,
    CHANGE,
    REDEPLOY,
    ROLLBACK,
    SEED,
    UNSUCCESSFUL,
    DeploymentKinds,
    StepBack,
)
from tests.tools.measurement.telling import deployed


def judged(deployments: Sequence[Deployment]) -> DeploymentKinds:
    """All of them at once."""
    found = DeploymentKinds()
    found.go_on(deployments)
    return found


def of(*revisions: int) -> list[Deployment]:
    """Deployments of these revisions, one an hour."""
    return [deployed(number, number, of=revision) for number, revision in enumerate(revisions)]


@pytest.mark.parametrize(
    ("revisions", "kinds"),
    [
        ((1, 2, 3), [SEED, CHANGE, CHANGE]),
        ((1, 1, 2, 2), [SEED, REDEPLOY, CHANGE, REDEPLOY]),
        ((1, 2, 3, 1), [SEED, CHANGE, CHANGE, ROLLBACK]),
        ((1, 2, 1, 2), [SEED, CHANGE, ROLLBACK, AGAIN]),
        ((1, 2, 3, 1, 2, 3), [SEED, CHANGE, CHANGE, ROLLBACK, AGAIN, AGAIN]),
        ((1, 2, 3, 1, 4, 2), [SEED, CHANGE, CHANGE, ROLLBACK, CHANGE, ROLLBACK]),
    ],
)
def test_a_revision_that_was_here_is_no_change(revisions: tuple[int, ...], kinds: list[int]) -> None:
    """The same again is nothing, an older one is a step back, a newer one that was here is a step forward again."""
    assert list(judged(of(*revisions)).kinds) == kinds


def test_going_back_blames_the_first_that_was_undone() -> None:
    """With V1, V2, V3, V1 it is V2, and the last V1 is a rollback: as Datadog has it."""
    assert judged(of(1, 2, 3, 1)).steps == [StepBack(by=3, undid=1, followed=1, said=False)]


def test_the_same_again_is_no_rollback() -> None:
    """V1, V1: as Datadog has it."""
    assert judged(of(1, 1)).steps == []


def test_going_back_twice_blames_what_followed_the_newest_time() -> None:
    """With V1, V2, V1, V3, V1 the second step blames V3."""
    assert [step.undid for step in judged(of(1, 2, 1, 3, 1)).steps] == [1, 3]


@pytest.mark.parametrize(
    ("revisions", "undid"),
    [
        ((1, 2, 1, 3, 2), [1, 3]),
        ((1, 2, 3, 1, 4, 2), [1, 4]),
        ((1, 2, 3, 1, 2, 1), [1, 4]),
        ((1, 2, 3, 2, 1), [2, 1]),
        ((1, 2, 1, 3, 2, 1), [1, 3, 4]),
        ((1, 2, 1, 3, 2, 4, 1), [1, 3, 5]),
    ],
)
def test_what_was_undone_before_is_not_undone_again(revisions: tuple[int, ...], undid: list[int]) -> None:
    """V1, V2, V1, V3, V2 undoes V3: going back to V1 was no failure; it only is when somebody goes back from it."""
    assert [step.undid for step in judged(of(*revisions)).steps] == undid


def test_what_was_gone_back_to_unseen_is_older_than_what_it_undid() -> None:
    """Going forward again is no step back, and going back from it blames only itself."""
    first, second, back, forward = of(1, 2, 0, 2)
    found = judged([first, second, replace(back, rollback=True), forward])
    assert (list(found.kinds), len(found.steps)) == ([SEED, CHANGE, BACK_TO_UNSEEN, AGAIN], 1)
    found = judged([first, second, replace(back, rollback=True), replace(forward, digest=first.digest, rollback=True)])
    assert [step.undid for step in found.steps] == [1, 2]


def test_a_first_deployment_that_is_said_to_be_a_rollback_is_the_seed() -> None:
    """The second is no seed then: the first one stands before it."""
    first, second = of(1, 2)
    found = judged([replace(first, rollback=True), second])
    assert (list(found.kinds), found.steps) == ([SEED, CHANGE], [StepBack(by=0, undid=-1, followed=-1, said=True)])


def test_the_deployers_word_makes_a_rollback_of_a_revision_that_nobody_saw() -> None:
    """What was here before the records began can be gone back to; it undoes at least the newest."""
    first, second, back = of(1, 2, 0)
    found = judged([first, second, replace(back, rollback=True)])
    assert (list(found.kinds), found.steps) == (
        [SEED, CHANGE, BACK_TO_UNSEEN],
        [StepBack(by=2, undid=1, followed=1, said=True)],
    )


def test_what_did_not_succeed_changed_nothing() -> None:
    """The next one that does is the seed, or a change after the one before."""
    first, second, third, fourth = of(1, 2, 3, 3)
    failed, stopped = replace(first, outcome="failure"), replace(third, outcome="cancel")
    assert list(judged([failed, second, stopped, fourth]).kinds) == [UNSUCCESSFUL, SEED, UNSUCCESSFUL, CHANGE]


def test_lines_of_releases_stand_side_by_side() -> None:
    """2.0.1 after 2.1.0 is no step back, for it is of another line; only the repository's first is a seed."""
    two_one, two_zero, newer, again = of(1, 2, 3, 2)
    found = judged([two_one, replace(two_zero, line="2.0"), newer, replace(again, line="2.0")])
    assert list(found.kinds) == [SEED, CHANGE, CHANGE, REDEPLOY]


def test_a_revision_without_a_digest_is_always_another() -> None:
    """Nobody can say that it is the same."""
    assert list(judged([replace(one, digest="") for one in of(1, 1, 1)]).kinds) == [SEED, CHANGE, CHANGE]


def test_judging_goes_on_where_it_stopped() -> None:
    """Piece by piece gives what all at once gives."""
    told = of(1, 2, 2, 1, 3, 1, 2)
    piecewise = DeploymentKinds()
    for count in range(len(told) + 1):
        piecewise.go_on(told[:count])
    whole = judged(told)
    assert (piecewise.kinds, piecewise.steps, piecewise.finished) == (whole.kinds, whole.steps, whole.finished)
