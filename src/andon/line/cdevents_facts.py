"""The facts that other tools told, each as an event of its own, with its own time: deployments and incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.redaction import without_secrets
from andon.line.cdevents_standard import UNKNOWN
from andon.standards.cdevents_out import Outgoing, custom_type, standard_type
from andon.standards.purl import print_oci_purl
from andon.tools.measurement.events import FactsReceived
from andon.tools.measurement.model.facts import Deployment, Incident, Place

#: kinds of facts that have events of their own; the others stand in the event of the entry
OWN = ("deployments", "incidents")


def told_facts(
    happened: Envelope[FactsReceived], particulars: Mapping[str, Any], url: str, tool: str
) -> Iterator[Outgoing]:
    """One event for each deployment, one or two for each incident; ids are the entry's and the place in it."""
    for number, deployment in enumerate(happened.event.deployments):
        type_, content, data = _deployed(deployment, tool, url)
        yield Outgoing(
            id=f"{happened.id}/deployments/{number}",
            type=type_,
            source=url,
            at=deployment.finished_at,
            subject=deployment.place.service or UNKNOWN,
            content=content,
            chain=happened.chain,
            cause=happened.id,
            custom=_custom(deployment, data, happened.at, particulars),
        )
    for number, incident in enumerate(happened.event.incidents):
        yield from _incident(incident, f"{happened.id}/incidents/{number}", happened, particulars, url)


def _deployed(deployment: Deployment, tool: str, url: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Its type, its content, and what the standard has no place for."""
    service = deployment.place.service or UNKNOWN
    content: dict[str, Any] = {
        "environment": {"id": deployment.place.environment or UNKNOWN},
        "artifactId": print_oci_purl(service, deployment.digest or UNKNOWN),
    }
    data = {
        "commit": deployment.commit,
        "repository": deployment.repository,
        "digest": deployment.digest,
        "version": deployment.version,
        "rollback": deployment.rollback,
        "mends": deployment.mends,
        "started_at": _text(deployment.started_at),
        "by": deployment.by,
        "link": _seen(deployment.link, url),
    }
    if deployment.outcome == "success":
        return standard_type(f"service.{'rolledback' if deployment.rollback else 'deployed'}"), content, data
    went = {"service": {"id": service}, "outcome": deployment.outcome, "reason": deployment.reason}
    return custom_type(tool, "deployment", "finished"), {**data, **content, **went}, data


def _incident(
    incident: Incident, id_: str, happened: Envelope[FactsReceived], particulars: Mapping[str, Any], url: str
) -> Iterator[Outgoing]:
    """When it was detected, and when it was resolved."""
    data: dict[str, Any] = {
        "severity": incident.severity,
        "caused_by": incident.caused_by,
        "link": _seen(incident.link, url),
    }
    data |= {"detected_at": _text(incident.detected_at), "mitigated_at": _text(incident.mitigated_at)}
    times = {"detected": incident.detected_at, "resolved": incident.resolved_at}
    for what, at in times.items():
        if at is not None:
            yield Outgoing(
                id=f"{id_}/{what}",
                type=standard_type(f"incident.{what}"),
                source=url,
                at=at,
                subject=incident.id,
                content={"description": incident.title, **_where(incident.place)},
                chain=happened.chain,
                cause=happened.id,
                custom=_custom(incident, data, happened.at, particulars),
            )


def _where(place: Place) -> dict[str, Any]:
    return {"environment": {"id": place.environment or UNKNOWN}, "service": {"id": place.service or UNKNOWN}}


def _custom(
    fact: Deployment | Incident, data: Mapping[str, Any], heard_at: datetime, particulars: Mapping[str, Any]
) -> dict[str, Any]:
    """What tells another Andon which fact it is, and which telling of it."""
    ours = {**particulars, "fact": fact.id, "told_at": _text(fact.told_at or heard_at)}
    return {"andon": ours, "data": without_secrets(dict(data))}


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seen(link: str, url: str) -> str:
    """A path on this server is an address elsewhere."""
    return f"{url}{link}" if link.startswith("/") else link
