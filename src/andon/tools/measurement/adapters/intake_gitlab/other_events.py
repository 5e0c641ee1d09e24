"""Feature flags, incidents among the work items, and what scanners found."""

from __future__ import annotations

import msgspec

from andon.tools.measurement.adapters.intake_gitlab.payloads import (
    FlagEvent,
    GitLabDelivery,
    VulnerabilityEvent,
    WorkItemEvent,
    instant,
    maybe,
    parse,
)
from andon.tools.measurement.model.facts import Flip, Incident, SecurityFinding
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import first_line, web_address

_FLAG = msgspec.json.Decoder(FlagEvent)
_WORK_ITEM = msgspec.json.Decoder(WorkItemEvent)
_VULNERABILITY = msgspec.json.Decoder(VulnerabilityEvent)


def read_flag(delivery: GitLabDelivery) -> ReadDelivery:
    """A flag was turned. GitLab says neither when nor in which environment."""
    event = parse(_FLAG, delivery.body)
    flag, names, theirs = event.object_attributes, delivery.names, event.project.path_with_namespace
    which = delivery.id or delivery.at.isoformat()
    flip = Flip(
        id=names.fact("flag", theirs, flag.id, which),
        place=names.place(theirs, ""),
        flag=first_line(flag.name),
        what="on" if flag.active else "off",
        at=delivery.at,
        by=first_line(event.user.username) if event.user else "",
    )
    return ReadDelivery(what="feature_flag", facts=(flip,))


def read_work_item(delivery: GitLabDelivery) -> ReadDelivery:
    """A work item of the type incident; only the event of its closing knows when it was closed."""
    event = parse(_WORK_ITEM, delivery.body)
    item, names, theirs = event.object_attributes, delivery.names, event.project.path_with_namespace
    what = f"work_item {item.action}"[:60]
    if item.type.lower() != "incident":
        return ReadDelivery(what=what, nothing="it is no incident.")
    if item.state == "closed" and item.action != "close":
        return ReadDelivery(what=what, nothing="it is closed already; that was reported before.")
    updated_at = instant(item.updated_at, "object_attributes.updated_at")
    incident = Incident(
        id=names.fact("incident", theirs, item.iid),
        place=names.place(theirs, ""),
        title=first_line(item.title),
        detected_at=instant(item.created_at, "object_attributes.created_at"),
        resolved_at=updated_at if item.action == "close" else None,
        severity=first_line(item.severity),
        link=web_address(item.url),
        told_at=updated_at,
    )
    return ReadDelivery(what=what, facts=(incident,))


def read_vulnerability(delivery: GitLabDelivery) -> ReadDelivery:
    """A weakness. The project stands only in its address."""
    event = parse(_VULNERABILITY, delivery.body)
    found, names = event.object_attributes, delivery.names
    project, _, number = found.url.partition("/-/")
    theirs = "/".join(project.split("/")[3:])
    updated_at = instant(found.updated_at, "object_attributes.updated_at")
    dismissed_at = maybe(found.dismissed_at, "object_attributes.dismissed_at")
    finding = SecurityFinding(
        id=names.fact("vulnerability", theirs, number.rpartition("/")[2]),
        repository=names.repository(theirs),
        title=first_line(found.title),
        severity=first_line(found.severity),
        opened_at=instant(found.created_at, "object_attributes.created_at"),
        fixed_at=maybe(found.resolved_at, "object_attributes.resolved_at") if found.state == "resolved" else None,
        dismissed_at=dismissed_at if found.state == "dismissed" else None,
        link=web_address(found.url),
        told_at=updated_at,
    )
    return ReadDelivery(what=f"vulnerability {found.state}"[:60], facts=(finding,))
