"""Which deployments failed, and how that is known."""

from __future__ import annotations

from dataclasses import replace

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.model.facts import Fact, FactId, Flip, Place
from andon.tools.measurement.model.history import History
from tests.tools.measurement.telling import SHOP, asked, case, deployed, hour, incident, measured

FOUR = tuple(deployed(number, number * 10) for number in range(1, 5))


def failed(*facts: Fact, definition: str = "dora") -> dict[str, str]:
    """By deployment: why it is called failed."""
    found = case(History([*FOUR, *facts]), asked(definition))
    return {found.deployments[number].version: one.why for number, one in found.failures.items()}


def test_an_incident_that_names_its_cause_blames_nobody_else() -> None:
    """What somebody said comes before what is inferred."""
    assert failed(incident(1, 41, caused_by=(FactId("d/2"),))) == {"D2": 'explicit: incident "I1" names it as a cause'}


def test_an_incident_that_names_none_is_held_against_the_newest_before_it() -> None:
    """And the row says that it is inferred."""
    assert failed(incident(1, 33)) == {"D3": 'inferred: incident "I1" 3 h after it'}


def test_after_a_day_nothing_is_inferred() -> None:
    """Only by the definitions that have no window."""
    late = incident(1, 40 + 24.1)
    assert failed(late) == {}
    assert failed(late, definition="devlake") == {"D4": 'inferred: incident "I1" 1 d after it'}


def test_an_incident_at_the_very_end_of_a_deployment_is_not_its_own() -> None:
    """It was detected before anybody could feel the new revision: strictly before."""
    assert list(failed(incident(1, 30))) == ["D2"]


def test_one_deployment_with_six_incidents_failed_once() -> None:
    """Deployments are counted, not incidents."""
    assert list(failed(*(incident(number, 31 + number) for number in range(6)))) == ["D3"]


def test_a_deployment_that_mends_another_says_that_it_failed() -> None:
    """By the deployer's word."""
    assert failed(deployed(5, 41, mends=(FactId("d/3"),))) == {"D3": "explicit: D5 mends it"}


def test_mending_an_incident_does_not_make_a_cause() -> None:
    """What the incident says, or what is inferred, does; the mending deployment is linked to it."""
    facts = (incident(1, 32, caused_by=(FactId("d/1"),)), deployed(5, 41, mends=(FactId("i/1"),)))
    found = case(History([*FOUR, *facts]))
    assert [(number, one.links[0].mender) for number, one in found.failures.items()] == [(0, 4)]


def test_going_back_blames_what_it_undid() -> None:
    """Inferred from the order of revisions; explicit when the deployer says so."""
    back = deployed(5, 41, of=2)
    assert failed(back) == {"D3": "inferred: D5 had been here before it"}
    assert failed(replace(back, rollback=True)) == {"D3": "explicit: rolled back by D5"}


def test_saying_what_a_rollback_mends_comes_before_the_order_of_revisions() -> None:
    """It goes from 4 back to 2, and the deployer says that 4 was bad."""
    assert failed(deployed(5, 41, of=2, rollback=True, mends=(FactId("d/4"),))) == {"D4": "explicit: D5 mends it"}


def test_explicit_and_inferred_reasons_stand_beside_each_other() -> None:
    """Explicit ones first."""
    why = failed(incident(1, 33), deployed(5, 41, mends=(FactId("d/3"),)))
    assert why == {"D3": 'explicit: D5 mends it; inferred: incident "I1" 3 h after it'}


def test_an_unsuccessful_deployment_mends_nothing() -> None:
    """It was meant to, and did not."""
    assert failed(deployed(5, 41, outcome="failure", mends=(FactId("d/3"),))) == {}


def test_incidents_of_other_places_are_not_ours() -> None:
    """One that names no environment is everybody's of its service."""
    other = Place(service=ServiceName("other"), environment=SHOP.environment)
    anywhere = Place(service=SHOP.service, environment=EnvironmentName(""))
    assert failed(incident(1, 33, place=other)) == {}
    assert list(failed(incident(1, 33, place=anywhere))) == ["D3"]


def test_a_cause_in_another_place_blames_nothing_here() -> None:
    """It names its cause, so nothing is inferred; nor is anything when that is a flag."""
    place = Place(service=ServiceName("other"), environment=SHOP.environment)
    elsewhere = deployed(7, 32, id=FactId("elsewhere/7"), place=place)
    assert failed(elsewhere, incident(1, 33, caused_by=(elsewhere.id,))) == {}
    flip = Flip(id=FactId("flips/1"), place=SHOP, flag="gift-cards", what="on", at=hour(32))
    assert failed(flip, incident(1, 33, caused_by=(flip.id,))) == {}


def test_a_cause_that_nobody_knows_is_named_and_inferred_instead() -> None:
    """An incident does not disappear because the deployment it names was never told."""
    told = incident(1, 33, caused_by=(FactId("nobody/7"),))
    why = 'inferred: incident "I1" 3 h after it, and the cause that it names is not known here'
    assert failed(told) == {"D3": why}
    history = History([*FOUR, told])
    for metric in ("change-fail-rate", "failed-deployment-recovery-time"):
        notes = measured(history, metric).notes
        assert "1 incident names a cause that is not known here; where none is, it is inferred." in notes


def test_one_known_cause_is_enough() -> None:
    """Nothing is inferred then, and the other one is still said to be missing."""
    told = incident(1, 33, caused_by=(FactId("nobody/7"), FactId("d/2")))
    assert failed(told) == {"D2": 'explicit: incident "I1" names it as a cause'}
    assert any(
        "names a cause that is not known" in note for note in measured(History([*FOUR, told]), "change-fail-rate").notes
    )


def test_datadog_blames_the_first_deployment_after_the_target() -> None:
    """As it documents: with V1, V2, V1, V3, V2 that is the good rollback; by DORA's definition here it is V3."""
    told = [deployed(number, number, of=of) for number, of in enumerate((1, 2, 1, 3, 2), 1)]
    for definition, blamed in (("dora", ["D2", "D4"]), ("datadog", ["D2", "D3"])):
        found = case(History(told), asked(definition))
        assert [found.deployments[number].version for number in found.failures] == blamed
