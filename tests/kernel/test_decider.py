"""The one shape of every noun, on the smallest noun there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from andon.kernel.decider import fold, never, wants_nothing
from andon.kernel.refusal import CommandRefused


@dataclass(frozen=True)
class Counted:
    """One more."""

    def evolve(self, state: int) -> int:
        return state + 1


def test_a_state_is_the_fold_of_its_events() -> None:
    """In order, from the initial one."""
    assert fold(0, (Counted(), Counted())) == 2


def test_a_refusal_is_history_and_no_state() -> None:
    """It is remembered in the stream and changes nothing."""
    refused = CommandRefused(command="count", rule="enough", reason="", remedy="")
    assert refused.evolve(7) == 7


def test_a_noun_that_only_remembers_wants_nothing_ever() -> None:
    """No effect, no deadline."""
    assert wants_nothing(1, datetime(2026, 1, 1, tzinfo=UTC)) == ()
    assert never(1) is None
