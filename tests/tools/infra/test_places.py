"""Where a secret can be of use."""

from __future__ import annotations

import pytest
from tests.line.histories import envelope, line, published

from andon.kernel.errors import NotFound
from andon.tools.infra.places import Places


def places(*events: object) -> Places:
    """What is known after the events."""
    known = Places()
    for event in events:
        known.apply(envelope(event))
    return known


def test_an_environment_that_the_line_has_not_is_refused() -> None:
    """With the nearest, else all; before there is a line nobody knows."""
    places().check_environment("prod")
    places(line()).check_environment("test")
    with pytest.raises(NotFound, match=r'"tset"\. Did you mean "test"'):
        places(line()).check_environment("tset")
    with pytest.raises(NotFound, match="Known here: test, production"):
        places(line()).check_environment("x")


def test_a_service_that_nothing_was_published_of_is_told() -> None:
    """It may come later, or be a slip."""
    known = places(line(), published())
    assert known.unmatched("test", "shop") == ""
    assert known.unmatched("test", "shpo") == 'No service "shpo" was published yet. Did you mean "shop"?'
    assert known.unmatched("tests", "shop") == 'The line has no environment "tests". Did you mean "test"?'
    assert known.unmatched("test", "mail") == 'No service "mail" was published yet.'


def test_a_filter_that_nothing_has_is_an_error_with_what_was_meant() -> None:
    """What only a secret still has may be asked for; "" is all."""
    known = places(line(), published())
    known.check_filter("", "", ())
    known.check_filter("test", "shop", ())
    known.check_filter("old", "gone", (("old", "gone"),))
    with pytest.raises(NotFound, match=r'"prodution"\. Did you mean "production"'):
        known.check_filter("prodution", "", ())
    with pytest.raises(NotFound, match=r'no service "shpo"\. Did you mean "shop"'):
        known.check_filter("", "shpo", ())
