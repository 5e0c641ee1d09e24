"""What PagerDuty's webhooks come to; the shape is that of its documentation, the values our own."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.adapters.intake_pagerduty import PagerDutyIntake
from andon.tools.measurement.model.facts import Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping, NamedService
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAMES = Mapping(
    source="pager",
    services=(NamedService(pattern="shop checkout", service=ServiceName("shop")),),
    default_environment=EnvironmentName("production"),
)


def event(kind: str, minute: int, **data: object) -> dict[str, Any]:
    """Something happened to an incident that was opened at noon."""
    status = {"resolved": "resolved", "acknowledged": "acknowledged"}.get(kind.rpartition(".")[2], "triggered")
    told = {
        "id": "Q7PAGER",
        "type": "incident",
        "html_url": "https://acme.pager.example/incidents/Q7PAGER",
        "number": 12,
        "status": status,
        "created_at": "2026-03-01T12:00:00Z",
        "title": "Checkout answers slowly",
        "service": {"id": "PSHOP", "summary": "Shop Checkout", "type": "service_reference"},
        "priority": {"id": "P1", "summary": "P1", "type": "priority_reference"},
        "urgency": "high",
        "resolve_reason": None,
    }
    return {
        "event": {
            "id": f"01E{minute:03}",
            "event_type": kind,
            "resource_type": kind.partition(".")[0],
            "occurred_at": f"2026-03-01T12:{minute:02}:00.169Z",
            "agent": None,
            "data": {**told, **data},
        }
    }


def read(payload: object) -> ReadDelivery:
    """As it comes in."""
    return PagerDutyIntake().read({}, json.dumps(payload).encode(), NAMES, NOON)


def known(*payloads: object) -> Incident:
    """The one incident after all of them."""
    (incident,) = History(fact for payload in payloads for fact in read(payload).facts).facts(Incident)
    return incident


def test_an_incident_from_its_beginning_to_its_end() -> None:
    """Triggered, acknowledged, resolved; in any order, each twice."""
    told = [event("incident.triggered", 0), event("incident.acknowledged", 4), event("incident.resolved", 30)]
    for order in permutations(told):
        incident = known(*order, *order)
        assert incident.id == "pager/incident/Q7PAGER"
        assert incident.place == Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
        assert (incident.title, incident.severity) == ("Checkout answers slowly", "P1")
        assert incident.detected_at == NOON
        assert incident.resolved_at == NOON + timedelta(minutes=30, seconds=0.169)
        assert incident.link == "https://acme.pager.example/incidents/Q7PAGER"


def test_an_incident_that_is_opened_again_lasts() -> None:
    """Until it is resolved again; from its first beginning on."""
    told = [event("incident.triggered", 0), event("incident.resolved", 10), event("incident.reopened", 20)]
    for order in permutations(told):
        assert known(*order).resolved_at is None
    again = known(*told, event("incident.resolved", 40))
    assert (again.detected_at, again.resolved_at) == (NOON, NOON + timedelta(minutes=40, seconds=0.169))


def test_what_comes_after_the_end_does_not_move_it() -> None:
    """Somebody sets a priority on an incident that is over."""
    late = event("incident.priority_updated", 50, status="resolved")
    assert read(late).nothing == "it is resolved already; that was reported before."
    assert known(event("incident.resolved", 10), late).resolved_at == NOON + timedelta(minutes=10, seconds=0.169)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (event("incident.annotated", 1, type="incident_note"), "the incident itself is as it was."),
        (event("service.updated", 1), "it is about no incident."),
        (event("pagey.ping", 1), "it is about no incident."),
    ],
)
def test_what_holds_nothing_says_why(payload: object, said: str) -> None:
    """Understood, and not kept."""
    received = read(payload)
    assert (received.facts, received.kept, received.nothing) == ((), "", said)
    assert received.delivery == "01E001"


def test_an_event_that_is_not_known_is_kept_with_its_reason() -> None:
    """It is no error."""
    assert read(event("team.renamed", 1)).kept == '"team.renamed" is no event that is read here.'
    assert read(event("", 1)).what == "an event without a type"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, 'expected a field "event"'),
        (event("incident.triggered", 0, created_at=None), "event.data: created_at: expected a time with its zone"),
        (event("incident.triggered", 0, id=7), "event.data: id: expected text, found a whole number"),
    ],
)
def test_a_broken_payload_says_what_where_and_what_was_expected(payload: object, said: str) -> None:
    """Whoever set up the sender can mend it."""
    with pytest.raises(Invalid) as error:
        read(payload)
    assert said in str(error.value)


def test_one_of_two_signatures_is_enough() -> None:
    """While the secret changes there are two of them."""
    made = [f"v1={hmac.new(secret, b'{}', hashlib.sha256).hexdigest()}" for secret in (b"old", b"new")]
    PagerDutyIntake().verify({"x-pagerduty-signature": ",".join(made)}, b"{}", "new")
    with pytest.raises(Forbidden):
        PagerDutyIntake().verify({"x-pagerduty-signature": made[0]}, b"{}", "new")
