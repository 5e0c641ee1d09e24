"""Reading CDEvents: of 0.5.1, of the drafts after it, and of the older versions that tools still send.

Old versions differ in the context's "version" (now "specversion") and in parts of the content that are not read here.
Source: github.com/cdevents/spec.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from andon.kernel.errors import Invalid, Problem
from andon.standards.instants import in_utc
from andon.standards.json_body import decode

_STANDARD = re.compile(r"dev\.cdevents\.([a-zA-Z]+)\.([a-zA-Z]+)\.(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)")
_CUSTOM = re.compile(r"dev\.cdeventsx\.([a-zA-Z0-9]+)-([a-zA-Z]+)\.([a-zA-Z]+)\.(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """What happened to what: "dev.cdevents.service.deployed.0.3.0"."""

    #: "service", in lower case
    subject: str
    #: "deployed", in lower case
    predicate: str
    #: of the shape of this type
    version: str
    #: whose own type it is; "" for the standard's
    tool: str = ""

    @property
    def name(self) -> str:
        """ "service.deployed"."""
        return f"{self.subject}.{self.predicate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CdEvent:
    """One event."""

    #: unique in its source
    id: str
    source: str
    type: EventType
    at: datetime
    #: "" when it belongs to none
    chain: str
    subject_id: str
    #: where the subject's id is unique
    subject_source: str
    #: JSON, by the type
    content: bytes
    #: JSON, or whatever the sender adds
    custom: bytes


class _Context(msgspec.Struct, gc=False, rename="camel"):
    id: str
    source: str
    type: str
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    specversion: str = ""
    version: str = ""
    chain_id: str | None = None


class _Subject(msgspec.Struct, gc=False):
    id: str
    source: str | None = None
    content: msgspec.Raw = msgspec.Raw(b"{}")


class _Event(msgspec.Struct, gc=False, rename="camel"):
    context: _Context
    subject: _Subject
    custom_data: msgspec.Raw = msgspec.Raw(b"null")


_DECODER = msgspec.json.Decoder(_Event)


def parse_type(text: str) -> EventType | None:
    """The type; None for what is no CDEvent."""
    if found := _STANDARD.fullmatch(text):
        subject, predicate, version = found.groups()
        return EventType(subject=subject.lower(), predicate=predicate.lower(), version=version)
    if found := _CUSTOM.fullmatch(text):
        tool, subject, predicate, version = found.groups()
        return EventType(subject=subject.lower(), predicate=predicate.lower(), version=version, tool=tool.lower())
    return None


def parse_cdevent(body: bytes, where: str = "the event") -> CdEvent:
    """The event. Errors: Invalid, with its place."""
    read = decode(_DECODER, body, where)
    context, subject = read.context, read.subject
    kind = parse_type(context.type)
    if kind is None:
        raise _wrong(f"{where}: context.type", f'"{context.type[:80]}" is no type of a CDEvent')
    for name, value in (("context.id", context.id), ("context.source", context.source), ("subject.id", subject.id)):
        if not value:
            raise _wrong(f"{where}: {name}", "this must not be empty")
    if not (context.specversion or context.version):
        raise _wrong(f"{where}: context", "expected specversion, which says which CDEvents these are")
    return CdEvent(
        id=context.id,
        source=context.source,
        type=kind,
        at=in_utc(context.timestamp),
        chain=context.chain_id or "",
        subject_id=subject.id,
        subject_source=subject.source or context.source,
        content=bytes(subject.content),
        custom=bytes(read.custom_data),
    )


def _wrong(where: str, message: str) -> Invalid:
    return Invalid(Problem(where=where, message=f"{message}."))
