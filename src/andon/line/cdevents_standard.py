"""The events of the ledger that the CDEvents standard has a type for, and how each becomes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from andon.kernel.envelope import Envelope
from andon.kernel.ids import stream_key
from andon.standards.purl import print_oci_purl
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import PromotionVerified, RouteOpened, SmokeFailed, SmokePassed
from andon.tools.measurement.events import FactsReceived
from andon.tools.pipelines.events import (
    ArtifactPacked,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskStarted,
)
from andon.tools.source.events import BranchPushed, ChangeLanded, RepositoryCreated

#: where an id must not be empty and nothing is known
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """An entry and what is needed to say it to others."""

    happened: Envelope[Any]
    #: the event without what is kept back
    data: Mapping[str, Any]
    #: address of this server
    url: str

    def address(self, *parts: object) -> str:
        """Of something on this server."""
        return "/".join((self.url, *(quote(str(part), safe="") for part in parts)))

    def text(self, name: str) -> str:
        """A field of the event that names something."""
        return str(getattr(self.happened.event, name)) or UNKNOWN

    @property
    def key(self) -> str:
        """What tells its stream from others of the kind: "815", "production/shop"."""
        return stream_key(self.happened.stream)

    @property
    def environment(self) -> dict[str, str]:
        """Of a service's stream, "service/production/shop"."""
        return {"id": self.key.partition("/")[0] or UNKNOWN}

    @property
    def artifact(self) -> str:
        """The artifact that the event is about; a service's image has the name of the service."""
        event = self.happened.event
        name = next((getattr(event, field) for field in ("name", "artifact", "service") if hasattr(event, field)), "")
        return print_oci_purl(str(name) or UNKNOWN, self.text("digest"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardEvent:
    """An event in the standard's words."""

    #: without the version
    type: str
    #: "" for the stream
    subject: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standard:
    """How one kind of event becomes one of the standard's."""

    say: Callable[[ExportedEntry], StandardEvent | None]
    #: what it may become, without versions
    names: tuple[str, ...]
    #: False where some of them have no standard type
    always: bool = True


def _repository_created(told: ExportedEntry) -> StandardEvent:
    name = told.text("repository")
    content = {"name": name, "uri": told.address("git", name), "viewUrl": f"{told.url}/"}
    return StandardEvent(type="repository.created", subject=name, content=content)


def _branch_pushed(told: ExportedEntry) -> StandardEvent | None:
    """One that only moved has no standard type."""
    event: BranchPushed = told.happened.event
    if event.before is not None and event.after is not None:
        return None
    happened = "deleted" if event.after is None else "created"
    content = {"repository": {"id": told.text("repository")}}
    return StandardEvent(type=f"branch.{happened}", subject=told.text("branch"), content=content)


def _change_landed(told: ExportedEntry) -> StandardEvent:
    change = f"{told.text('repository')}@{told.text('commit')}"
    return StandardEvent(type="change.merged", subject=change, content={"repository": {"id": told.text("repository")}})


def _run_queued(told: ExportedEntry) -> StandardEvent:
    return StandardEvent(type="pipelinerun.queued", content=_run(told, told.text("repository")))


def _pipeline_read(told: ExportedEntry) -> StandardEvent:
    repository = told.happened.chain.partition("@")[0]
    return StandardEvent(type="pipelinerun.started", content=_run(told, repository or UNKNOWN))


def _run_finished(told: ExportedEntry) -> StandardEvent:
    event: RunFinished = told.happened.event
    outcome = "cancel" if event.outcome == "skip" else event.outcome  # the standard has no word for it
    content = {**_run(told, told.text("repository")), "outcome": outcome, "errors": event.reason}
    return StandardEvent(type="pipelinerun.finished", content=content)


def _run(told: ExportedEntry, pipeline: str) -> dict[str, Any]:
    """A pipeline has its repository's name."""
    return {"pipelineName": pipeline, "uri": told.address("runs", told.key)}


def _task_started(told: ExportedEntry) -> StandardEvent:
    return StandardEvent(type="taskrun.started", subject=_task_subject(told), content=_task(told))


def _task_finished(told: ExportedEntry) -> StandardEvent:
    event: TaskFinished = told.happened.event
    content = {**_task(told), "outcome": event.outcome, "errors": event.reason}
    return StandardEvent(type="taskrun.finished", subject=_task_subject(told), content=content)


def _task(told: ExportedEntry) -> dict[str, Any]:
    return {
        "taskName": told.text("task"),
        "uri": told.address("runs", told.key),
        "pipelineRun": {"id": told.happened.stream},
    }


def _task_subject(told: ExportedEntry) -> str:
    return f"{told.happened.stream}/{told.text('task')}"


def _artifact_packed(told: ExportedEntry) -> StandardEvent:
    change = {"id": told.happened.chain or told.happened.stream}
    return StandardEvent(type="artifact.packaged", subject=told.artifact, content={"change": change})


def _artifact_published(told: ExportedEntry) -> StandardEvent:
    return StandardEvent(type="artifact.published", subject=told.artifact, content={"user": told.happened.actor})


def _verified(told: ExportedEntry) -> StandardEvent | None:
    """Nothing for a restart: the vocabulary has no event for it."""
    event: PromotionVerified = told.happened.event
    if event.restart:
        return None
    content = {"environment": {"id": told.text("environment")}, "artifactId": told.artifact}
    happened = "rolledback" if event.rollback else "deployed"
    return StandardEvent(type=f"service.{happened}", subject=told.text("service"), content=content)


def _route_opened(told: ExportedEntry) -> StandardEvent:
    service = told.key.partition("/")[2]
    return StandardEvent(type="service.published", subject=service, content={"environment": told.environment})


def _smoked(told: ExportedEntry) -> StandardEvent:
    event: SmokePassed | SmokeFailed = told.happened.event
    content: dict[str, Any] = {"environment": told.environment, "testSuite": {"id": "smoke"}, "outcome": "success"}
    if isinstance(event, SmokeFailed):
        content |= {"outcome": "failure", "reason": event.reason}
    return StandardEvent(type="testsuiterun.finished", subject=told.text("promotion"), content=content)


def _facts_received(_: ExportedEntry) -> None:
    """Facts have events of their own (cdevents_facts.py); a mixture has no standard type."""


#: the rest has no standard type
STANDARD: Mapping[type, Standard] = {
    RepositoryCreated: Standard(_repository_created, ("repository.created",)),
    BranchPushed: Standard(_branch_pushed, ("branch.created", "branch.deleted"), always=False),
    ChangeLanded: Standard(_change_landed, ("change.merged",)),
    RunQueued: Standard(_run_queued, ("pipelinerun.queued",)),
    PipelineRead: Standard(_pipeline_read, ("pipelinerun.started",)),
    RunFinished: Standard(_run_finished, ("pipelinerun.finished",)),
    TaskStarted: Standard(_task_started, ("taskrun.started",)),
    TaskFinished: Standard(_task_finished, ("taskrun.finished",)),
    ArtifactPacked: Standard(_artifact_packed, ("artifact.packaged",)),
    ArtifactPublished: Standard(_artifact_published, ("artifact.published",)),
    PromotionVerified: Standard(_verified, ("service.deployed", "service.rolledback"), always=False),
    RouteOpened: Standard(_route_opened, ("service.published",)),
    SmokePassed: Standard(_smoked, ("testsuiterun.finished",)),
    SmokeFailed: Standard(_smoked, ("testsuiterun.finished",)),
    FactsReceived: Standard(
        _facts_received,
        ("incident.detected", "incident.resolved", "service.deployed", "service.rolledback"),
        always=False,
    ),
}
