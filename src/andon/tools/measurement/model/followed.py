"""A place followed from its first deployment to the newest, and the part of it that a question is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from andon.tools.measurement.model.definitions import Definition, definition
from andon.tools.measurement.model.deployments import UNSUCCESSFUL, Judged
from andon.tools.measurement.model.facts import Deployment, FactId, Incident, Place
from andon.tools.measurement.model.history import History, finished
from andon.tools.measurement.model.lead_time import FirstDeployments
from andon.tools.measurement.model.metric import Question, Window


class Followed:
    """What is known of a place; brought up to date it only looks at what is new, unless something came late."""

    def __init__(self, history: History, place: Place) -> None:
        self._history = history
        self._place = place
        self._revision = -1
        self._rewritten = history.rewritten(place)
        #: how often it began anew
        self.begun = 1
        self.judged = Judged()
        self.firsts = FirstDeployments()

    def bring_up(self) -> Followed:
        """Take in what was told since."""
        if self._history.revision == self._revision:
            return self
        if self._history.rewritten(self._place) != self._rewritten or self.firsts.is_stale():
            self._rewritten = self._history.rewritten(self._place)
            self.judged, self.firsts = Judged(), FirstDeployments()
            self.begun += 1
        deployments = self._history.deployments(self._place)
        self.judged.go_on(deployments)
        self.firsts.go_on(self._history, self.judged, deployments)
        self._revision = self._history.revision
        return self


class Scene:
    """The facts that a question is about: the place up to its as-of, and its window in it."""

    def __init__(self, history: History, question: Question, followed: Followed) -> None:
        self.history = history
        self.question = question
        self.place = question.place
        self.definition: Definition = definition(question.definition)
        self.judged = followed.judged
        self.firsts = followed.firsts
        #: those that finished after the as-of are there too: only numbers below `known` may be looked at
        self.deployments: Sequence[Deployment] = history.deployments(question.place)
        self.known = len(self.deployments) if question.as_of is None else self.judged.before(question.as_of)
        self.window = seen_part(question.window, question.as_of)
        self.span = self.judged.span(self.window.begin, self.window.end)

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """Of the place, oldest first, as they were known at the as-of."""
        here = (as_known(one, self.question.as_of) for one in self.history.told(Incident) if concerns(one, self.place))
        return tuple(sorted((one for one in here if one), key=lambda one: (one.detected_at, one.id)))

    @cached_property
    def menders(self) -> dict[FactId, int]:
        """By deployment or incident: the first deployment that succeeded and says that it mends it."""
        found: dict[FactId, int] = {}
        for number in self.judged.menders:
            if number < self.known and self.judged.kinds[number] != UNSUCCESSFUL:
                for fact in self.deployments[number].mends:
                    found.setdefault(fact, number)
        return found

    def number(self, fact: FactId) -> int | None:
        """The number of a deployment of this place that is known at the as-of."""
        one = self.history.deployment(fact)
        if one is None or one.place != self.place:
            return None
        at = self.judged.before(finished(one))
        while at < self.known and self.deployments[at].id != fact:
            at += 1
        return at if at < self.known else None


def seen_part(window: Window, as_of: datetime | None) -> Window:
    """The part of a window that had been when it was asked for."""
    if as_of is None or as_of >= window.end:
        return window
    return Window(begin=window.begin, end=max(as_of, window.begin))


def concerns(incident: Incident, place: Place) -> bool:
    """Is it about the place? One that names no environment is about every environment of its service."""
    where = incident.place
    return where.service == place.service and where.environment in {place.environment, ""}


def as_known(incident: Incident, as_of: datetime | None) -> Incident | None:
    """The incident as it was known then; None when it was not."""
    if as_of is None:
        return incident
    if incident.detected_at >= as_of:
        return None
    mitigated, resolved = incident.mitigated_at, incident.resolved_at
    return replace(
        incident,
        mitigated_at=mitigated if mitigated and mitigated < as_of else None,
        resolved_at=resolved if resolved and resolved < as_of else None,
    )
