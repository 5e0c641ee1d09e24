"""Errors: each says what, where, and what to do."""

from __future__ import annotations

from andon.kernel.errors import AndonError, Invalid, PortError, Problem, Refused


def test_a_refusal_says_rule_reason_and_remedy() -> None:
    """In one line, and each by itself for the doors."""
    refused = Refused("cord-pulled", "The line is stopped.", "Release the cord.")
    assert str(refused) == "refused by cord-pulled: The line is stopped. Release the cord."
    assert (refused.rule, refused.reason) == ("cord-pulled", "The line is stopped.")
    assert refused.remedy == "Release the cord."


def test_invalid_input_shows_every_problem_at_its_place() -> None:
    """All at once, with the line it stands on."""
    wrong = Invalid(
        Problem(where="andon.toml:3:1", message="no such key", remedy="Did you mean run?", excerpt="3 | runn"), "empty"
    )
    assert str(wrong) == "andon.toml:3:1: no such key Did you mean run?\n3 | runn\nempty"
    assert [problem.where for problem in wrong.problems] == ["andon.toml:3:1", ""]


def test_a_port_says_whether_trying_again_helps() -> None:
    """A passing failure is tried again, a lasting one is a verdict."""
    assert not PortError("busy").permanent
    assert PortError("gone", permanent=True).permanent
    assert isinstance(PortError("busy"), AndonError)
