"""Trunk's order, and what follows from it: who is newer, and which number a version gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from andon.kernel.ids import CommitId, Digest, Version
from andon.tools.artifacts.events import Landing, SupersedeArtifact
from andon.tools.delivery.events import CordReleased, RequestPromotion

from .histories import (
    ONE,
    PRODUCTION,
    REPOSITORY,
    SHOP,
    TEST,
    TWO,
    facts_of,
    finished,
    landed,
    line,
    published,
    pulled,
    requested,
    verified,
)
from .test_flow import commands

OLD, NEW = CommitId("1" * 40), CommitId("2" * 40)
LANDED = (landed(OLD), landed(NEW))
OLDER = published(ONE, Version("1.1"), commit=OLD)
NEWER = published(TWO, Version("1.2"), commit=NEW)
SUPERSEDED = SupersedeArtifact(digest=ONE, by=Version("1.2"))


def promoted(what: list[Any]) -> list[tuple[str, Digest]]:
    return [(str(one.environment), one.digest) for one in what if isinstance(one, RequestPromotion)]


def test_commits_of_one_push_are_in_its_order() -> None:
    """Its newest has the change's number; one that no change named has none."""
    order = facts_of(landed(CommitId("3" * 40)), landed(NEW, OLD)).order
    assert order.landing(REPOSITORY, NEW, "1") == Landing(number=2, reserved=1)
    assert order.landing(REPOSITORY, OLD, "1") == Landing(number=2, reserved=1, is_inside=True)
    assert order.landing(REPOSITORY, CommitId("4" * 40), "1") == Landing()
    assert order.is_newer(NEWER, OLDER)
    assert not order.is_newer(OLDER, NEWER)


def test_numbers_are_kept_for_changes_that_may_still_become_versions() -> None:
    """Those whose runs have not ended, or were red with the same prefix; not for those that make no such version."""
    third = CommitId("3" * 40)
    history = (*LANDED, landed(third))
    assert facts_of(*history).order.landing(REPOSITORY, third, "1").reserved == 2
    red = finished(outcome="failure", commit=NEW)
    assert facts_of(*history, red).order.landing(REPOSITORY, third, "1").reserved == 2
    assert facts_of(*history, replace(red, version_prefix="")).order.landing(REPOSITORY, third, "1").reserved == 0
    assert facts_of(*history, OLDER).order.landing(REPOSITORY, third, "1").reserved == 1


def test_an_older_commits_artifact_is_recorded_and_not_promoted() -> None:
    """Whatever was built last."""
    assert commands(*LANDED, line(), NEWER, OLDER) == [SUPERSEDED]
    assert facts_of(*LANDED, NEWER, OLDER).newest[SHOP] == NEWER


def test_what_was_published_in_order_is_promoted_in_order() -> None:
    """Each enters when it is published."""
    assert promoted(commands(*LANDED, line(), OLDER)) == [("test", ONE)]
    assert promoted(commands(*LANDED, line(), OLDER, NEWER)) == [("test", TWO)]


def test_what_a_person_took_back_to_does_not_go_on_by_itself() -> None:
    """An older one, verified again in test, does not follow the newer into production, nor is it offered there."""
    for production in ("automatic", "manual"):
        history = (*LANDED, line(production), OLDER, NEWER, verified(TEST, TWO), requested(PRODUCTION, TWO))
        assert commands(*history, verified(TEST, ONE)) == [SUPERSEDED]


def test_an_older_one_goes_on_while_the_newer_is_not_verified() -> None:
    """It may be the last that is good."""
    history = (*LANDED, line("automatic"), OLDER, NEWER, requested(TEST, TWO, 2))
    assert promoted(commands(*history, verified(TEST, ONE))) == [("production", ONE)]


def test_a_released_cord_lets_only_the_newest_in() -> None:
    """What a person went back to in test stays there."""
    released = CordReleased(scope="line", reason="fixed")
    assert promoted(commands(*LANDED, line(), NEWER, OLDER, pulled(), released)) == [("test", TWO)]
    back = (*LANDED, line("automatic"), OLDER, NEWER, verified(TEST, TWO), requested(PRODUCTION, TWO))
    assert promoted(commands(*back, verified(TEST, ONE), pulled(), released)) == []


def test_a_changed_configuration_goes_with_what_is_on_its_way() -> None:
    """Not with what is live: that would take its place."""
    tested = (*LANDED, line(), OLDER, NEWER, verified(TEST, TWO))
    live = (*tested, requested(PRODUCTION, ONE), verified(PRODUCTION, ONE))
    coming = replace(requested(PRODUCTION, TWO, 2), port=8800)
    assert promoted(commands(*live, coming, line(config=(("A", "1"),)))) == [("production", TWO)]
