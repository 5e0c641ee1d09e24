"""What PagerDuty's webhooks (version 3) say: incidents.

Source: developer.pagerduty.com, "Webhooks v3", "Verifying signatures".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec

from andon.standards.instants import in_utc
from andon.standards.json_body import decode
from andon.standards.webhook_signature import verify_versioned_signatures
from andon.tools.measurement.model.facts import Incident, Place
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import first_line, web_address
from andon.tools.measurement.ports import Headers

Time = Annotated[datetime, msgspec.Meta(tz=True)]


class PagerDutyReference(msgspec.Struct, gc=False):
    """Something that is named."""

    summary: str | None = None


class IncidentData(msgspec.Struct, gc=False):
    """An incident as it is after the event."""

    id: str
    created_at: Time
    status: str = ""
    title: str = ""
    html_url: str | None = None
    service: PagerDutyReference | None = None
    priority: PagerDutyReference | None = None
    urgency: str | None = None


class PagerDutyEventKind(msgspec.Struct, gc=False):
    """What an event is about; of any type."""

    type: str = ""


class PagerDutyEvent(msgspec.Struct, gc=False):
    """What happened."""

    id: str
    event_type: str
    occurred_at: Time
    data: msgspec.Raw = msgspec.Raw(b"{}")


class PagerDutyBody(msgspec.Struct, gc=False):
    """One delivery holds one event."""

    event: PagerDutyEvent


_BODY = msgspec.json.Decoder(PagerDutyBody)
_KIND = msgspec.json.Decoder(PagerDutyEventKind)
_INCIDENT = msgspec.json.Decoder(IncidentData)


class PagerDutyIntake:
    """Reads PagerDuty's webhooks."""

    kind = "pagerduty"

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """One of the signatures must be right: while secrets change there are two. Errors: Forbidden."""
        verify_versioned_signatures(headers.get("x-pagerduty-signature", ""), body, secret)

    def read(self, headers: Headers, body: bytes, names: Mapping, at: datetime) -> ReadDelivery:
        """The facts in a delivery; PagerDuty says itself when each happened. Errors: Invalid."""
        event = decode(_BODY, body, "the payload").event
        return replace(_read(event, event.event_type[:60] or "an event without a type", names), delivery=event.id[:100])


def _read(event: PagerDutyEvent, what: str, names: Mapping) -> ReadDelivery:
    if what.startswith(("service.", "pagey.")):
        return ReadDelivery(what=what, nothing="it is about no incident.")
    if not what.startswith("incident."):
        return ReadDelivery(what=what, kept=f'"{what}" is no event that is read here.')
    if decode(_KIND, event.data, "the payload: event.data").type != "incident":
        return ReadDelivery(what=what, nothing="the incident itself is as it was.")
    incident = decode(_INCIDENT, event.data, "the payload: event.data")
    if incident.status == "resolved" and what != "incident.resolved":
        return ReadDelivery(what=what, nothing="it is resolved already; that was reported before.")
    return ReadDelivery(what=what, facts=(_incident(event, incident, names),))


def _incident(event: PagerDutyEvent, data: IncidentData, names: Mapping) -> Incident:
    occurred_at = in_utc(event.occurred_at)
    service = (data.service.summary if data.service else None) or ""
    priority = (data.priority.summary if data.priority else None) or data.urgency
    return Incident(
        id=names.fact("incident", data.id[:100]),
        place=Place(service=names.service(service), environment=names.environment("")),
        title=first_line(data.title),
        detected_at=in_utc(data.created_at),
        resolved_at=occurred_at if data.status == "resolved" else None,
        severity=first_line(priority),
        link=web_address(data.html_url),
        told_at=occurred_at,
    )
