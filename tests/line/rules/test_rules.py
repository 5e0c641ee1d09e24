"""Each rule: what it lets through, what it stops, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from andon.kernel.errors import Refused
from andon.kernel.ids import FLOW, Actor, RepositoryName, StreamId
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules import RULES, judge_all
from tests.line.histories import (
    ADA,
    NOW,
    ONE,
    PRODUCTION,
    TEST,
    TWO,
    facts_of,
    failed,
    finished,
    line,
    publish,
    published,
    pulled,
    queued,
    request,
    verified,
)

GREEN = (queued(), finished())
TESTED = (*GREEN, line(), published(), verified(TEST))


def judged(facts: Facts, command: Any, actor: Actor = ADA) -> str:
    """The rule that refuses; "" when all allow."""
    try:
        judge_all(facts, Order(stream=StreamId("any/stream"), command=command, actor=actor), NOW)
    except Refused as refused:
        said = refused
    else:
        return ""
    assert said.reason, "a refusal says why"
    assert said.remedy, "and what to do next"
    return said.rule


def test_what_was_verified_before_may_enter() -> None:
    """The way through the line is open."""
    assert judged(facts_of(*TESTED), request(PRODUCTION)) == ""
    assert judged(facts_of(*GREEN), publish(), FLOW) == ""


def test_production_takes_nothing_that_was_not_verified_in_test() -> None:
    """same-artifact: the digest must be the one that was tested."""
    assert judged(facts_of(*GREEN, line(), published()), request(PRODUCTION)) == "same-artifact"


def test_nothing_is_deployed_that_no_run_published() -> None:
    """same-artifact: an unknown digest goes nowhere, not even to test."""
    assert judged(facts_of(*TESTED), request(TEST, TWO)) == "same-artifact"


def test_what_was_verified_here_may_come_back() -> None:
    """A rollback needs no test environment that still runs it."""
    facts = facts_of(*TESTED, verified(PRODUCTION), published(TWO), verified(TEST, TWO), verified(PRODUCTION, TWO))
    assert judged(facts, request(PRODUCTION, ONE, rollback=True)) == ""


@pytest.mark.parametrize("scope", ["line", "environment/production", "service/shop"])
def test_a_pulled_cord_stops_everybody_in_its_scope(scope: str) -> None:
    """cord-pulled: people and machines alike."""
    facts = facts_of(*TESTED, pulled(scope))
    assert judged(facts, request(PRODUCTION)) == "cord-pulled"
    assert judged(facts, request(PRODUCTION), FLOW) == "cord-pulled"


def test_a_cord_elsewhere_stops_nothing_here() -> None:
    """cord-pulled: only its scope."""
    assert judged(facts_of(*TESTED, pulled("environment/test")), request(PRODUCTION)) == ""


def test_a_commit_becomes_one_digest() -> None:
    """built-once: the same digest again is fine, another is not."""
    facts = facts_of(*GREEN, published(ONE))
    assert judged(facts, publish(ONE), FLOW) == ""
    assert judged(facts, publish(TWO), FLOW) == "built-once"


def test_another_repository_cannot_publish_under_the_same_name() -> None:
    """one-source: copying a pipeline file does not take over a service."""
    facts = facts_of(*GREEN, published(ONE))
    theirs = replace(publish(TWO), repository=RepositoryName("copy"))
    assert judged(facts, theirs, FLOW) == "one-source"
    assert judged(facts_of(*GREEN), theirs, FLOW) == ""


def test_only_a_run_publishes() -> None:
    """only-ci-writes: not a person, not the flow for a run that never was."""
    assert judged(facts_of(*GREEN), publish()) == "only-ci-writes"
    assert judged(facts_of(*GREEN), publish(run=9), FLOW) in {"only-ci-writes", "stop-on-failed-step"}


def test_a_red_run_publishes_nothing() -> None:
    """stop-on-failed-step: what failed a task is no artifact."""
    assert judged(facts_of(queued(), finished(outcome="failure")), publish(), FLOW) == "stop-on-failed-step"


def test_what_failed_here_is_not_tried_again_by_itself() -> None:
    """stop-on-failed-step: a person may, the flow may not."""
    facts = facts_of(*TESTED, failed(PRODUCTION))
    assert judged(facts, request(PRODUCTION), FLOW) == "stop-on-failed-step"
    assert judged(facts, request(PRODUCTION)) == ""


def test_every_rule_says_why_it_exists_and_where_that_is_written() -> None:
    """A rule without a reason is a candidate for removal."""
    for rule in RULES:
        assert "Source:" in rule.why
        assert rule.id == rule.id.lower().replace("_", "-")
