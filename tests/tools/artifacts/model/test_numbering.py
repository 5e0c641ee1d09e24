"""Numbers of versions: trunk's order, whatever is built first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import Version
from andon.tools.artifacts.model.numbering import Landing, Numbered, next_version


def numbered(**landings: int) -> list[Numbered]:
    """Versions by name ("v1_2") and landing."""
    return [Numbered(version=Version(n[1:].replace("_", ".")), landing=at) for n, at in landings.items()]


def test_the_first_version_leaves_room_for_changes_that_may_become_one() -> None:
    """They landed before it, and have no version yet."""
    assert next_version("1", Landing(number=7), ()) == "1.1"
    assert next_version("1", Landing(number=7, reserved=2), ()) == "1.3"


def test_a_change_has_the_number_of_its_place() -> None:
    """One that became no version leaves its number free, for when it does."""
    assert next_version("1", Landing(number=9), numbered(v1_3=7)) == "1.5"
    assert next_version("1", Landing(number=6), numbered(v1_3=7)) == "1.2"


def test_each_prefix_counts_for_itself() -> None:
    """A new one begins at 1."""
    assert next_version("2", Landing(number=9), numbered(v1_3=7)) == "2.1"


def test_versions_of_before_places_were_recorded_stay_and_are_older() -> None:
    """The next is one higher; an older commit that is built again gets a part more."""
    old = numbered(v1_1=0, v1_2=0)
    assert next_version("1", Landing(number=50), old) == "1.3"
    assert next_version("1", Landing(number=40), [*old, *numbered(v1_3=50)]) == "1.2.1"


def test_a_commit_inside_a_change_comes_before_the_changes_own() -> None:
    """And after what landed before."""
    known = numbered(v1_3=7, v1_4=8)
    assert next_version("1", Landing(number=8, is_inside=True), known) == "1.3.1"
    assert next_version("1", Landing(number=8, is_inside=True), [*known, *numbered(v1_3_1=8)]) == "1.3.2"


def test_a_commit_that_no_change_named_is_older_than_all() -> None:
    """Where nothing has a place, versions count up."""
    assert next_version("1", Landing(), numbered(v1_1=0)) == "1.2"
    assert next_version("1", Landing(), numbered(v1_1=7)) == "1.0.1"


@given(st.permutations(range(1, 7)))
def test_whatever_is_built_first_versions_follow_the_trunk(order: list[int]) -> None:
    """All of the changes may become versions, so each keeps the number of its place."""
    known: list[Numbered] = []
    for number in order:
        landing = Landing(number=number, reserved=number - 1)
        known.append(Numbered(version=next_version("1", landing, known), landing=number))
    assert [one.version for one in sorted(known, key=lambda one: one.landing)] == [f"1.{n}" for n in range(1, 7)]
