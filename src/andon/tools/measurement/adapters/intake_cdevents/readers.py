"""From each kind of CDEvent to its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from andon.kernel.errors import Invalid, Problem
from andon.standards.instants import in_utc
from andon.tools.measurement.adapters.intake_cdevents.contents import ReceivedCdEvent
from andon.tools.measurement.model.facts import (
    Change,
    Deployment,
    Fact,
    Incident,
    Outcome,
    Publication,
    Run,
)
from andon.tools.measurement.model.intake.texts import first_line, web_address

#: the older versions say "failed" and "canceled"
OUTCOMES: dict[str, Outcome] = {
    "success": "success",
    "failure": "failure",
    "failed": "failure",
    "error": "error",
    "cancel": "cancel",
    "canceled": "cancel",
    "cancelled": "cancel",
}

Reader = Callable[[ReceivedCdEvent], Fact]


def _deployed(said: ReceivedCdEvent) -> Deployment:
    """CDEvents 0.5.1 tells deployments only when they succeeded; each event is one."""
    event = said.event
    return Deployment(
        id=said.fact("deployment"),
        place=said.place(event.subject_id),
        repository=said.repository(event.subject_id),
        commit=said.commit,
        digest=said.digest,
        version=first_line(said.version),
        started_at=_utc(said.particulars.started_at),
        finished_at=event.at,
        mends=said.others(said.particulars.mends),
        rollback=event.type.predicate == "rolledback" or said.particulars.rollback,
        by=first_line(said.content.user or said.particulars.by),
        link=web_address(said.content.uri) or web_address(said.particulars.link),
        told_at=said.told_at,
    )


def _finished(said: ReceivedCdEvent) -> Deployment:
    """A deployment that ended, well or not: what proposal 319 adds, and what Andon says of those that failed."""
    content = said.content
    return replace(
        _deployed(said),
        place=said.place(),
        outcome=_outcome(said),
        reason=first_line(content.reason or content.errors),
    )


def _incident(said: ReceivedCdEvent) -> Incident:
    """Detected or reported: it begins, if it has not begun yet."""
    event, content = said.event, said.content
    return Incident(
        id=said.subject("incident"),
        place=said.place(),
        title=first_line(content.description) or first_line(event.subject_id),
        detected_at=event.at,
        mitigated_at=_utc(said.particulars.mitigated_at),
        severity=first_line(said.particulars.severity),
        caused_by=said.others(said.particulars.caused_by),
        link=web_address(content.ticket_u_r_i) or web_address(content.uri) or web_address(said.particulars.link),
        told_at=said.told_at,
    )


def _resolved(said: ReceivedCdEvent) -> Incident:
    """What a resolution describes is what was done; another Andon says the title and the beginning with it."""
    title = first_line(said.content.description) if said.ours.fact else ""
    began = _utc(said.particulars.detected_at) or said.event.at
    return replace(_incident(said), title=title, detected_at=began, resolved_at=said.event.at)


def _utc(at: datetime | None) -> datetime | None:
    return in_utc(at) if at else None


def _change(said: ReceivedCdEvent) -> Change:
    """Every event of a change is proof that it was open by then."""
    event = said.event
    return Change(
        id=said.subject("change"),
        repository=said.repository(),
        title=first_line(said.content.description),
        author=first_line(said.content.user),
        opened_at=event.at,
        first_review_at=event.at if event.type.predicate == "reviewed" else None,
        merged_at=event.at if event.type.predicate == "merged" else None,
        abandoned_at=event.at if event.type.predicate == "abandoned" else None,
        link=web_address(said.content.uri),
        told_at=event.at,
    )


def _run(said: ReceivedCdEvent) -> Run:
    """Queued, started and finished are told apart; together they are one run."""
    event, content = said.event, said.content
    ended = event.type.predicate == "finished"
    return Run(
        id=said.subject("run"),
        repository=said.repository(content.pipeline_name),
        commit=said.commit,
        pipeline=first_line(content.pipeline_name),
        queued_at=event.at,
        started_at=event.at if event.type.predicate == "started" else None,
        finished_at=event.at if ended else None,
        outcome=_outcome(said) if ended else None,
        link=web_address(content.uri or content.url),
        told_at=event.at,
    )


def _published(said: ReceivedCdEvent) -> Publication:
    artifact = said.artifact
    if artifact is None:
        message = f'"{said.event.subject_id[:80]}" is no package URL such as pkg:oci/shop@sha256%3A…'
        raise Invalid(Problem(where="subject.id", message=message))
    return Publication(
        id=said.fact("publication"),
        service=said.service(),
        repository=said.repository(artifact.name),
        commit=said.commit,
        digest=said.digest,
        version=first_line(said.version),
        at=said.event.at,
        provenance=False,
    )


def _outcome(said: ReceivedCdEvent) -> Outcome:
    outcome = OUTCOMES.get(said.content.outcome.lower())
    if outcome is None:
        message = f'expected success, failure, error or cancel, found "{said.content.outcome[:40]}".'
        raise Invalid(Problem(where="subject.content.outcome", message=message))
    return outcome


#: what is read, of the standard and of tools' own types alike
READERS: dict[str, Reader] = {
    "artifact.published": _published,
    "change.abandoned": _change,
    "change.created": _change,
    "change.merged": _change,
    "change.reviewed": _change,
    "change.updated": _change,
    "deployment.finished": _finished,
    "incident.detected": _incident,
    "incident.reported": _incident,
    "incident.resolved": _resolved,
    "pipelinerun.finished": _run,
    "pipelinerun.queued": _run,
    "pipelinerun.started": _run,
    "service.deployed": _deployed,
    "service.rolledback": _deployed,
    "service.upgraded": _deployed,
}

#: subjects of the standard whose other events hold nothing to measure
UNDERSTOOD = frozenset(
    (
        *("artifact", "branch", "build", "change", "deployment", "environment", "incident", "pipelinerun"),
        *("repository", "service", "taskrun", "testcaserun", "testoutput", "testsuiterun", "ticket"),
    )
)
