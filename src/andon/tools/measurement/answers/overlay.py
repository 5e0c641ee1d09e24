"""What happened when, on one axis: deployments, flips and incidents; and what came shortly before each incident."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from andon.tools.measurement.answers.failures import failed
from andon.tools.measurement.model.facts import Deployment, FactId, Flip, Incident, Place
from andon.tools.measurement.model.history import History, finished
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.model.received_facts import EVERYBODY

#: what came in this time before an incident is shown as a suspect
SHORTLY = timedelta(hours=24)
#: of one incident
MOST_SUSPECTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Something that changed shortly before an incident, or that somebody named as its cause."""

    #: the deployment's or the flip's
    fact: FactId
    #: "2.15", "gift-cards on for 5 %"
    name: str
    at: datetime
    #: how long before the incident was seen
    before: timedelta
    #: somebody said so, nobody guessed
    is_explicit: bool
    #: "explicit: the incident names it", "inferred: deployed 14 min before"
    why: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """An incident with its suspects: those that were named first, then the nearest."""

    incident: Incident
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """All that happened at a place in a time, the oldest first."""

    question: Question
    deployments: tuple[Deployment, ...]
    flips: tuple[Flip, ...]
    incidents: tuple[Incident, ...]
    #: of the deployments: those that went wrong, by the question's definition
    failed: tuple[FactId, ...]
    #: the newest incident first
    suspected: tuple[Suspected, ...]

    @property
    def lasting(self) -> tuple[Incident, ...]:
        """The incidents that are not over."""
        return tuple(one for one in self.incidents if not (one.resolved_at or one.mitigated_at))


def overlay(history: History, question: Question) -> Overlay:
    """What happened; an incident that began before the window and lasted into it is there too.

    Errors: Invalid for a definition that nobody knows.
    """
    window, as_of = question.window, question.as_of
    told = history.deployments(question.place, as_of)
    first, last = (bisect_left(told, at, key=finished) for at in (window.begin, window.end))
    flips = tuple(flip for flip in _flips(history, question.place) if as_of is None or flip.at < as_of)
    incidents = tuple(
        incident
        for incident in incidents_at(history, question.place, as_of)
        if incident.detected_at < window.end and (incident.resolved_at or window.end) >= window.begin
    )
    menders = tuple(one for one in told if one.mends)
    return Overlay(
        question=question,
        deployments=tuple(told[first:last]),
        flips=tuple(flip for flip in flips if window.holds(flip.at)),
        incidents=incidents,
        failed=tuple(failed(history, question)),
        suspected=tuple(
            _suspected(one, history, told, flips, _declared_causes(menders, one)) for one in reversed(incidents)
        ),
    )


def incidents_at(history: History, place: Place, as_of: datetime | None = None) -> tuple[Incident, ...]:
    """Of a place, the oldest first, as they were known then; those of no known environment count for each."""
    found = (one for one in history.facts(Incident, place.service) if one.place.environment in {place.environment, ""})
    known = (
        one if as_of is None else _as_known(one, as_of) for one in found if as_of is None or one.detected_at < as_of
    )
    return tuple(sorted(known, key=lambda incident: incident.detected_at))


def _as_known(incident: Incident, as_of: datetime) -> Incident:
    """Nobody knew of an end that was still to come."""
    resolved, mitigated = incident.resolved_at, incident.mitigated_at
    return replace(
        incident,
        resolved_at=resolved if resolved and resolved < as_of else None,
        mitigated_at=mitigated if mitigated and mitigated < as_of else None,
    )


def _flips(history: History, place: Place) -> tuple[Flip, ...]:
    found = (*history.facts(Flip, place.service), *history.facts(Flip, EVERYBODY))
    return tuple(sorted((f for f in found if f.place.environment in {place.environment, ""}), key=lambda flip: flip.at))


def _suspected(
    incident: Incident, history: History, told: Sequence[Deployment], flips: Sequence[Flip], said: Mapping[FactId, str]
) -> Suspected:
    last = bisect_right(told, incident.detected_at, key=finished)
    first = bisect_left(told, incident.detected_at - SHORTLY, key=finished)
    near = {one.id: one for one in told[first:last]}
    found = [_suspect(incident, one, said.get(one.id, "")) for one in near.values() if one.id not in incident.caused_by]
    for id_ in incident.caused_by:
        cause = history.deployment(id_)
        if cause is not None:
            found.append(_suspect(incident, cause, "the incident names it"))
    found += _flipped(incident, flips)
    found.sort(key=lambda suspect: (not suspect.is_explicit, suspect.before))
    return Suspected(incident=incident, suspects=tuple(found[:MOST_SUSPECTS]))


def _declared_causes(told: Sequence[Deployment], incident: Incident) -> dict[FactId, str]:
    """The deployments that one which mends the incident says it mends too."""
    menders = (one for one in told if incident.id in one.mends)
    return {id_: f"{one.version or one.id} mends both" for one in menders for id_ in one.mends if id_ != incident.id}


def _suspect(incident: Incident, deployment: Deployment, said: str) -> Suspect:
    return Suspect(
        fact=deployment.id,
        name=deployment.version or deployment.id,
        at=deployment.finished_at,
        before=incident.detected_at - deployment.finished_at,
        is_explicit=bool(said),
        why=f"explicit: {said}" if said else "inferred: deployed shortly before",
        link=deployment.link,
    )


def _flipped(incident: Incident, flips: Sequence[Flip]) -> Iterator[Suspect]:
    last = bisect_right(flips, incident.detected_at, key=lambda flip: flip.at)
    first = bisect_left(flips, incident.detected_at - SHORTLY, key=lambda flip: flip.at)
    for flip in flips[first:last]:
        before = incident.detected_at - flip.at
        name = f"{flip.flag} {flip.what}"
        why = "inferred: flipped shortly before"
        yield Suspect(fact=flip.id, name=name, at=flip.at, before=before, is_explicit=False, why=why, link=flip.link)
