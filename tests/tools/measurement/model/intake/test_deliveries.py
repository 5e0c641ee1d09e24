"""Deliveries as a noun: each counts once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import fold
from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import Commit, Deployment, FactId, Place
from andon.tools.measurement.model.intake.deliveries import (
    MOST_FACTS,
    NOUN,
    REMEMBERED,
    DeliveryLog,
    FactsReceived,
    KeepDelivery,
    KeptDelivery,
    TakeFacts,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PLACE = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))


def deployment(number: int) -> Deployment:
    return Deployment(
        id=FactId(f"ours/{number}"),
        place=PLACE,
        repository=RepositoryName("shop"),
        commit=CommitId(f"{number:040x}"),
        digest=f"{number:040x}",
        finished_at=NOW + timedelta(minutes=number),
    )


def taking(delivery: str, *numbers: int) -> TakeFacts:
    facts = tuple(deployment(number) for number in numbers)
    return TakeFacts(connection="ours", delivery=delivery, what="deployment", facts=facts)


def test_a_delivery_that_comes_again_is_known() -> None:
    """Senders repeat what they are not sure of."""
    state = fold(NOUN.initial, taking("d1", 1).decide(NOUN.initial, NOW))
    assert taking("d1", 1).decide(state, NOW) == ()
    assert len(taking("d2", 1).decide(state, NOW)) == 1


def test_what_was_kept_comes_once_too() -> None:
    """A delivery that nobody understands fills the ledger no more than any other."""
    keep = KeepDelivery(connection="ours", delivery="d1", what="x", why="unknown", digest="sha256:0", size_bytes=2)
    (kept,) = keep.decide(NOUN.initial, NOW)
    assert isinstance(kept, KeptDelivery)
    assert keep.decide(fold(NOUN.initial, (kept,)), NOW) == ()


def test_much_is_told_in_parts() -> None:
    """One event has at most 500 facts; none is lost, and all parts together are one delivery."""
    numbers = range(2 * MOST_FACTS + 1)
    events = taking("d1", *numbers).decide(NOUN.initial, NOW)
    told = [fact for event in events if isinstance(event, FactsReceived) for fact in event.facts()]
    assert [len(tuple(event.facts())) for event in events if isinstance(event, FactsReceived)] == [500, 500, 1]
    assert told == [deployment(number) for number in numbers]
    assert fold(NOUN.initial, events) == DeliveryLog(seen=("d1",))


def test_facts_come_sorted_by_kind_and_commits_first() -> None:
    """What deployments name is known when they come."""
    commit = Commit(
        repository=RepositoryName("shop"), id=CommitId("a" * 40), parents=(), committed_at=NOW, authored_at=NOW
    )
    (event,) = TakeFacts(connection="ours", facts=(deployment(1), commit)).decide(NOUN.initial, NOW)
    assert isinstance(event, FactsReceived)
    assert tuple(event.facts()) == (commit, deployment(1))


def test_nothing_is_no_event() -> None:
    """A greeting is not history; a trouble is."""
    assert TakeFacts(connection="ours", delivery="d1", facts=()).decide(NOUN.initial, NOW) == ()
    trouble = TakeFacts(connection="ours", delivery="d1", facts=(), troubles=("rewritten",))
    assert len(trouble.decide(NOUN.initial, NOW)) == 1


@given(st.lists(st.integers(0, 5)))
def test_each_delivery_is_recorded_once_in_any_order(deliveries: list[int]) -> None:
    """However often and in whatever order they come."""
    state, recorded = NOUN.initial, []
    for number in deliveries:
        for event in taking(f"d{number}", number).decide(state, NOW):
            recorded.append(event)
            state = event.evolve(state)
    assert len(recorded) == len(set(deliveries))


def test_what_is_remembered_is_bounded() -> None:
    """A connection that tells for years does not grow."""
    state = NOUN.initial
    for number in range(REMEMBERED + 50):
        state = state.after(f"d{number}")
    assert (len(state.seen), state.seen[-1]) == (REMEMBERED, f"d{REMEMBERED + 49}")
