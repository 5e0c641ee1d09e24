"""The flow, one line of its page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from andon.kernel.ids import (
    FLOW,
    ArtifactName,
    BranchName,
    CommitId,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    chain_of,
)
from andon.line.flow import react
from andon.tools.artifacts.events import PublishArtifact
from andon.tools.delivery.events import (
    CordReleased,
    HaltPromotion,
    LineDefined,
    OfferPromotion,
    ReadLineAt,
    RequestPromotion,
    RetireService,
    RolloutStarted,
    ServiceRetired,
)
from andon.tools.infra.events import SecretSet
from andon.tools.infra.model.secret import SecretName
from andon.tools.pipelines.events import ArtifactPacked, CancelRun, QueueRun, RunRequested
from andon.tools.source.events import BranchPushed, ChangeLanded, RepositoryUnarchived

from .histories import (
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
    published,
    pulled,
    queued,
    repository,
    requested,
    verified,
)

PACKED = ArtifactPacked(artifact=ArtifactName("shop"), digest=ONE, size_bytes=5, provenance=TWO)


def orders(*history: Any) -> list[Any]:
    """What follows from the last event of a history."""
    return list(react(envelope(history[-1], position=len(history)), facts_of(*history)))


def commands(*history: Any) -> list[Any]:
    return [order.command for order in orders(*history)]


def landed(name: RepositoryName = REPOSITORY) -> ChangeLanded:
    return ChangeLanded(repository=name, commit=COMMIT, before=None, commits=(landed_commit(),))


def pushed(branch: str, after: CommitId | None = COMMIT) -> BranchPushed:
    return BranchPushed(
        repository=REPOSITORY, branch=BranchName(branch), before=None, after=after, commits=(landed_commit(),)
    )


def test_a_change_that_lands_starts_its_pipeline() -> None:
    """The run gets the next number and belongs to the change."""
    (order,) = orders(repository(), queued(7), landed())
    assert order.stream == "run/8"
    assert order.command == QueueRun(
        number=RunNumber(8),
        repository=REPOSITORY,
        commit=COMMIT,
        branch=MAIN,
        trunk=True,
        subject="Fix rounding",
        author="Ada",
    )
    assert (order.actor, order.cause, order.chain) == (FLOW, "e3", chain_of(REPOSITORY, COMMIT))


def test_a_side_branch_is_built_and_no_more() -> None:
    """Only trunk deploys."""
    (command,) = commands(repository(), pushed("try"))
    assert not command.trunk


def test_the_push_of_trunk_itself_starts_nothing_twice() -> None:
    """Trunk's run begins with ChangeLanded; its BranchPushed adds none."""
    assert commands(repository(), pushed("main")) == []


def test_a_deleted_branch_is_not_built() -> None:
    """There is nothing to build."""
    assert commands(repository(), pushed("try", after=None)) == []


def test_the_lines_own_file_is_read_and_not_built() -> None:
    """A change of the line's repository defines the line."""
    assert commands(landed(RepositoryName("line"))) == [ReadLineAt(commit=COMMIT)]


def test_a_run_that_is_asked_for_is_queued() -> None:
    """Whoever asks, the flow gives the number."""
    wish = RunRequested(repository=REPOSITORY, commit=COMMIT, branch=MAIN, subject="", author="")
    (command,) = commands(repository(), wish)
    assert (command.number, command.trunk) == (1, True)


def test_a_green_run_of_trunk_publishes_its_artifact() -> None:
    """With the commit, the run and the provenance that it came with."""
    (order,) = orders(queued(), finished(artifact=PACKED))
    assert order.stream == "artifact/shop"
    assert isinstance(order.command, PublishArtifact)
    assert (order.command.digest, order.command.run, order.command.provenance) == (ONE, 1, TWO)


def test_what_is_red_or_not_trunk_publishes_nothing() -> None:
    """Status and log are all that comes of it."""
    assert commands(queued(), finished(outcome="failure")) == []
    assert commands(queued(), finished(artifact=PACKED, trunk=False)) == []


def test_a_published_service_enters_the_first_environment() -> None:
    """By itself, where the environment is automatic."""
    (order,) = orders(line(), published())
    assert order.stream == "service/test/shop"
    assert isinstance(order.command, RequestPromotion)


def test_an_artifact_that_is_no_service_goes_nowhere() -> None:
    """A library is published, not deployed."""
    assert commands(line(), published(service=None)) == []


def test_what_is_verified_is_offered_to_a_manual_environment() -> None:
    """A person promotes."""
    (order,) = orders(line(), published(), verified(TEST))
    assert order.stream == "service/production/shop"
    assert isinstance(order.command, OfferPromotion)


