"""What the answers about one place share: its work, how it travelled, and what went wrong; worked out once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import cached_property

from andon.tools.measurement.answers.fact_version import fact_version
from andon.tools.measurement.answers.numbers import case_of
from andon.tools.measurement.model.facts import Place, Run
from andon.tools.measurement.model.flow.change_journeys import ChangeJourneys, journeys
from andon.tools.measurement.model.flow.items import Items, items
from andon.tools.measurement.model.flow.stream import ProcessBox, WaitArrow
from andon.tools.measurement.model.flow.stream_graph import StreamInputs, draw
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.causes import Case

#: so many questions are kept for a history; the oldest goes first
KEPT = 24


class FlowFacts:
    """Of one question; each part is made when it is first asked for."""

    def __init__(self, history: History, question: Question) -> None:
        self.history = history
        self.question = question
        self.stand = fact_version(history, question.place.service)

    @property
    def place(self) -> Place:
        """What is asked about."""
        return self.question.place

    @cached_property
    def window(self) -> Window:
        """The part of the window that had been."""
        window = self.question.window
        return Window(begin=window.begin, end=max(self.work.at, window.begin))

    @cached_property
    def work(self) -> Items:
        """The commits on their way in the window."""
        return items(self.history, self.place, self.question.window, self.question.as_of)

    @cached_property
    def came(self) -> ChangeJourneys:
        """The changes that came to the place in the window."""
        return journeys(self.history, self.work, self.question.window)

    @cached_property
    def cases(self) -> dict[Place, Case]:
        """Each place on the way, with its failures. Errors: Invalid for a definition that nobody knows."""
        return {place: case_of(self.history, replace(self.question, place=place)) for place in self.work.way}

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """On trunk, of the repositories of this work, that ended in the window."""
        return tuple(
            run
            for repository in self.work.repositories
            for run in self.history.facts(Run, repository)
            if run.trunk and run.finished_at and self.window.holds(run.finished_at)
        )

    @cached_property
    def drawn(self) -> tuple[tuple[ProcessBox, ...], tuple[WaitArrow, ...]]:
        """The value stream's boxes and arrows. Errors: Invalid for a definition that nobody knows."""
        return draw(
            StreamInputs(
                history=self.history,
                work=self.work,
                came=self.came,
                cases=self.cases,
                window=self.window,
                runs=self.runs,
            )
        )


class _FlowFactsCache(OrderedDict[Question, FlowFacts]):
    """Those that were asked about last, the newest at the end."""


def flow_facts(history: History, question: Question) -> FlowFacts:
    """The facts of a question; the same ones until a fact is reported that bears on it."""
    known = history.cache(_FlowFactsCache)
    found = known.pop(question, None)
    if found is None or found.stand != fact_version(history, question.place.service):
        found = FlowFacts(history, question)
    known[question] = found
    while len(known) > KEPT:
        known.popitem(last=False)
    return found
