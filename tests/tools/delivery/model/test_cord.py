"""The cord: pulled once, released once, always with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid, Refused
from andon.tools.delivery.model.cord import PullCord, ReleaseCord, State, in_words, parse_scope

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PULLED = fold(State(), PullCord(scope="service/shop", reason="prices are wrong").decide(State(), NOW))


def test_a_pulled_cord_is_released() -> None:
    """Then nothing is pulled."""
    assert PULLED.reason("service/shop") == "prices are wrong"
    released = ReleaseCord(scope="service/shop", reason="corrected").decide(PULLED, NOW)
    assert fold(PULLED, released) == State()


def test_scopes_do_not_touch_each_other() -> None:
    """The line can be stopped although a service is."""
    both = fold(PULLED, PullCord(scope="line", reason="smoke in the cellar").decide(PULLED, NOW))
    assert dict(both.pulled) == {"service/shop": "prices are wrong", "line": "smoke in the cellar"}


def test_pulling_twice_is_refused_with_the_first_reason() -> None:
    """Whoever comes second learns what is known."""
    with pytest.raises(Refused, match="prices are wrong"):
        PullCord(scope="service/shop", reason="again").decide(PULLED, NOW)


def test_releasing_what_is_not_pulled_is_refused_with_what_is() -> None:
    """So that the right one is found."""
    with pytest.raises(Refused, match=r"the cord of the line is not pulled\. Pulled now: service/shop"):
        ReleaseCord(scope="line", reason="all well").decide(PULLED, NOW)


@pytest.mark.parametrize("command", [PullCord, ReleaseCord])
def test_a_reason_is_asked_for(command: type[PullCord | ReleaseCord]) -> None:
    """Those who are stopped want to know why."""
    with pytest.raises(Invalid, match="say why"):
        command(scope="line", reason="  ").decide(PULLED, NOW)


@pytest.mark.parametrize("command", [PullCord, ReleaseCord])
def test_a_reason_stays_short(command: type[PullCord | ReleaseCord]) -> None:
    """It is said on every page and in every refusal."""
    with pytest.raises(Invalid, match="501 characters"):
        command(scope="line", reason="x" * 501).decide(PULLED, NOW)


@pytest.mark.parametrize("scope", ["", "shop", "service/", "service/UP", "environment", "planet/earth"])
def test_a_scope_that_is_none_is_invalid(scope: str) -> None:
    """With the three that there are."""
    with pytest.raises(Invalid):
        parse_scope(scope)


def test_scopes_are_said_in_words() -> None:
    """For sentences."""
    assert [in_words(s) for s in ("line", "environment/production")] == ["the line", "environment production"]
