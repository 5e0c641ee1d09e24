"""What a pusher is told, line by line, and when there is no more to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from andon.kernel.ids import (
    NO_CHAIN,
    Actor,
    ArtifactName,
    BranchName,
    ChainId,
    EnvironmentName,
    StreamId,
    Version,
    chain_of,
    stream,
)
from andon.kernel.refusal import CommandRefused
from andon.line.narration import LineNarrator, LineViews, Story
from andon.line.protection import LINE_REPOSITORY
from andon.tools.artifacts.events import ArtifactSuperseded
from andon.tools.delivery.events import LineRejected, PromotionOffered, ServiceRetired
from andon.tools.pipelines.views import Runs
from andon.tools.source.model.push import RefUpdate
from andon.tools.source.ports import Push
from andon.web.condition import Finding, worst_first

from .histories import (
    COMMIT,
    MAIN,
    ONE,
    PRODUCTION,
    REPOSITORY,
    SHOP,
    TEST,
    VERSION,
    envelope,
    facts_of,
    failed,
    finished,
    line,
    published,
    queued,
    requested,
    verified,
)

GOOD = worst_first((Finding(kind="good", sentence="Trunk is green."),))
CHAIN = chain_of(REPOSITORY, COMMIT)


OPERATOR = ("promote", "cord")


def told(
    *history: Any, chain: ChainId = CHAIN, branch: BranchName = MAIN, permissions: tuple[str, ...] = OPERATOR
) -> tuple[Story, list[str]]:
    """The story after a history, and everything that it said."""
    views = LineViews(facts=facts_of(line()), runs=Runs())
    story = Story(
        chain=CHAIN, branch=branch, views=views, url="http://127.0.0.1:8600", permissions=frozenset(permissions)
    )
    said: list[str] = []
    for position, event in enumerate(history, 1):
        number = getattr(event, "number", 1)
        of_run = type(event).__module__.startswith("andon.tools.pipelines")
        at = stream("run", number) if of_run else StreamId("a/b")
        happened = replace(envelope(event, position=position), chain=chain, stream=at)
        views.runs.apply(happened)
        said.extend(story.tell(happened))
    return story, said


def offered() -> PromotionOffered:
    return PromotionOffered(environment=PRODUCTION, service=SHOP, digest=ONE, version=VERSION)


def test_a_red_run_ends_the_story() -> None:
    """Nothing follows from red."""
    story, said = told(queued(), finished(outcome="failure", reason="unit failed"))
    assert story.is_over
    assert "red" in said[-1]


def test_a_green_run_of_a_service_goes_on_to_the_environments() -> None:
    """Published, verified in test, and waiting for a person: then the pusher has the prompt back."""
    from andon.tools.pipelines.events import ServiceSpec
    from tests.world.ground import SERVICE

    assert isinstance(SERVICE, ServiceSpec)
    story, said = told(queued(), finished(service=SERVICE), published(), verified(TEST))
    assert not story.is_over
    assert any("✓ test" in one for one in said)
    story, said = told(queued(), finished(service=SERVICE), published(), verified(TEST), offered())
    assert story.is_over
    assert "waits for: andon promote shop --env production" in said[-1]


def test_a_pusher_who_may_not_promote_learns_who_may() -> None:
    """A command that is refused helps nobody."""
    said = told(queued(), offered(), permissions=("push",))[1]
    assert said[-1].endswith("waits for: an operator promotes it: andon promote shop --env production")
    refused = CommandRefused(
        command="request promotion", rule="cord-pulled", reason="Stopped.", remedy="Then:  andon cord release line"
    )
    assert told(queued(), refused, permissions=("push",))[1][-1] == (
        "    Then:  an operator releases it: andon cord release line"
    )
    assert told(queued(), refused)[1][-1] == "    Then:  andon cord release line"


def test_requests_that_a_switch_cut_off_are_told() -> None:
    """Below the verdict, with what to do about it."""
    cut = replace(verified(TEST), cut_off=3, drain=timedelta(seconds=10))
    said = told(queued(), cut)[1]
    assert said[-1] == "    ! 3 requests were cut off when the drain of 10 s ended; raise drain in line.toml."
    assert len(said[-1]) <= 100


def test_a_green_run_of_a_library_ends_with_its_verdict() -> None:
    """There is nothing to deploy."""
    assert told(queued(), finished())[0].is_over


def test_what_a_newer_commit_went_ahead_of_ends_the_story() -> None:
    """The pusher is told by which version, and has the prompt back."""
    superseded = ArtifactSuperseded(
        name=ArtifactName("shop"), version=VERSION, digest=ONE, repository=REPOSITORY, commit=COMMIT, by=Version("1.7")
    )
    story, said = told(queued(), published(), superseded)
    assert story.is_over
    assert "superseded" in said[-1]
    assert "by 1.7" in said[-1]


def test_a_failure_is_told_whole_in_lines_that_fit() -> None:
    """A long reason is wrapped, never cut."""
    long = replace(failed(TEST), reason="the answer was wrong " * 12)
    story, said = told(queued(), long)
    assert story.is_over
    assert " ".join(" ".join(said).split()).count("the answer was wrong") == 12
    assert max(len(one) for one in said) <= 100


def test_the_last_environment_ends_the_story() -> None:
    """There is nothing behind production; where no smoke check was asked, none is said to have passed."""
    story, said = told(queued(), verified(PRODUCTION))
    assert story.is_over
    assert said[-1].endswith("blue/green, healthy, no smoke checks")


def test_a_refusal_is_told_with_its_remedy() -> None:
    """The rule, the reason, and what to do."""
    refused = CommandRefused(command="request promotion", rule="cord-pulled", reason="Stopped.", remedy="Release it.")
    story, said = told(queued(), refused)
    assert story.is_over
    assert said[-2:] == ["  ✗ refused by cord-pulled: Stopped.", "    Release it."]


def test_a_line_file_says_what_became_of_it() -> None:
    """Pushing the line's file ends with the line as it is now."""
    assert "test (automatic)  →  production (manual)" in told(line())[1][-1]
    assert "stays as it was" in told(LineRejected(commit=COMMIT, reason="no"))[1][-1]