def test_what_is_verified_enters_the_next_automatic_environment_with_its_configuration() -> None:
    """Continuous deployment: port and settings come from the line."""
    (command,) = commands(line("automatic", (("B", "2"), ("A", "1"))), published(), verified(TEST))
    assert (command.environment, command.port, command.config) == (PRODUCTION, 8800, (("A", "1"), ("B", "2")))


def test_the_last_environment_and_rollbacks_lead_nowhere() -> None:
    """The line ends in production; going back in one environment moves no other."""
    assert commands(line("automatic"), published(), verified(PRODUCTION)) == []
    assert commands(line("automatic"), published(), verified(TEST, rollback=True)) == []


def test_a_changed_configuration_is_deployed_with_what_is_live() -> None:
    """Same artifact, new configuration; what did not change is left alone."""
    before = (line(), published(), verified(TEST), replace(requested(PRODUCTION), port=8800), verified(PRODUCTION))
    assert commands(*before, line()) == []
    (command,) = commands(*before, line(config=(("GREETING", "hi"),)))
    assert (command.environment, command.digest, command.config) == (PRODUCTION, ONE, (("GREETING", "hi"),))


def test_what_failed_as_it_was_declared_is_tried_as_it_is_declared_now() -> None:
    """Mending the line's file is a fix: what it made fail is not held against the artifact."""
    good = (line(), published(), verified(TEST), replace(requested(PRODUCTION), port=8800), verified(PRODUCTION))
    wrong = line(config=(("GREETING", ""),))
    tried = replace(requested(PRODUCTION), port=8800, config=(("GREETING", ""),))
    broken = (*good, wrong, tried, failed(PRODUCTION))
    assert facts_of(*broken).standing(PRODUCTION, SHOP).failed == ONE
    assert facts_of(*broken, wrong).standing(PRODUCTION, SHOP).failed == ONE
    assert facts_of(*broken, line()).standing(PRODUCTION, SHOP).failed is None
    assert len(commands(*broken, line())) == 1


def test_a_changed_port_is_deployed_with_what_is_live() -> None:
    """Nobody has to promote something first; a port that is declared no more is kept."""
    before = (line(), published(), verified(TEST), replace(requested(PRODUCTION), port=8801), verified(PRODUCTION))
    (command,) = commands(*before, line())
    assert (command.environment, command.digest, command.port) == (PRODUCTION, ONE, 8800)
    assert commands(*before, replace(line(), placements=())) == []


def test_a_pulled_cord_halts_what_is_in_progress_in_its_scope() -> None:
    """And nothing else."""
    history = (line(), published(), requested(TEST))
    (order,) = orders(*history, pulled("line"))
    assert order.stream == "service/test/shop"
    assert order.command == HaltPromotion(reason="cord pulled by ada: errors everywhere")
    assert commands(*history, pulled("environment/production")) == []
    assert commands(*history, verified(TEST), pulled("line")) == []


def test_a_promotion_that_waits_behind_another_is_halted_too() -> None:
    """The verdict on the first does not hide the second."""
    history = (line(), published(), requested(TEST), requested(TEST, TWO, 2), verified(TEST))
    assert len(commands(*history, pulled())) == 1


def test_a_released_cord_lets_go_on_what_waited() -> None:
    """What never came in goes in; what failed is not tried again by itself."""
    released = CordReleased(scope="line", reason="fixed")
    (command,) = commands(line(), published(), pulled(), released)
    assert (command.environment, command.digest, command.service) == (TEST, ONE, SHOP)
    assert commands(line(), published(), failed(TEST), pulled(), released) == []


def test_a_released_cord_lets_go_on_what_it_had_stopped() -> None:
    """What the cord cut off in the middle did not fail."""
    released = CordReleased(scope="line", reason="fixed")
    stopped = replace(failed(TEST), outcome="cancel")
    (command,) = commands(line(), published(), requested(TEST), pulled(), stopped, released)
    assert (command.environment, command.digest) == (TEST, ONE)


STAGING = EnvironmentName("staging")


def with_staging() -> LineDefined:
    """test, staging, production."""
    first, last = line().environments
    return replace(line(), environments=(first, replace(first, name=STAGING), last))


def test_what_runs_where_the_line_has_no_environment_is_retired() -> None:
    """In that environment, and nowhere else."""
    history = (repository(), with_staging(), published(), verified(TEST), verified(STAGING), line())
    retire, *_ = commands(*history)
    assert (type(retire), retire.environment, retire.service) == (RetireService, STAGING, SHOP)
    assert "staging left the line" in retire.reason


