"""What Alertmanager's webhooks (version 4) say, and Grafana's, which have the same shape: incidents.

An alert that fires is an incident until it is resolved; fired again it has another beginning and is another incident.
Source: prometheus.io, "Alertmanager configuration", webhook_config.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec

from andon.kernel.errors import Invalid
from andon.standards.instants import in_utc
from andon.standards.json_body import decode
from andon.standards.webhook_signature import verify_authorization
from andon.tools.measurement.model.facts import FactId, Incident, Place
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import first_line, web_address
from andon.tools.measurement.ports import Headers

Time = Annotated[datetime, msgspec.Meta(tz=True)]

#: labels that name the service, and the environment; the first that an alert has counts
SERVICE_LABELS = ("service", "app", "application", "job")
ENVIRONMENT_LABELS = ("environment", "env", "deployment_environment", "stage")
#: severities of alerts that tell no harm: heartbeats, and notes
HARMLESS = frozenset({"none", "info", "informational"})
#: the webhook format that is read
VERSION = "4"


class FiringAlert(msgspec.Struct, gc=False, rename="camel"):
    """One alert of a group."""

    status: str
    starts_at: Time
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    #: the year 1 while it fires
    ends_at: Time | None = None
    fingerprint: str = ""
    generator_u_r_l: str = msgspec.field(name="generatorURL", default="")


class AlertmanagerBody(msgspec.Struct, gc=False, rename="camel"):
    """Some alerts of one group: those that fire, and those that ended since the last notification."""

    alerts: list[FiringAlert]
    version: str = VERSION
    status: str = ""
    truncated_alerts: int = 0


_BODY = msgspec.json.Decoder(AlertmanagerBody)


class AlertmanagerIntake:
    """Reads Alertmanager's webhooks."""

    kind = "alertmanager"

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """Alertmanager signs nothing: the secret is a bearer token, or a password. Errors: Forbidden."""
        verify_authorization(headers.get("authorization", ""), secret)

    def read(self, headers: Headers, body: bytes, names: Mapping, at: datetime) -> ReadDelivery:
        """The incidents in a delivery; each alert says itself when it began. Errors: Invalid."""
        group = decode(_BODY, body, "the payload")
        what = f"alerts {group.status}"[:60]
        if group.version not in {VERSION, "1"}:
            return ReadDelivery(
                what=what, kept=f"version {group.version[:10]} of the payload is not read here, only {VERSION}."
            )
        incidents = tuple(_incidents(group, names))
        cut = group.truncated_alerts
        return ReadDelivery(
            what=what,
            facts=incidents,
            nothing="" if incidents else "no alert in it reports an incident: all are heartbeats or notes.",
            troubles=(f"{cut} more alerts were left out by Alertmanager; raise max_alerts.",) if cut > 0 else (),
        )


def _incidents(group: AlertmanagerBody, names: Mapping) -> Iterator[Incident]:
    for alert in group.alerts:
        labels = alert.labels
        if labels.get("severity", "").lower() in HARMLESS or labels.get("alertname") == "Watchdog":
            continue
        begun, ended = in_utc(alert.starts_at), _ended(alert)
        place = Place(
            service=names.service(_first(labels, SERVICE_LABELS)),
            environment=names.environment(_first(labels, ENVIRONMENT_LABELS)),
        )
        yield Incident(
            id=_id(alert, begun, names),
            place=place,
            title=first_line(alert.annotations.get("summary") or labels.get("alertname")),
            detected_at=begun,
            resolved_at=ended,
            severity=first_line(labels.get("severity")),
            link=web_address(alert.generator_u_r_l),
            told_at=ended or begun,
        )


def _ended(alert: FiringAlert) -> datetime | None:
    if alert.status != "resolved":
        return None
    if alert.ends_at is None:
        raise Invalid("the payload: alerts: a resolved alert has no endsAt.")
    return max(in_utc(alert.ends_at), in_utc(alert.starts_at))


def _id(alert: FiringAlert, begun: datetime, names: Mapping) -> FactId:
    """Same alert, same beginning, same incident. Senders that give no fingerprint give the labels it is made of."""
    labels = "\n".join(f"{name}={alert.labels[name]}" for name in sorted(alert.labels))
    fingerprint = alert.fingerprint[:100] or hashlib.sha256(labels.encode(errors="replace")).hexdigest()[:16]
    return names.fact("alert", fingerprint, begun.isoformat())


def _first(labels: dict[str, str], wanted: tuple[str, ...]) -> str:
    return next((labels[name] for name in wanted if labels.get(name)), "")
