"""A place followed from its first deployment to the newest, and the part of it that a question is about."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import compress
from typing import Literal

from andon.kernel.ids import RepositoryName
from andon.tools.measurement.model.facts import Change, Deployment, FactId, Incident, Place
from andon.tools.measurement.model.history import History, finished
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.definitions import Definition, definition
from andon.tools.measurement.model.numbers.deployment_kinds import EFFECTIVE, REDEPLOY, UNSUCCESSFUL, DeploymentKinds
from andon.tools.measurement.model.numbers.lead_time import Attribution, since_previous


class PlaceHistory:
    """What is known of a place; brought up to date it only looks at what is new, unless something came late."""

    def __init__(self, history: History, place: Place) -> None:
        self._place = place
        self._revision = -1
        self._rewritten = history.rewritten(place)
        self._filled = 0
        self._commits = 0
        #: how often it began anew
        self.begun = 1
        self.judged = DeploymentKinds()
        self._firsts = Attribution()
        #: made when a definition first asks for it
        self._previous: Attribution | None = None

    def bring_up(self, history: History) -> PlaceHistory:
        """Take in the facts reported since."""
        if history.revision == self._revision:
            return self
        rewritten, commits = history.rewritten(self._place), self.commits
        if rewritten != self._rewritten or (commits != self._commits and self._is_stale()):
            self.judged, self._firsts, self._previous = DeploymentKinds(), Attribution(), None
            self.begun += 1
        self._rewritten, self._commits = rewritten, commits
        self.judged.go_on(history.deployments(self._place))
        self._revision = history.revision
        return self

    def _is_stale(self) -> bool:
        return self._firsts.is_stale() or (self._previous is not None and self._previous.is_stale())

    @property
    def commits(self) -> int:
        """Goes up with every commit of what is deployed here."""
        previous = self._previous.graphs if self._previous else ()
        return sum(len(graph) + graph.filled for graph in (*self._firsts.graphs, *previous))

    def attribution(self, history: History, rule: Literal["first", "previous"]) -> Attribution:
        """Which commits each deployment brought, by a rule."""
        found = self._firsts if rule == "first" else self._since_previous()
        found.go_on(history, self.judged, history.deployments(self._place))
        self._filled = sum(graph.filled for graph in found.graphs) if rule == "previous" else self._filled
        return found

    def _since_previous(self) -> Attribution:
        if self._previous is None or self._filled != sum(graph.filled for graph in self._previous.graphs):
            self._previous = Attribution(since_previous)
        return self._previous


class QuestionFacts:
    """The facts that a question is about: the place up to its as-of, and its window in it."""

    def __init__(self, history: History, question: Question, followed: PlaceHistory) -> None:
        self.history = history
        self.question = question
        self.place = question.place
        self.definition: Definition = definition(question.definition)
        self.judged = followed.judged
        self._followed = followed
        #: those that finished after the as-of are there too: only numbers below `known` may be looked at
        self.deployments: Sequence[Deployment] = history.deployments(question.place)
        self.known = len(self.deployments) if question.as_of is None else self.judged.before(question.as_of)
        self.window = elapsed_part(question.window, question.as_of)
        self.span = self.judged.span(self.window.begin, self.window.end)

    @cached_property
    def attribution(self) -> Attribution:
        """Which commits each deployment brought, as the definition has it."""
        return self._followed.attribution(self.history, self.definition.attribution)

    @cached_property
    def firsts(self) -> Attribution:
        """Which deployment brought each commit first."""
        return self._followed.attribution(self.history, "first")

    @cached_property
    def counting(self) -> bytearray:
        """For each deployment: 1 when it is one that the definition counts."""
        same = self.definition.deployments == "successful"
        counts = bytes(effective or (same and kind == REDEPLOY) for kind, effective in enumerate(EFFECTIVE))
        return self.judged.kinds.translate(counts.ljust(256, b"\0"))

    @cached_property
    def changing(self) -> array[int]:
        """The deployments of the window that the definition counts."""
        return array("i", compress(self.span, self.counting[self.span.start : self.span.stop]))

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """Of the place, oldest first, as they were known at the as-of."""
        here = (
            incident_as_of(one, self.question.as_of)
            for one in self.history.facts(Incident, self.place.service)
            if concerns(one, self.place)
        )
        return tuple(sorted((one for one in here if one), key=lambda one: (one.detected_at, one.id)))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Those of what is deployed here that had landed by the as-of, as they were known then."""
        as_of = self.question.as_of
        here = (one for name in self.judged.begun if self.has(name) for one in self.history.facts(Change, name))
        return tuple(one for one in here if one.merged_at and (as_of is None or one.merged_at < as_of))

    @cached_property
    def menders(self) -> dict[FactId, int]:
        """By deployment or incident: the first deployment that succeeded and says that it mends it."""
        found: dict[FactId, int] = {}
        for number in self.judged.menders:
            if number < self.known and self.judged.kinds[number] != UNSUCCESSFUL:
                for fact in self.deployments[number].mends:
                    found.setdefault(fact, number)
        return found

    @cached_property
    def tells_incidents(self) -> bool:
        """Did anybody ever report an incident of this place? Else that none is known means nothing."""
        return bool(self.incidents)

    @cached_property
    def tells_failures(self) -> bool:
        """Did anybody ever report a failure: an incident of this place, or a deployment that mends or goes back?"""
        steps = self.judged.steps
        return bool(self.menders) or self.tells_incidents or any(step.said and step.by < self.known for step in steps)

    def has(self, repository: RepositoryName) -> bool:
        """Was anything of this repository deployed here by the as-of?"""
        return self.judged.begun.get(repository, self.known) < self.known

    @cached_property
    def has_changes(self) -> bool:
        """Are changes known of what is deployed here?"""
        return bool(self.changes)

    def number(self, fact: FactId) -> int | None:
        """The number of a deployment of this place that is known at the as-of."""
        one = self.history.deployment(fact)
        if one is None or one.place != self.place:
            return None
        at = self.judged.before(finished(one))
        while at < self.known and self.deployments[at].id != fact:
            at += 1
        return at if at < self.known else None


def elapsed_part(window: Window, as_of: datetime | None) -> Window:
    """The part of a window that had been when it was asked for."""
    if as_of is None or as_of >= window.end:
        return window
    return Window(begin=window.begin, end=max(as_of, window.begin))


def concerns(incident: Incident, place: Place) -> bool:
    """Is it about the place? One that names no environment is about every environment of its service."""
    where = incident.place
    return where.service == place.service and where.environment in {place.environment, ""}


def incident_as_of(incident: Incident, as_of: datetime | None) -> Incident | None:
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
