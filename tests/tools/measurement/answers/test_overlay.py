"""What happened beside what: explicit suspects before inferred ones, as it was known."""

from __future__ import annotations

from typing import Any

from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.answers.overlay import Overlay, incidents_at, overlay
from andon.tools.measurement.model.facts import Fact, FactId, Flip, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question
from tests.tools.measurement.telling import SHOP, WEEK, deployed, hour, incident


def shown(*facts: Fact, **more: Any) -> Overlay:
    """The week of the shop."""
    return overlay(History(facts), Question(place=SHOP, window=WEEK, **more))


def flipped(number: int, at: float) -> Flip:
    """A flag of the shop."""
    return Flip(id=FactId(f"f/{number}"), place=SHOP, flag="basket", what="on", at=hour(at))


def suspects(found: Overlay) -> list[tuple[str, bool]]:
    """Of the newest incident: what they are called, and whether somebody said so."""
    return [(one.name, one.is_explicit) for one in found.suspected[0].suspects]


def test_the_nearest_comes_first() -> None:
    """Deployments and flips of the 24 hours before, and nothing from after or from long before."""
    found = shown(deployed(1, 1), deployed(2, 20), flipped(3, 25), deployed(4, 31), incident(5, 30))
    assert suspects(found) == [("basket on", False), ("D2", False)]


def test_what_somebody_named_comes_before_what_is_near() -> None:
    """However long ago it was; and each says how it is known."""
    found = shown(deployed(1, 1), deployed(2, 49), incident(3, 50, caused_by=(FactId("d/1"),)))
    assert suspects(found) == [("D1", True), ("D2", False)]
    assert found.suspected[0].suspects[0].why == "explicit: the incident names it"


def test_what_mends_an_incident_names_its_cause() -> None:
    """The deployment that undid another one for an incident said which."""
    back = deployed(3, 12, of=1, mends=(FactId("d/2"), FactId("i/4")))
    found = shown(deployed(1, 1), deployed(2, 10), back, incident(4, 11))
    assert suspects(found) == [("D2", True), ("D1", False)]
    assert found.suspected[0].suspects[0].why == "explicit: D3 mends both"


def test_a_cause_that_nobody_knows_is_no_suspect() -> None:
    """An id that no deployment has is passed over."""
    assert suspects(shown(incident(1, 5, caused_by=(FactId("d/9"),)))) == []


def test_an_incident_from_before_that_lasts_is_there() -> None:
    """What ended before the window is not."""
    found = shown(incident(1, -10, 1), incident(2, -10, -9), incident(3, 200))
    assert [one.title for one in found.incidents] == ["I1"]


def test_only_what_was_known_is_shown() -> None:
    """As of an hour what ended later is still open, and what came later is not there."""
    found = shown(deployed(1, 1), deployed(2, 9), incident(3, 2, 20), incident(4, 12), flipped(5, 11), as_of=hour(8))
    assert [one.version for one in found.deployments] == ["D1"]
    assert [(one.title, one.resolved_at) for one in found.incidents] == [("I3", None)]
    assert found.flips == ()


def test_incidents_of_no_environment_count_for_each() -> None:
    """Those of another environment do not."""
    test = Place(service=SHOP.service, environment=EnvironmentName("test"))
    nowhere = Place(service=SHOP.service, environment=EnvironmentName(""))
    history = History((incident(1, 1, place=test), incident(2, 2, place=nowhere), incident(3, 0)))
    assert [one.title for one in incidents_at(history, SHOP)] == ["I3", "I2"]
