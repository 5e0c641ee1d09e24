"""Group commit treats each append as if it came alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.envelope import Entry
from andon.kernel.ids import EventId
from andon.ledger.batch import AppendRequest, Outcome, admit
from andon.ledger.ledger import EMPTY, Conflict, LedgerHead
from andon.ledger.rows import COLUMNS, row_of
from andon.ledger.verify import Walk
from andon.testing.ledger_suite import draft

places = st.tuples(st.sampled_from(("run/1", "run/2", "run/3")), st.integers(0, 3))
requests = st.lists(
    st.lists(places, max_size=4).map(
        lambda drafts: AppendRequest(drafts=tuple(draft(key, expected) for key, expected in drafts), cursors={})
    ),
    max_size=12,
)


def one_by_one(several: list[AppendRequest]) -> tuple[Outcome, ...]:
    """The outcomes when each request has its own transaction."""
    head, stored, outcomes = EMPTY, list[Entry](), list[Outcome]()
    for request in several:
        lengths = Counter(entry.stream for entry in stored)
        (outcome,) = admit([request], head, lengths).outcomes
        stored += outcome if isinstance(outcome, tuple) else ()
        head = LedgerHead(position=stored[-1].position, hash=stored[-1].hash) if stored else EMPTY
        outcomes.append(outcome)
    return tuple(outcomes)


def plain(outcomes: tuple[Outcome, ...]) -> list[object]:
    """Outcomes that can be compared."""
    return [str(outcome) if isinstance(outcome, Conflict) else outcome for outcome in outcomes]


@given(requests)
def test_a_group_is_as_good_as_one_by_one(several: list[AppendRequest]) -> None:
    """Sharing a transaction changes neither entries nor hashes nor conflicts."""
    batch = admit(several, EMPTY, {})
    assert plain(batch.outcomes) == plain(one_by_one(several))


@given(requests)
def test_what_is_admitted_verifies(several: list[AppendRequest]) -> None:
    """The entries of a group have no gaps, and their chain is proven by the walk."""
    batch = admit(several, EMPTY, {})
    rows = [tuple(row_of(entry)[name] for name in COLUMNS) for entry in batch.entries]
    proof = Walk().over(rows).finished()
    assert (proof.ok, proof.entries) == (True, len(batch.entries))


@given(requests.filter(lambda several: any(request.drafts for request in several)), st.data())
def test_any_changed_field_is_found(several: list[AppendRequest], data: st.DataObject) -> None:
    """Whatever field of whatever entry changes, the walk stops there."""
    entries = admit(several, EMPTY, {}).entries
    if not entries:
        return
    rows: list[list[object]] = [[row_of(entry)[name] for name in COLUMNS] for entry in entries]
    index = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(COLUMNS) - 1))
    rows[index][column] = data.draw(
        st.sampled_from([None, -1, 7.5, "x", b"x"]).filter(lambda v: v != rows[index][column])
    )
    proof = Walk().over(rows).finished()
    assert (proof.ok, proof.position) == (False, index + 1)


def test_only_its_own_cursor_is_lost() -> None:
    """A conflict keeps back its own cursors and nobody else's."""
    good = AppendRequest(drafts=(draft(),), cursors={"flow": 1})
    stale = AppendRequest(drafts=(replace(draft(), id=EventId("late")),), cursors={"flow": 2, "mail": 2})
    assert admit([good, stale], EMPTY, {}).cursors == {"flow": 1}
