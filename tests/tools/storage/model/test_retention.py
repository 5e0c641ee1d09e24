"""Which kept things go: the too old, then the too much, the longest unused first, and never what is held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.sizes import MEBIBYTE
from andon.tools.storage.model.retention import SAFE_FOR, KeptItem, RetentionPolicy, due, next_in_line, removals

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = RetentionPolicy(age=timedelta(days=90), size_bytes=10 * MEBIBYTE)


def item(name: str, days: float, mebibytes: int = 1, held: str = "") -> KeptItem:
    return KeptItem(
        kind="run logs",
        name=name,
        size_bytes=mebibytes * MEBIBYTE,
        last_used=NOW - timedelta(days=days),
        held=held,
    )


def names(*kept: KeptItem) -> list[tuple[str, str]]:
    return [(removal.item.name, removal.why) for removal in removals(kept, POLICY, NOW)]


def test_what_was_not_used_for_too_long_goes() -> None:
    assert names(item("old", 91), item("new", 89)) == [("old", "not used for more than 90 days")]


def test_what_is_too_much_goes_the_longest_unused_first_until_the_rest_fits() -> None:
    kept = (item("c", 1, 4), item("a", 3, 4), item("b", 2, 4), item("d", 0.5, 4))
    assert names(*kept) == [("a", "more than 10 MiB are kept"), ("b", "more than 10 MiB are kept")]


def test_what_is_held_stays_however_old_and_large_it_is() -> None:
    assert names(item("live", 400, 50, held="in use")) == []


def test_what_was_used_just_now_stays() -> None:
    assert names(item("now", 0.01, 50)) == []


def test_the_next_in_line_and_when_its_age_makes_it_go() -> None:
    kept = (item("b", 2), item("a", 3), item("held", 9, held="in use"))
    assert [one.name for one in next_in_line(kept, NOW)] == ["a", "b"]
    assert due(kept[1], POLICY) == NOW + timedelta(days=87)


ITEMS = st.builds(
    KeptItem,
    kind=st.sampled_from(["run logs", "images"]),
    name=st.text("abc", min_size=1, max_size=3),
    size_bytes=st.integers(0, 8 * MEBIBYTE),
    last_used=st.timedeltas(timedelta(0), timedelta(days=200)).map(lambda ago: NOW - ago),
    held=st.sampled_from(["", "", "in use"]),
)


@given(st.lists(ITEMS, unique_by=lambda one: (one.kind, one.name)))
def test_nothing_held_goes_and_what_stays_is_neither_too_old_nor_too_much(kept: list[KeptItem]) -> None:
    """Unless it is held, or was used within the last hour."""
    going = [removal.item for removal in removals(kept, POLICY, NOW)]
    staying = [one for one in kept if one not in going]
    assert not any(one.held for one in going)
    free = [one for one in staying if not one.held and NOW - one.last_used >= SAFE_FOR]
    assert not any(NOW - one.last_used > POLICY.age for one in free)
    assert not free or sum(one.size_bytes for one in staying) <= POLICY.size_bytes
