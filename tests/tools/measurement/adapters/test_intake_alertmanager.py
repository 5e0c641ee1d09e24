"""What Alertmanager's webhooks come to; the shape is that of its documentation, the values our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.adapters.intake_alertmanager import AlertmanagerIntake
from andon.tools.measurement.model.facts import Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAMES = Mapping(
    source="alerts", environments=(NamedEnvironment(pattern="prod*", environment=EnvironmentName("production")),)
)
STILL = "0001-01-01T00:00:00Z"


def alert(begun: str = "14:00", ended: str = "", **changed: object) -> dict[str, Any]:
    """One of the shop, with times in the sender's own zone."""
    told = {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": "SlowCheckout", "service": "Shop", "env": "prod-eu", "severity": "critical"},
        "annotations": {"summary": "Half of all checkouts take longer than 2 s"},
        "startsAt": f"2026-03-01T{begun}:00.123456+02:00",
        "endsAt": f"2026-03-01T{ended}:00+02:00" if ended else STILL,
        "generatorURL": "https://prom.example/graph?g0.expr=x",
        "fingerprint": "1a2b3c4d5e6f7a8b",
    }
    return {**told, **changed}


def group(*alerts: object, **changed: object) -> dict[str, Any]:
    """A notification."""
    told = {
        "version": "4",
        "groupKey": '{}:{alertname="SlowCheckout"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "andon",
        "groupLabels": {"alertname": "SlowCheckout"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "https://alerts.example",
    }
    return {**told, "alerts": list(alerts), **changed}


def read(payload: object) -> ReadDelivery:
    """As it comes in."""
    return AlertmanagerIntake().read({}, json.dumps(payload).encode(), NAMES, NOON)


def known(*payloads: object) -> tuple[Incident, ...]:
    """The incidents after all of them."""
    return History(fact for payload in payloads for fact in read(payload).facts).facts(Incident)


def test_an_alert_that_fires_is_an_incident_until_it_is_resolved() -> None:
    """Notified over and over, resolved once; in any order."""
    told = [group(alert()), group(alert(), alert("14:30", fingerprint="other")), group(alert(ended="14:45"))]
    for order in permutations(told):
        found = {incident.id: incident for incident in known(*order, *order)}
        assert len(found) == 2
        incident = found[next(id_ for id_ in found if "1a2b" in id_)]
        assert incident.place == Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
        assert (incident.title, incident.severity) == ("Half of all checkouts take longer than 2 s", "critical")
        assert incident.detected_at == NOON + timedelta(microseconds=123456)
        assert incident.resolved_at == NOON + timedelta(minutes=45)
        assert incident.link == "https://prom.example/graph?g0.expr=x"


def test_an_alert_that_fires_again_is_another_incident() -> None:
    """It has another beginning."""
    first, second = known(group(alert(ended="14:10")), group(alert("15:00")))
    assert (first.resolved_at, second.resolved_at) == (NOON + timedelta(minutes=10), None)


def test_senders_without_fingerprints_are_known_by_their_labels() -> None:
    """As old versions are."""
    first, same = read(group(alert(fingerprint=""))).facts, read(group(alert(ended="14:10", fingerprint=""))).facts
    other = read(group(alert(fingerprint="", labels={"alertname": "Other"}))).facts
    assert len(History((*first, *same, *other)).facts(Incident)) == 2


@pytest.mark.parametrize(
    "labels", [{"alertname": "Watchdog", "severity": "none"}, {"alertname": "x", "severity": "Info"}]
)
def test_heartbeats_and_notes_are_no_incidents(labels: dict[str, str]) -> None:
    """They tell of no harm."""
    received = read(group(alert(labels=labels)))
    assert (received.facts, received.kept) == ((), "")
    assert received.nothing == "no alert in it reports an incident: all are heartbeats or notes."


def test_what_was_left_out_is_said() -> None:
    """Alertmanager cuts long groups."""
    assert read(group(alert(), truncatedAlerts=3)).troubles == (
        "3 more alerts were left out by Alertmanager; raise max_alerts.",
    )


def test_grafana_sends_the_same_shape() -> None:
    """Under its own version, and with more in it."""
    payload = group(alert(silenceURL="https://x", values={"B": 1}), version="1", orgId=1, title="[FIRING:1]")
    assert len(known(payload)) == 1


def test_another_version_is_kept_with_its_reason() -> None:
    """It is no error."""
    assert read(group(version="5")).kept == "version 5 of the payload is not read here, only 4."


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, 'expected a field "alerts"'),
        (group(alert(startsAt="soon")), "alerts[0].startsAt: expected a time with its zone"),
        (group(alert(labels={"a": 1})), "found a whole number"),
        (group(alert(status="resolved", endsAt=STILL)), "the year 1 is no time"),
        (group(alert(status="resolved", endsAt=None)), "a resolved alert has no endsAt"),
    ],
)
def test_a_broken_payload_says_what_where_and_what_was_expected(payload: object, said: str) -> None:
    """Whoever set up the sender can mend it."""
    with pytest.raises(Invalid) as error:
        read(payload)
    assert said in str(error.value)


def test_the_secret_is_a_bearer_token() -> None:
    """Alertmanager signs nothing."""
    AlertmanagerIntake().verify({"authorization": "Bearer sesame"}, b"", "sesame")
    with pytest.raises(Forbidden):
        AlertmanagerIntake().verify({"authorization": "Bearer other"}, b"", "sesame")