def test_the_chain_is_knit_again_around_an_environment_that_left() -> None:
    """What waited for it goes on to the next one."""
    history = (repository(), with_staging(), published(), verified(TEST), requested(STAGING), line())
    retire, offer = commands(*history)
    assert (type(retire), type(offer), offer.environment) == (RetireService, OfferPromotion, PRODUCTION)


def test_an_environment_that_comes_back_takes_what_is_before_it() -> None:
    """It begins anew; what a person removed waits for a person or a new version."""
    gone = ServiceRetired(environment=STAGING, service=SHOP, reason="staging left", by_hand=False, by=None)
    before = (repository(), with_staging(), published(), verified(TEST), verified(STAGING))
    (request, *_) = commands(*before, gone, with_staging())
    assert (type(request), request.environment) == (RequestPromotion, STAGING)
    assert commands(*before, replace(gone, by_hand=True), with_staging()) == []


def _secret(environment: EnvironmentName = TEST) -> SecretSet:
    return SecretSet(environment=environment, service=SHOP, name=SecretName("KEY"), fingerprint="1")


def _live(environment: EnvironmentName = TEST) -> tuple[Any, ...]:
    """What it takes for something to serve there."""
    asked, good = requested(environment), verified(environment)
    return line(), published(), asked, RolloutStarted(promotion=asked.promotion, slot="blue", by=NOW), good


def test_a_changed_secret_restarts_what_serves() -> None:
    """The version that serves, once, as a restart."""
    (order,) = orders(*_live(), _secret())
    assert order.stream == "service/test/shop"
    assert (order.command.digest, order.command.restart, order.command.why) == (ONE, True, "secrets changed")


def test_a_changed_secret_waits_for_a_person_where_environments_are_manual() -> None:
    """And for the verdict of what is on its way, and for the cord."""
    assert commands(*_live(PRODUCTION), _secret(PRODUCTION)) == []
    coming = requested(digest=TWO, number=2)
    assert commands(*_live(), published(TWO), coming, _secret()) == []
    assert commands(*_live(), pulled(), _secret()) == []
    assert commands(line(), published(), _secret()) == []


def test_secrets_that_waited_come_with_the_verdict_or_the_end_of_the_cord() -> None:
    """A restart that was under way when the second secret was set is followed by one more."""
    restart = replace(requested(number=2), restart=True)
    began = RolloutStarted(promotion=restart.promotion, slot="green", by=NOW)
    done = replace(verified(), promotion=restart.promotion, restart=True)
    assert commands(*_live(), _secret(), restart, began, done) == []
    second = replace(_secret(), fingerprint="2")
    (command,) = commands(*_live(), _secret(), restart, began, second, done)
    assert command.restart
    (command, _offer) = commands(*_live(), pulled(), _secret(), CordReleased(scope="line", reason=""))
    assert command.restart


def test_a_restart_sends_nothing_on_and_fails_nothing() -> None:
    """It is no deployment: the next environment is offered nothing, and the version stays good."""
    assert commands(*_live(), replace(verified(), restart=True)) == []
    after = facts_of(*_live(), replace(failed(), restart=True))
    assert after.standing(TEST, SHOP).failed is None


def test_the_open_runs_of_a_closed_repository_are_cancelled() -> None:
    """Those without a verdict, and no others."""
    other = replace(queued(3), repository=RepositoryName("other"))
    for closing in (archived(), deleted()):
        found = orders(repository(), queued(1), queued(2), finished(2), other, closing)
        assert [(order.stream, order.command) for order in found] == [
            ("run/1", CancelRun(reason=f"shop was {closing.closing.kind}"))
        ]


def test_nothing_of_a_closed_repository_is_built() -> None:
    """Not what a crash kept from being recorded before; and what landed just before is built, and then cancelled."""
    assert commands(repository(), archived(), landed()) == []
    assert commands(repository(), deleted(), pushed("topic")) == []
    before = react(envelope(landed(), position=2), facts_of(repository(), landed(), archived()))
    assert [type(order.command) for order in before] == [QueueRun]
    opened = RepositoryUnarchived(repository=REPOSITORY, reason="goes on")
    assert [type(one) for one in commands(repository(), archived(), opened, landed())] == [QueueRun]


def test_what_a_deleted_repository_offers_is_taken_back() -> None:
    """In every environment; an archived one keeps what it has everywhere."""
    built = (repository(), line(), published(), verified(TEST))
    taken = [one for one in commands(*built, deleted()) if isinstance(one, RetireService)]
    assert [one.environment for one in taken] == [TEST, PRODUCTION]
    assert commands(*built, archived()) == []
