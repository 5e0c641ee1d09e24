"""The graph of tasks: waves and circles."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.graph import Needs, circles, needs_of, waves
from andon.tools.pipelines.model.pipeline import TaskSpec


def graph(**needs: str) -> Needs:
    """A graph in short: graph(a="", b="a") lets b wait for a."""
    return {TaskName(name): tuple(TaskName(need) for need in of.split()) for name, of in needs.items()}


def test_tasks_that_wait_for_nothing_run_first_and_together() -> None:
    """Then those that waited for them."""
    assert waves(graph(lint="", unit="", pack="lint unit", ship="pack")) == (("lint", "unit"), ("pack",), ("ship",))


def test_a_task_runs_as_soon_as_all_it_needs_has_run() -> None:
    """Not later."""
    assert waves(graph(a="", b="a", c="", d="c b")) == (("a", "c"), ("b",), ("d",))


def test_a_circle_is_a_path_that_ends_where_it_begins() -> None:
    """In the order of waiting; what only waits for the circle is not in it."""
    assert circles(graph(a="b", b="c", c="a", d="a", e="")) == (("a", "b", "c", "a"),)
    assert waves(graph(a="b", b="c", c="a", d="a", e="")) == (("e",),)


def test_each_circle_is_found_once() -> None:
    """Whatever task one begins with; also when one leads to another."""
    assert circles(graph(a="b", b="a c", c="d", d="c")) == (("a", "b", "a"), ("c", "d", "c"))


def test_a_circle_is_shown_as_short_as_it_is() -> None:
    """Whatever way the search came."""
    assert circles(graph(a="b c", b="c", c="a")) == (("a", "c", "a"),)


def test_needs_that_are_no_task_are_ignored() -> None:
    """They are somebody else's problem."""
    assert waves(graph(a="ghost")) == (("a",),)
    assert circles(graph(a="ghost")) == ()


def test_a_pipeline_has_a_graph() -> None:
    """Of its tasks and their needs."""
    task = TaskSpec(name=TaskName("b"), run="true", needs=(TaskName("a"),))
    assert needs_of((task,)) == {"b": ("a",)}


_GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)).map(
    lambda drawn: {TaskName(name): tuple(TaskName(need) for need in of if need != name) for name, of in drawn.items()}
)


@given(_GRAPHS)
def test_every_task_is_in_a_wave_or_there_is_a_circle(needs: Needs) -> None:
    """And a task's needs are always in waves before its own."""
    order = [name for wave in waves(needs) for name in wave]
    assert (len(order) == len(needs)) == (not circles(needs))
    for name in order:
        assert all(order.index(need) < order.index(name) for need in needs[name] if need in needs)
    for circle in circles(needs):
        assert circle[0] == circle[-1]
        assert all(later in needs[earlier] for earlier, later in pairwise(circle))
