"""The facts of an organisation, in order, whatever order they were told in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import Commit, Deployment, FactId, Incident, Place
from andon.tools.measurement.model.history import History

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
REPOSITORY = RepositoryName("shop")


def deployed(number: int, hour: int) -> Deployment:
    return Deployment(
        id=FactId(f"t/{number}"),
        place=SHOP,
        repository=REPOSITORY,
        commit=CommitId(f"{number:040x}"),
        digest=f"d{number}",
        finished_at=NOON + timedelta(hours=hour),
    )


def commit(number: int, *parents: int) -> Commit:
    return Commit(
        repository=REPOSITORY,
        id=CommitId(f"{number:040x}"),
        parents=tuple(CommitId(f"{parent:040x}") for parent in parents),
        committed_at=NOON,
        authored_at=NOON,
    )


@given(st.permutations(range(8)))
def test_deployments_stand_in_the_order_in_which_they_finished(order: list[int]) -> None:
    """Late webhooks make no other history."""
    history = History(deployed(number, number) for number in order)
    assert [one.digest for one in history.deployments(SHOP)] == [f"d{number}" for number in range(8)]


def test_a_fact_told_again_changes_nothing() -> None:
    """Replays are harmless."""
    history = History([deployed(1, 1), deployed(1, 1), commit(1), commit(1)])
    assert history.revision == 2
    assert len(history.deployments(SHOP)) == 1


def test_a_later_word_on_a_fact_replaces_the_earlier_one() -> None:
    """An incident is told when it begins and again when it ends."""
    begun = Incident(id=FactId("i/1"), place=SHOP, title="Slow", detected_at=NOON)
    ended = Incident(id=FactId("i/1"), place=SHOP, title="Slow", detected_at=NOON, resolved_at=NOON)
    assert History([begun, ended]).facts(Incident) == (ended,)


def test_what_is_told_again_takes_no_memory() -> None:
    """Of two that say the same, the one that is known already stays."""
    first, again = (Incident(id=FactId("i/1"), place=SHOP, title="Slow", detected_at=NOON) for _ in range(2))
    history = History([first, again, deployed(1, 1)])
    known = history.deployments(SHOP)[0]
    assert not history.add(deployed(1, 1))
    assert history.facts(Incident)[0] is first
    assert (history.deployments(SHOP)[0] is known, history.deployment(known.id) is known) == (True, True)


def test_facts_are_found_by_what_they_are_about() -> None:
    """A correction may say that it was another service all the time."""
    first = Incident(id=FactId("i/1"), place=SHOP, title="Slow", detected_at=NOON)
    other = Place(service=ServiceName("billing"), environment=SHOP.environment)
    history = History([first, replace(first, id=FactId("i/2"), place=other)])
    assert [one.id for one in history.facts(Incident, "shop")] == ["i/1"]
    before = [history.state(ServiceName(name), Incident) for name in ("shop", "billing")]
    history.add(replace(first, place=other))
    assert history.facts(Incident, "shop") == ()
    assert [one.id for one in history.facts(Incident, "billing")] == ["i/2", "i/1"]
    assert [one.id for one in history.facts(Incident)] == ["i/1", "i/2"]
    after = [history.state(ServiceName(name), Incident) for name in ("shop", "billing")]
    assert all(one > two for one, two in zip(after, before, strict=True))
    assert history.facts(Incident, "nobody") == ()


def test_a_deployment_told_anew_stands_where_it_now_belongs() -> None:
    """Its old place is given up."""
    history = History([deployed(1, 1), deployed(2, 2), deployed(1, 3)])
    assert [one.digest for one in history.deployments(SHOP)] == ["d2", "d1"]


def test_what_happened_later_is_not_there_as_of_then() -> None:
    """The end of the time asked for is not in it."""
    history = History(deployed(number, number) for number in range(4))
    seen = history.deployments(SHOP, until=NOON + timedelta(hours=2))
    assert [one.digest for one in seen] == ["d0", "d1"]


def test_a_walk_takes_each_commit_once() -> None:
    """What one deployment brought, no later one brings again."""
    graph = CommitGraph()
    for one in (commit(4, 2, 3), commit(3, 1), commit(2, 1), commit(1)):
        graph.add(one)
    seen = bytearray()

    def new(number: int) -> set[str]:
        start = graph.number(CommitId(f"{number:040x}"))
        assert start is not None
        return {graph.ids[found][-1] for found in graph.take_new([start], seen)}

    assert [new(2), new(4), new(3)] == [{"1", "2"}, {"3", "4"}, set()]


def test_a_walk_ends_where_the_history_is_cut() -> None:
    """A shallow clone names parents that it does not hold."""
    graph = CommitGraph()
    graph.add(commit(2, 1))
    start = graph.number(CommitId(f"{2:040x}"))
    assert start is not None
    assert graph.take_new([start], bytearray()) == (start,)
    assert graph.number(CommitId(f"{1:040x}")) is None