def test_what_happens_to_other_changes_is_not_told() -> None:
    """A pusher hears of the push, not of everybody's."""
    assert told(queued(), finished(), chain=ChainId("other@1"))[1] == []


def test_each_branch_of_a_push_has_its_own_story() -> None:
    """Two branches brought the same commit: two runs, and only the trunk's leads anywhere."""
    topic = BranchName("topic")
    beside = replace(queued(2), branch=topic, trunk=False)
    both = (queued(1), beside, replace(finished(2), branch=topic, trunk=False), published(), verified(TEST))
    story, said = told(*both)
    assert not story.is_over
    assert any("published" in one for one in said)
    assert not any("/runs/2" in one for one in said)
    story, said = told(*both, branch=topic)
    assert story.is_over
    assert any("/runs/2" in one for one in said)
    assert not any("published" in one or "/runs/1" in one for one in said)


@pytest.mark.anyio
async def test_another_branch_of_the_line_leads_to_nothing_and_the_pusher_does_not_wait() -> None:
    """Only its trunk is read; there is no run and no verdict to wait for."""
    views = LineViews(facts=facts_of(line()), runs=Runs())
    views.facts.trunks[LINE_REPOSITORY] = MAIN
    nobody = cast(Any, None)  # neither the engine nor the ledger is asked
    narrator = LineNarrator(nobody, nobody, views, "http://127.0.0.1:8600", lambda: GOOD)
    update = RefUpdate(ref="refs/heads/topic", before=None, after=COMMIT)
    push = Push(repository=LINE_REPOSITORY, updates=(update,), actor=Actor("ada"))
    said = [one async for one in narrator.narrate(push)]
    assert said == ["andon  the line stays as it is until this is on main"]


def test_a_push_of_the_line_shows_what_ends() -> None:
    """Whether or not the flow has ended it already."""
    staging = replace(requested(), environment=EnvironmentName("staging"))
    ran = replace(verified(), environment=EnvironmentName("staging"))
    defined = replace(line(), removed=(EnvironmentName("staging"), EnvironmentName("empty")))
    facts = facts_of(published(), staging, ran, defined)
    retired = ServiceRetired(
        environment=EnvironmentName("staging"), service=SHOP, reason="it left", by_hand=False, by=None
    )
    for _ in range(2):
        story = Story(chain=NO_CHAIN, branch=MAIN, views=LineViews(facts=facts, runs=Runs()), url="")
        assert story.tell(envelope(defined))[1:] == (
            "andon  – staging is removed: shop 1.1 will be drained and stopped",
            "andon  – empty is removed: nothing runs there",
        )
        facts.apply(envelope(retired))
