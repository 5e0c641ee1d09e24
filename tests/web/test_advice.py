"""Advice names who may follow it, where its reader may not."""

from __future__ import annotations

import pytest

from andon.web.advice import addressed


@pytest.mark.parametrize(
    ("advice", "permissions", "words"),
    [
        ("andon promote shop", {"promote"}, "andon promote shop"),
        ("andon promote shop", {"push"}, "an operator promotes it: andon promote shop"),
        ("Push a fix, or:  andon rollback shop", (), "Push a fix, or:  an operator rolls it back: andon rollback shop"),
        ("Then:  andon cord release line", {"promote"}, "Then:  an operator releases it: andon cord release line"),
        ("Then:  andon cord release line", {"cord"}, "Then:  andon cord release line"),
        ("See:  andon cord list, andon promoted", (), "See:  andon cord list, andon promoted"),
        ("Push a fix.", (), "Push a fix."),
    ],
)
def test_advice_is_for_its_reader(advice: str, permissions: set[str], words: str) -> None:
    """Those who may act get the command alone; the others learn whom to ask."""
    assert addressed(advice, permissions) == words
