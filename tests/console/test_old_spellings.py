"""Options that had another name."""

from __future__ import annotations

import pytest

from andon.console.old_spellings import with_new_spellings


@pytest.mark.parametrize(
    ("typed", "meant", "hints"),
    [
        ("promote shop --to test", "promote shop --env test", ("--to is now --env.",)),
        ("rollback shop --environment=test --to 1.2", "rollback shop --env=test --version 1.2", 2),
        ("kaizen add --to 8", "kaizen add --to 8", ()),
        ("promote shop --env test", "promote shop --env test", ()),
        ("secret list --environment test", "secret list --env test", 1),
        ("secret set --environment test", "secret set --environment test", ()),
        ("runs again shop 1a2b3c4", "runs rerun shop 1a2b3c4", ("again is now rerun.",)),
        ("runs --repository again", "runs --repository again", ()),
        ("promote shop -- --to", "promote shop -- --to", ()),
    ],
)
def test_an_old_option_is_read_as_the_new_one(typed: str, meant: str, hints: int | tuple[str, ...]) -> None:
    """Only in the command that had it, and with a hint that names the new one."""
    words, said = with_new_spellings(typed.split())
    assert " ".join(words) == meant
    assert (len(said) if isinstance(hints, int) else said) == hints
