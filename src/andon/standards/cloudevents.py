"""CloudEvents 1.0 as they come over HTTP: one in headers and body, one in the body, or several.

Source: github.com/cloudevents/spec, "HTTP Protocol Binding", "JSON Event Format"; all from v1.0.2.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import msgspec

from andon.kernel.errors import Invalid, Problem
from andon.standards.json_body import decode

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

#: versions of the envelope that are read; all 1.x are compatible
_VERSIONS = ("1.", "0.3")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """One event in its envelope."""

    id: str
    source: str
    type: str
    #: JSON as a rule
    data: bytes
    #: what it is about; "" when the sender leaves that open
    subject: str = ""
    #: as the sender writes it; "" when it does not
    time: str = ""


class _Structured(msgspec.Struct, gc=False):
    specversion: str
    id: str
    source: str
    type: str
    subject: str = ""
    time: str = ""
    data: msgspec.Raw = msgspec.Raw(b"")
    data_base64: str = ""


_ONE = msgspec.json.Decoder(_Structured)
_MANY = msgspec.json.Decoder(list[_Structured])


def is_cloudevent(headers: Mapping[str, str]) -> bool:
    """Does the request hold CloudEvents? The headers' names are in lower case."""
    return "ce-specversion" in headers or headers.get("content-type", "").lower().startswith("application/cloudevents")


def parse_cloudevents(headers: Mapping[str, str], body: bytes) -> tuple[CloudEvent, ...]:
    """The events of a request whose headers have names in lower case. Errors: Invalid."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == BATCH:
        events = decode(_MANY, body, "the batch")
        return tuple(_unwrapped(event, f"the batch: [{number}]") for number, event in enumerate(events))
    if media_type == STRUCTURED:
        return (_unwrapped(decode(_ONE, body, "the event"), "the event"),)
    return (_from_headers(headers, body),)


def _unwrapped(event: _Structured, where: str) -> CloudEvent:
    _check(event.specversion, where)
    data = bytes(event.data)
    if event.data_base64:
        try:
            data = base64.b64decode(event.data_base64, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid(Problem(where=f"{where}: data_base64", message="this is no base64.")) from None
    return CloudEvent(
        id=event.id, source=event.source, type=event.type, subject=event.subject, time=event.time, data=data
    )


def _from_headers(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """Attributes are headers with "ce-" before their name, escaped as in addresses."""
    told = {name: unquote(headers.get(f"ce-{name}", "")) for name in ("specversion", "id", "source", "type")}
    missing = [f"ce-{name}" for name, value in told.items() if not value]
    if missing:
        raise Invalid(
            Problem(where="the headers", message=f"expected a CloudEvent, but {', '.join(missing)} is missing.")
        )
    _check(told["specversion"], "the headers: ce-specversion")
    return CloudEvent(
        id=told["id"],
        source=told["source"],
        type=told["type"],
        subject=unquote(headers.get("ce-subject", "")),
        time=unquote(headers.get("ce-time", "")),
        data=body,
    )


def _check(version: str, where: str) -> None:
    if not version.startswith(_VERSIONS):
        found = f'CloudEvents version "{version[:20]}" is not read here: expected 1.0.'
        raise Invalid(Problem(where=where, message=found))
