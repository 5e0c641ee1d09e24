"""Which deployments failed, and how that is known: said comes before inferred, and each is labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain

from andon.kernel.words import duration
from andon.tools.measurement.model.facts import FactId, Flip, Incident
from andon.tools.measurement.model.numbers.place_history import QuestionFacts
from andon.tools.measurement.model.numbers.rows import deployment_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One reason to call a deployment failed."""

    #: its number
    deployment: int
    #: False when it is inferred
    explicit: bool
    why: str
    #: what went wrong; None when only a deployment reports it
    incident: Incident | None = None
    #: number of the deployment that mended it; None when only an incident reports it
    mender: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A deployment that failed, with everything that says so."""

    deployment: int
    links: tuple[Link, ...]

    @property
    def explicit(self) -> bool:
        """Did anybody say so?"""
        return any(link.explicit for link in self.links)

    @property
    def why(self) -> str:
        """How it is known, explicit reasons first."""
        return "; ".join(link.why for link in sorted(self.links, key=lambda link: not link.explicit))

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Those that it is held to have caused."""
        return tuple(link.incident for link in self.links if link.incident)


class Case(QuestionFacts):
    """The facts that a question is about, and the failures among them."""

    @cached_property
    def failures(self) -> dict[int, Failure]:
        """Every failed deployment of the place up to the as-of, by number."""
        found: dict[int, list[Link]] = {}
        for link in links(self):
            found.setdefault(link.deployment, []).append(link)
        return {number: Failure(deployment=number, links=tuple(found[number])) for number in sorted(found)}

    def is_told(self, fact: FactId) -> bool:
        """Was it a deployment, of whatever place, or a flag's flip, by the as-of?"""
        deployment, as_of = self.history.deployment(fact), self.question.as_of
        at = deployment.finished_at if deployment else self._flips.get(fact)
        return at is not None and (as_of is None or at < as_of)

    @cached_property
    def _flips(self) -> dict[FactId, datetime]:
        return {flip.id: flip.at for flip in self.history.facts(Flip)}


def links(case: Case) -> Iterator[Link]:
    """Every reason that the definition takes."""
    if case.definition.causes == "latest before":
        return chain.from_iterable(inferred(case, incident) for incident in case.incidents)
    said = tuple(chain(declared_repairs(case), rollbacks(case)))
    if case.definition.causes == "rollbacks":
        return iter(said)
    return chain(said, chain.from_iterable(declared_causes(case, incident) for incident in case.incidents))


def declared_repairs(case: QuestionFacts) -> Iterator[Link]:
    """Deployments that a later one says it mends."""
    for fact, mender in case.menders.items():
        number = case.number(fact)
        if number is not None and number < mender:
            why = f"explicit: {deployment_name(case.deployments[mender])} mends it"
            yield Link(deployment=number, explicit=True, why=why, mender=mender)


def rollbacks(case: QuestionFacts) -> Iterator[Link]:
    """Deployments that were undone by going back to an earlier revision, where nobody said what that mends."""
    blames_next = case.definition.blames == "next after target"
    for step in case.judged.steps:
        if step.by >= case.known:
            return
        undid = step.followed if blames_next else step.undid
        if undid >= 0 and not case.deployments[step.by].mends:
            name = deployment_name(case.deployments[step.by])
            why = f"explicit: rolled back by {name}" if step.said else f"inferred: {name} had been here before it"
            yield Link(deployment=undid, explicit=step.said, why=why, mender=step.by)


def declared_causes(case: Case, incident: Incident) -> Iterator[Link]:
    """What an incident names as its causes; only when it names none that is known, what stands just before it."""
    if len(unknown_causes(case, incident)) == len(incident.caused_by):
        yield from inferred(case, incident)
    for fact in incident.caused_by:
        number = case.number(fact)
        if number is not None:
            why = f"explicit: {named(incident)} names it as a cause"
            mender = case.menders.get(incident.id)
            yield Link(deployment=number, explicit=True, why=why, incident=incident, mender=mender)


def unknown_causes(case: Case, incident: Incident) -> tuple[FactId, ...]:
    """What it names as a cause and nobody reported: neither a deployment, of whatever place, nor a flag's flip."""
    return tuple(fact for fact in incident.caused_by if not case.is_told(fact))


def unknown_notes(case: Case) -> tuple[str, ...]:
    """How many incidents of the window name a cause that nobody reported, where named causes count."""
    if case.definition.causes != "explicit first":
        return ()
    begun = (one for one in case.incidents if case.window.holds(one.detected_at))
    many = sum(bool(unknown_causes(case, one)) for one in begun)
    if not many:
        return ()
    who = "1 incident names a cause" if many == 1 else f"{many:,} incidents name a cause"
    return (f"{who} that is not known here; where none is, it is inferred.",)


def inferred(case: QuestionFacts, incident: Incident) -> Iterator[Link]:
    """The newest deployment before the incident, when it is near enough."""
    number = latest_before(case, incident)
    if number is None:
        return
    after = incident.detected_at - case.deployments[number].finished_at
    if case.definition.within is None or after <= case.definition.within:
        why = f"inferred: {named(incident)} {duration(after)} after it"
        if incident.caused_by and case.definition.causes == "explicit first":
            why += ", and the cause that it names is not known here"
        mender = case.menders.get(incident.id)
        yield Link(deployment=number, explicit=False, why=why, incident=incident, mender=mender)


def latest_before(case: QuestionFacts, incident: Incident) -> int | None:
    """The newest deployment that counts and finished before the incident was detected."""
    found = case.counting.rfind(1, 0, min(case.judged.before(incident.detected_at), case.known))
    return found if found >= 0 else None


def named(incident: Incident) -> str:
    """The incident as people call it."""
    return f'incident "{incident.title}"' if incident.title else f"incident {incident.id}"
