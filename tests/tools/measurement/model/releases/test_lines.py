"""How releases follow one another: new, the same again, older; on the trunk or in a line beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.releases.lines import NEW, OLDER, SAME, TRUNK, parallel, placed

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def graph_of(*lines: str) -> CommitGraph:
    """ "c: a b" is a commit with its parents; each is an hour younger than the one before."""
    graph = CommitGraph()
    for hour, line in enumerate(lines):
        name, _, parents = line.partition(":")
        at = BEGIN + timedelta(hours=hour)
        graph.add(
            Commit(
                repository=RepositoryName("shop"),
                id=CommitId(name),
                parents=tuple(map(CommitId, parents.split())),
                committed_at=at,
                authored_at=at,
            )
        )
    return graph


def release(graph: CommitGraph, name: str, hour: float) -> tuple[int, float]:
    """A release of a commit."""
    number = graph.number(CommitId(name))
    assert number is not None
    return number, (BEGIN + timedelta(hours=hour)).timestamp()


def test_one_line_is_no_stream() -> None:
    """Releases of the trunk, one after the other."""
    graph = graph_of("a", "b: a", "c: b")
    found = placed(graph, graph.number(CommitId("c")), [release(graph, name, 10 + n) for n, name in enumerate("abc")])
    assert [(one.kind, one.line, one.on_trunk, one.younger) for one in found] == [(NEW, TRUNK, True, 0)] * 3
    assert parallel(found) == {}


def test_the_same_and_the_older_are_told_from_the_new() -> None:
    """A tag beside another, a tag set late for what an earlier one had brought, and the way forward again."""
    graph = graph_of("a", "b: a", "c: b")
    found = placed(graph, graph.number(CommitId("c")), [release(graph, name, 10 + n) for n, name in enumerate("aacbc")])
    assert [one.kind for one in found] == [NEW, SAME, NEW, OLDER, OLDER]


def test_release_branches_are_lines() -> None:
    """2.0 and 2.1 are cut from the trunk and patched side by side; a single release beside the trunk is no line."""
    graph = graph_of("a", "b: a", "p: a", "q: b", "p2: p", "q2: q", "p3: p2", "c: b", "x: c", "d: c")
    names = ("a", "p", "q", "p2", "q2", "p3", "x", "d")
    found = placed(graph, graph.number(CommitId("d")), [release(graph, name, 20 + n) for n, name in enumerate(names)])
    lines = {name: one.line for name, one in zip(names, found, strict=True)}
    assert lines["a"] == lines["d"] == TRUNK
    assert lines["p"] == lines["p2"] == lines["p3"] != lines["q"] == lines["q2"]
    assert len({TRUNK, lines["p"], lines["q"], lines["x"]}) == 4
    assert parallel(found) == {lines["p"]: 3, lines["q"]: 2}
    assert [name for name, one in zip(names, found, strict=True) if not one.on_trunk] == [
        "p",
        "q",
        "p2",
        "q2",
        "p3",
        "x",
    ]


def test_releases_that_are_all_on_another_branch_are_not_parallel() -> None:
    """Where the trunk is for development only, the branch of releases is the only line."""
    graph = graph_of("a", "r1: a", "b: a", "r2: r1 b")
    found = placed(graph, graph.number(CommitId("b")), [release(graph, "r1", 9), release(graph, "r2", 10)])
    assert parallel(found) == {}


def test_a_commit_that_is_younger_than_its_release_is_counted() -> None:
    """Clocks disagree."""
    graph = graph_of("a", "b: a", "c: b")
    [one] = placed(graph, None, [release(graph, "c", 0.5)])
    assert (one.younger, one.on_trunk) == (2, False)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=12), st.data())
def test_every_commit_is_new_once(parents: list[tuple[int, int]], data: st.DataObject) -> None:
    """Whatever the graph: a release is NEW exactly when its commit was in no release before it."""
    lines = [f"{n}: {' '.join({str(p) for p in pair if p < n})}" for n, pair in enumerate(parents)]
    graph = graph_of(*lines)
    order = data.draw(st.lists(st.sampled_from(range(len(parents))), min_size=1, max_size=8))
    found = placed(graph, 0, [(number, 1e12 + n) for n, number in enumerate(order)])
    seen = bytearray()
    for number, one in zip(order, found, strict=True):
        was = len(seen) > number and seen[number]
        graph.take_new([number], seen)
        assert (one.kind == NEW) is (not was)
