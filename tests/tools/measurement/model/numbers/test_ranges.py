"""What one commit has and another has not."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.numbers.ranges import between
from tests.tools.measurement.telling import commit, commit_id


def reached(parents: list[list[int]], start: int) -> set[int]:
    """By walking all of it."""
    ahead, found = [start], set()
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += parents[one]
    return found


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    """For each commit up to two older ones."""
    size = draw(st.integers(1, 14))
    return [sorted(draw(st.sets(st.integers(0, number - 1), max_size=2))) if number else [] for number in range(size)]


@given(graphs(), st.data())
def test_it_is_what_one_reaches_and_the_other_does_not(parents: list[list[int]], data: st.DataObject) -> None:
    """In any graph, whatever order it is told in, and with ways that are known from before."""
    graph = CommitGraph()
    for number in data.draw(st.permutations(range(len(parents)))):
        graph.add(commit(number, *parents[number]))
    known = array("i")
    for _ in range(3):
        old, new = (data.draw(st.integers(0, len(parents) - 1)) for _ in range(2))
        numbers = [graph.number(commit_id(one)) for one in (old, new)]
        assert numbers[0] is not None
        assert numbers[1] is not None
        found = {int(graph.ids[one], 16) for one in between(graph, known, numbers[0], numbers[1])}
        assert found == reached(parents, new) - reached(parents, old)
