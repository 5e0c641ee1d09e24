"""Where the waste is: each of the seven kinds, found in events or said to be out of sight."""

from __future__ import annotations

from dataclasses import dataclass

from andon.tools.measurement.answers.flow_facts import flow_facts
from andon.tools.measurement.answers.waste_defects import defects
from andon.tools.measurement.answers.waste_load import load
from andon.tools.measurement.answers.waste_people import between_people
from andon.tools.measurement.answers.waste_unfinished import unfinished
from andon.tools.measurement.answers.waste_waiting import waiting
from andon.tools.measurement.model.flow.waste import Waste
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmeasuredWaste:
    """A waste that events do not show."""

    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteReport:
    """The whole answer."""

    question: Question
    #: waiting first, by its share of the changes' time; then the others, kind by kind
    found: tuple[Waste, ...]
    unseen: tuple[UnmeasuredWaste, ...]


#: Source of the seven kinds: M. and T. Poppendieck, "Implementing Lean Software Development", 2006
UNSEEN = (
    UnmeasuredWaste(
        title="Relearning", why="What is found out a second time leaves no trace in any tool. Ask the people."
    ),
    UnmeasuredWaste(
        title="Extra features", why="Whether users want it shows in usage data, which is not part of delivery data."
    ),
    UnmeasuredWaste(
        title="Interruptions",
        why="Task switching is seen in changes that lie in the same hands; meetings and questions are not.",
    ),
)


def waste(history: History, question: Question) -> WasteReport:
    """Everything that was found. Errors: Invalid for a definition that nobody knows."""
    here = flow_facts(history, question)
    found = (
        *waiting(here.work, here.came),
        *unfinished(here),
        *defects(here),
        *between_people(here),
        *load(here),
    )
    return WasteReport(question=question, found=found, unseen=UNSEEN)
