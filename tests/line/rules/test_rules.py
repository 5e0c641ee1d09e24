"""Each rule: what it lets through, what it stops, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from andon.kernel.errors import Refused
from andon.kernel.ids import FLOW, Actor, BranchName, CommitId, RepositoryName, StreamId
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules import RULES, judge_all
from andon.tools.delivery.events import HandOver, NameHandedOver, ServiceOwner
from andon.tools.pipelines.events import RequestRun
from andon.tools.source.events import (
    ApproveChange,
    ArchiveRepository,
    BranchPushed,
    DeleteRepository,
    RepositoryUnarchived,
)
from tests.line.histories import (
    ADA,
    COMMIT,
    MAIN,
    NOW,
    ONE,
    PRODUCTION,
    REPOSITORY,
    SHOP,
    TEST,
    TWO,
    archived,
    deleted,
    envelope,
    facts_of,
    failed,
    finished,
    landed_commit,
    line,
    publish,
    published,
    pulled,
    queued,
    repository,
    request,
    requested,
    retired,
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


@pytest.mark.parametrize("actor", [ADA, FLOW])
def test_another_repository_cannot_enter_where_a_service_runs(actor: Actor) -> None:
    """one-source: whatever was published before the rule, through every door; what ran here may come back."""
    theirs = replace(published(TWO), repository=RepositoryName("copy"))
    facts = facts_of(line(), *GREEN, published(ONE), theirs, verified(TEST, TWO))
    assert judged(facts, request(PRODUCTION, TWO), actor) == "one-source"
    assert judged(facts, request(TEST, TWO), actor) == ""


def test_a_name_that_was_handed_over_is_published_by_the_other_alone() -> None:
    """one-source: what the former owner published runs on where it is, and goes nowhere else."""
    copy = RepositoryName("copy")
    handed = NameHandedOver(name="shop", repository=copy, before=RepositoryName("shop"))
    facts = facts_of(line(), *GREEN, published(ONE), verified(TEST, ONE), handed)
    assert judged(facts, replace(publish(TWO), repository=copy), FLOW) == ""
    assert judged(facts, publish(ONE), FLOW) == "one-source"
    assert judged(facts, request(TEST, ONE)) == ""


def test_a_name_is_handed_over_only_to_a_repository_that_there_is() -> None:
    """one-source: a typo gives nothing away, and the line's file comes first."""
    hand_over = HandOver(name="shop", repository=RepositoryName("shop"), before=RepositoryName(""))
    known = facts_of(repository(), *GREEN, published(ONE))
    assert judged(known, hand_over) == ""
    assert judged(known, replace(hand_over, repository=RepositoryName("shpo"))) == "one-source"
    assert judged(known, replace(hand_over, name="shpo")) == "one-source"
    declared = replace(line(), owners=(ServiceOwner(service=SHOP, repository=RepositoryName("shop")),))
    assert judged(facts_of(repository(), declared), hand_over) == "one-source"


def test_a_repository_is_deleted_only_when_nothing_of_it_serves() -> None:
    """nothing-serves: neither live nor on its way, in any environment; whoever owns the name may still serve."""
    delete = DeleteRepository(repository=REPOSITORY, by=ADA, reason="never used")
    served = (repository(), *TESTED, verified(PRODUCTION))
    assert judged(facts_of(*served), delete) == "nothing-serves"
    assert judged(facts_of(*served, retired(TEST)), delete) == "nothing-serves"
    assert judged(facts_of(repository(), *GREEN, line(), published(), requested(TEST)), delete) == "nothing-serves"
    assert judged(facts_of(*served, retired(TEST), retired(PRODUCTION)), delete) == ""
    handed_over = NameHandedOver(name="shop", repository=RepositoryName("other"), before=REPOSITORY)
    assert judged(facts_of(*served, handed_over), delete) == ""


def test_the_repository_of_the_line_is_archived_and_never_deleted() -> None:
    """nothing-serves: without line.toml nothing goes anywhere."""
    delete = DeleteRepository(repository=RepositoryName("line"), by=ADA, reason="never used")
    assert judged(Facts(), delete) == "nothing-serves"
    assert judged(Facts(), ArchiveRepository(repository=RepositoryName("line"), by=ADA, reason="frozen")) == ""


def test_nothing_is_built_from_a_closed_repository() -> None:
    """closed-repository: no run that somebody asks for; what was built before may still be promoted and go back."""
    ask = RequestRun(repository=REPOSITORY, commit=COMMIT, branch=MAIN, subject="", author="")
    built = (repository(), *TESTED)
    assert judged(facts_of(*built), ask) == ""
    for closing in (archived(), deleted()):
        assert judged(facts_of(*built, closing), ask) == "closed-repository"
    assert judged(facts_of(*built, archived()), request(PRODUCTION)) == ""
    assert judged(facts_of(*built, archived()), publish(), FLOW) == ""
    opened = RepositoryUnarchived(repository=REPOSITORY, reason="goes on")
    assert judged(facts_of(*built, archived(), opened), ask) == ""


def test_what_a_deleted_repository_published_is_promoted_only_by_whom_it_was_handed_to() -> None:
    """closed-repository: an artifact that can't be built again enters nothing; a rollback stays possible."""
    built = (repository(), *TESTED, verified(PRODUCTION), published(TWO), verified(TEST, TWO))
    gone = (*built, retired(TEST), retired(PRODUCTION), deleted())
    assert judged(facts_of(*gone), request(PRODUCTION, TWO)) == "closed-repository"
    assert judged(facts_of(*gone), publish(), FLOW) == "closed-repository"
    handed_over = NameHandedOver(name="shop", repository=RepositoryName("other"), before=REPOSITORY)
    kept = (*built, verified(PRODUCTION, TWO), handed_over, deleted())
    assert judged(facts_of(*kept), request(PRODUCTION, ONE, rollback=True)) == ""
    back = HandOver(name="shop", repository=REPOSITORY, before=RepositoryName("other"))
    assert judged(facts_of(*kept), back) == "one-source"


def test_nobody_approves_what_they_pushed_or_wrote() -> None:
    """author-is-not-approver: by the name in the ledger, and by the name in the commit."""
    pushed = BranchPushed(
        repository=REPOSITORY, branch=BranchName("change"), before=None, after=COMMIT, commits=(landed_commit(),)
    )
    approve = ApproveChange(repository=REPOSITORY, commit=COMMIT)
    facts = Facts()
    facts.apply(envelope(pushed, Actor("bob")))
    assert judged(facts, approve, Actor("bob")) == "author-is-not-approver"
    assert judged(facts, approve, ADA) == "author-is-not-approver"
    assert judged(facts, approve, Actor("grace")) == ""
    assert judged(Facts(), approve, Actor("grace")) == "author-is-not-approver"


def test_who_wrote_the_commits_below_approves_no_commit_above() -> None:
    """author-is-not-approver: a branch that goes on keeps its hands."""
    facts, later = Facts(), CommitId("b" * 40)
    first = BranchPushed(
        repository=REPOSITORY, branch=BranchName("change"), before=None, after=COMMIT, commits=(landed_commit(),)
    )
    facts.apply(envelope(first, Actor("bob")))
    facts.apply(envelope(replace(first, before=COMMIT, after=later, commits=()), Actor("grace")))
    approve = ApproveChange(repository=REPOSITORY, commit=later)
    assert judged(facts, approve, Actor("bob")) == "author-is-not-approver"


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
