"""The parts of CDEvents that are read: one shape for all types, because each part means the same wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from andon.kernel.errors import Invalid
from andon.kernel.ids import CommitId, RepositoryName, ServiceName
from andon.standards.cdevents import CdEvent
from andon.standards.instants import in_utc
from andon.standards.json_body import decode
from andon.standards.purl import Purl, parse_purl
from andon.tools.measurement.model.facts import FactId, Place
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.texts import commit_in, first_line


class SubjectReference(msgspec.Struct, gc=False):
    """Something that has an id."""

    id: str


class SubjectContent(msgspec.Struct, gc=False, rename="camel"):
    """Of a subject. Types of other tools may say names where the standard has references."""

    environment: SubjectReference | str | None = None
    service: SubjectReference | str | None = None
    repository: SubjectReference | str | None = None
    artifact_id: str = ""
    description: str = ""
    ticket_u_r_i: str = msgspec.field(name="ticketURI", default="")
    pipeline_name: str = ""
    uri: str = ""
    url: str = ""
    outcome: str = ""
    errors: str = ""
    reason: str = ""
    user: str = ""


class DeliveryDetails(msgspec.Struct, gc=False):
    """What the standard has no place for, from customData, or from the content of a tool's own type."""

    commit: str = ""
    repository: str = ""
    digest: str = ""
    version: str = ""
    rollback: bool = False
    #: ids of deployments and incidents here that a deployment mends
    mends: tuple[str, ...] = ()
    started_at: datetime | None = None
    by: str = ""
    link: str = ""
    severity: str = ""
    caused_by: tuple[str, ...] = ()
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None


class AndonExtension(msgspec.Struct, gc=False):
    """What another Andon says of its entry."""

    #: the fact that is reported, as it is called there; "" for what is none
    fact: str = ""
    #: when that Andon heard it
    told_at: datetime | None = None


class CustomData(msgspec.Struct, gc=False):
    """customData: Andon's own export keeps the particulars one step further in."""

    data: DeliveryDetails | None = None
    andon: AndonExtension | None = None


_CONTENT = msgspec.json.Decoder(SubjectContent)
_PARTICULARS = msgspec.json.Decoder(DeliveryDetails)
_CUSTOM = msgspec.json.Decoder(CustomData)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedCdEvent:
    """One event and how its names are read."""

    event: CdEvent
    content: SubjectContent
    particulars: DeliveryDetails
    names: Mapping
    #: of another Andon; else empty
    ours: AndonExtension = field(default_factory=AndonExtension)

    def fact(self, kind: str) -> FactId:
        """Of the event itself, which is unique in its source; another Andon says which of its facts it is."""
        if self.ours.fact:
            return self.names.fact(first_line(self.ours.fact))
        return self.names.fact(kind, self.event.source, self.event.id)

    def subject(self, kind: str) -> FactId:
        """Of what the event is about, which several events may report."""
        if self.ours.fact:
            return self.names.fact(first_line(self.ours.fact))
        return self.names.fact(kind, self.event.subject_source, self.event.subject_id)

    def others(self, ids: tuple[str, ...]) -> tuple[FactId, ...]:
        """Facts that are named; those of another Andon are known here by the connection's name and theirs."""
        named = tuple(map(first_line, ids))
        return tuple(self.names.fact(each) if self.ours.fact else FactId(each) for each in named)

    @property
    def told_at(self) -> datetime:
        """When its source said so."""
        return in_utc(self.ours.told_at) if self.ours.told_at else self.event.at

    def service(self, otherwise: str = "") -> ServiceName:
        """The service that is named, else the one whose artifact it is."""
        artifact = self.artifact
        theirs = self._known(self.content.service) or otherwise
        return self.names.service(theirs or (artifact.name if artifact else ""))

    def place(self, otherwise: str = "") -> Place:
        """Where it happened."""
        environment = self.names.environment(self._known(self.content.environment))
        return Place(service=self.service(otherwise), environment=environment)

    def _known(self, reference: SubjectReference | str | None) -> str:
        """Another Andon says "unknown" where the standard wants a name and there is none."""
        name = _name(reference)
        return "" if self.ours.fact and name == "unknown" else name

    def repository(self, otherwise: str = "") -> RepositoryName:
        """The repository that is named; a service is taken to have the name of its repository where none is."""
        theirs = _name(self.content.repository) or self.particulars.repository
        return self.names.repository(theirs or otherwise) if theirs or otherwise else RepositoryName("")

    @property
    def artifact(self) -> Purl | None:
        """What was deployed or published."""
        return parse_purl(self.content.artifact_id or self.event.subject_id)

    @property
    def commit(self) -> CommitId:
        """The commit, where the sender says it: by itself, as where the artifact was made from, or as its version."""
        artifact = self.artifact
        texts = [self.particulars.commit]
        if artifact is not None:
            texts += [artifact.qualifier("vcs_url").rpartition("@")[2], artifact.version]
        return next((commit for text in texts if (commit := commit_in(text))), CommitId(""))

    @property
    def digest(self) -> str:
        """What tells one revision from another."""
        artifact = self.artifact
        version = artifact.version if artifact else ""
        return self.particulars.digest or version or self.commit or self.content.artifact_id

    @property
    def version(self) -> str:
        """As people call it; an image's digest is no such name."""
        artifact = self.artifact
        told = self.particulars.version or (artifact.qualifier("tag") or artifact.version if artifact else "")
        return "" if ":" in told or commit_in(told) else told


def read_contents(event: CdEvent, names: Mapping, where: str) -> ReceivedCdEvent:
    """The event's content, and what stands beside it. Errors: Invalid."""
    content = decode(_CONTENT, event.content, f"{where}: subject.content")
    return ReceivedCdEvent(
        event=event, content=content, particulars=_particulars(event), names=names, ours=_ours(event)
    )


def _ours(event: CdEvent) -> AndonExtension:
    """customData is the sender's own affair: of another shape it says nothing here."""
    try:
        return decode(_CUSTOM, event.custom, "customData").andon or AndonExtension()
    except (Invalid, msgspec.DecodeError, UnicodeError):
        return AndonExtension()


def _particulars(event: CdEvent) -> DeliveryDetails:
    """customData is the sender's own affair: of another shape it says nothing here."""
    try:
        if event.type.tool:
            return _PARTICULARS.decode(event.content)
        inner = decode(_CUSTOM, event.custom, "customData").data
        return inner or decode(_PARTICULARS, event.custom, "customData")
    except (Invalid, msgspec.DecodeError, UnicodeError):
        return DeliveryDetails()


def _name(reference: SubjectReference | str | None) -> str:
    return reference.id if isinstance(reference, SubjectReference) else reference or ""
