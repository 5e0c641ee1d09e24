"""The search: the best fit comes first, a near name is offered, and nobody finds what they may not see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from andon.kernel.ids import Actor
from andon.line.search import MOST_OF_A_KIND, Search
from andon.web.finding import Findable
from andon.web.navigation import Navigation, Page
from andon.web.who import ANONYMOUS, Who

NAVIGATION = Navigation(
    ("Line",), (Page("Line", "/runs", "Runs"), Page("Line", "/storage", "Storage", needs="promote"))
)
READER = Who(actor=Actor("bob"), account=None, permissions=frozenset({"read"}))


def things(typed: str, who: Who, /) -> Iterator[Findable]:
    """A shop of each kind, and many changes."""
    yield Findable(words="shop", address="/artifacts/shop", kind="artifact")
    yield Findable(words="shop", address="/services/shop", kind="service")
    yield Findable(words="shop 2.14", address="/artifacts/shop/2.14", kind="version", ids=("2.14", "9c1f00aa"))
    for number in range(30):
        words = f"fix shop {number}"
        yield Findable(
            words=words, address=f"/changes/{number}", kind=f"change by {number}", ids=("c0ffee",), about="Ada"
        )


def found(typed: str, who: Who = READER) -> list[str]:
    """Addresses, in their order."""
    return [one.address for one in Search((things,), NAVIGATION).find(typed, who).found]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("shop", "/services/shop"),
        ("  SHOP   2.14 ", "/artifacts/shop/2.14"),
        ("2.14", "/artifacts/shop/2.14"),
        ("9c1f", "/artifacts/shop/2.14"),
        ("ada", "/changes/0"),
        ("run", "/runs"),
    ],
)
def test_the_best_fit_comes_first(typed: str, first: str) -> None:
    """Services before other things of the same name; ids are known by their first digits."""
    assert found(typed)[0] == first


def test_of_what_fits_in_part_there_are_some_of_each_kind() -> None:
    """A word that many subjects have does not push out the rest; three digits of an id say nothing."""
    assert len(found("shop")) == 2 + 1 + MOST_OF_A_KIND
    assert found("c0f") == []
    assert len(found("c0ff")) == MOST_OF_A_KIND


def test_nothing_leads_to_what_may_be_meant() -> None:
    """A near name, not a near subject."""
    answer = Search((things,), NAVIGATION).find("shoop", READER)
    assert answer.found == ()
    assert answer.meant is not None
    assert (answer.meant.words, answer.meant.address) == ("shop", "/services/shop")
    assert Search((things,), NAVIGATION).find("fix shop 300", READER).meant is None
    assert Search((things,), NAVIGATION).find("", READER).meant is None


def test_pages_are_found_by_those_who_may_open_them() -> None:
    """As in the bar."""
    assert found("storage") == []
    operator = Who(actor=Actor("ada"), account=None, permissions=frozenset({"read", "promote"}))
    assert found("storage", operator) == ["/storage"]
    assert found("runs", ANONYMOUS) == []
