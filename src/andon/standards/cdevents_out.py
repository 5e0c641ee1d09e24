"""Printing CDEvents 0.5.1, bare and as CloudEvents. Source: github.com/cdevents/spec, tag v0.5.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from andon.kernel.errors import Invalid

SPEC_VERSION = "0.5.1"
CLOUDEVENTS_VERSION = "1.0"

#: the standard types that are printed, each with its own version
STANDARD_TYPES: Mapping[str, str] = {
    "artifact.packaged": "0.3.0",
    "artifact.published": "0.3.0",
    "branch.created": "0.3.0",
    "branch.deleted": "0.3.0",
    "change.merged": "0.3.0",
    "incident.detected": "0.3.0",
    "incident.resolved": "0.3.0",
    "pipelinerun.finished": "0.3.0",
    "pipelinerun.queued": "0.3.0",
    "pipelinerun.started": "0.3.0",
    "repository.created": "0.3.0",
    "service.deployed": "0.3.0",
    "service.published": "0.3.0",
    "service.rolledback": "0.3.0",
    "taskrun.finished": "0.3.0",
    "taskrun.started": "0.3.0",
    "testsuiterun.finished": "0.3.0",
}

#: of the shape of our own events' content
CUSTOM_VERSION = "0.1.0"
#: stricter than it looks: no hyphen and no digit in the subject, single digits in the version
_CUSTOM = re.compile(r"dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]")


def standard_type(name: str) -> str:
    """The type of the standard with its version: of "taskrun.started". Errors: KeyError for one that is not printed."""
    return f"dev.cdevents.{name}.{STANDARD_TYPES[name]}"


def custom_type(tool: str, subject: str, predicate: str) -> str:
    """A type of our own. Errors: Invalid for words that the specification's pattern does not take."""
    text = f"dev.cdeventsx.{tool}-{subject}.{predicate}.{CUSTOM_VERSION}"
    if not _CUSTOM.fullmatch(text):
        raise Invalid(f'"{text}" is no type of a custom CDEvent: the subject and the predicate are letters only.')
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One CDEvent that is to be printed."""

    id: str
    #: with its version
    type: str
    #: an address
    source: str
    at: datetime
    subject: str
    content: Mapping[str, Any] = field(default_factory=dict)
    #: "" when it belongs to none
    chain: str = ""
    #: the event that led to this one; "" when none did
    cause: str = ""
    custom: Mapping[str, Any] | None = None


def print_cdevent(event: Outgoing) -> dict[str, Any]:
    """The CDEvent as JSON has it."""
    context: dict[str, Any] = {
        "specversion": SPEC_VERSION,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "timestamp": _instant(event.at),
    }
    if event.chain:
        context["chainId"] = event.chain
    if event.cause:
        context["links"] = [{"linkType": "PATH", "from": {"contextId": event.cause}}]
    printed: dict[str, Any] = {"context": context, "subject": {"id": event.subject, "content": dict(event.content)}}
    if event.custom is not None:
        printed |= {"customData": dict(event.custom), "customDataContentType": "application/json"}
    return printed


def print_cloudevent(event: Outgoing) -> dict[str, Any]:
    """The same in a CloudEvent: its attributes say again what the CDEvent's context and subject say."""
    return {
        "specversion": CLOUDEVENTS_VERSION,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _instant(event.at),
        "datacontenttype": "application/json",
        "data": print_cdevent(event),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
