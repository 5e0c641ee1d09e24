"""What a page is about is read from its address and kept in every link."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor, ServiceName
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.pages.selection import PageSelection, asking_in, number_in, selection_of, with_service
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked
from andon.web.who import Who
from tests.tools.measurement.telling import deployed

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
WHO = Who(actor=Actor("ada"), account=None, permissions=frozenset({"read"}))


def choice(query: str = "") -> PageSelection:
    """What somebody chose where the shop was deployed twice and billing once."""
    measured = Measured()
    billing = replace(deployed(3, 3).place, service=ServiceName("billing"))
    for one in (deployed(1, 1), deployed(2, 2), deployed(3, 3, place=billing)):
        measured.history.add(one)
    asked = Asked(who=WHO, path="/flow", query=query, fragment=False)
    return with_service(selection_of(asked, measured, NOW), measured.history)


def test_every_word_of_an_address_is_read() -> None:
    """The last of two counts; what is unknown is passed over."""
    asked = asking_in("service=a&service=shop&environment=test&from=x&to=y&as=z&as_of=w&other=1")
    wanted = MetricQuery(service="shop", environment="test", begin="x", end="y", definition="z", as_of="w")
    assert asked == wanted


def test_a_link_keeps_what_was_chosen() -> None:
    """But for what it says itself."""
    address = choice("service=billing&from=2026-03-01").to("/wall", service="shop", begin="")
    assert address == "/wall?service=shop"
    assert choice().to() == "/flow"


def test_the_busiest_service_is_shown_when_nobody_chose() -> None:
    """So that no page is a dead end."""
    assert choice().question.place.service == "shop"
    assert choice("service=billing").question.place.service == "billing"


@pytest.mark.parametrize(("query", "words"), [("", "90 days"), ("from=2026-02-08", "30 days"), ("to=2026-03-01", "")])
def test_the_window_that_is_chosen_is_marked(query: str, words: str) -> None:
    """Days of one's own are none of the usual ones."""
    found = choice(query)
    assert "".join(span.words for span in found.spans if span.is_chosen) == words
    assert found.has_times == (not words)


def test_the_same_choice_has_a_command() -> None:
    """With the options that say the same."""
    found = choice("service=shop&from=2026-03-01&as=devlake")
    assert found.options == " --service shop --since 2026-03-01 --as devlake"


@pytest.mark.parametrize("text", ["-1", "many", "0", "9999999999", "1.5"])
def test_a_number_of_an_address_is_one(text: str) -> None:
    """Else it is refused, by its name."""
    with pytest.raises(Invalid, match="weeks"):
        number_in(f"weeks={text}", "weeks", 4)
