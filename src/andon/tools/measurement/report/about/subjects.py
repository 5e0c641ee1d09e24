"""What a report can be about beside numbers, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.flow import Flow
from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.answers.records import NumbersReport
from andon.tools.measurement.answers.sentences import (
    Sentence,
    flow_sentence,
    overlay_sentence,
    stream_sentence,
    wall_sentence,
)
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.wall import Wall
from andon.tools.measurement.answers.waste import WasteReport
from andon.tools.measurement.model.metric import Question

Subject = Literal["stream", "flow", "overlay", "wall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """How a change comes to its users, where the waste is, and what it costs."""

    value_stream: ValueStream
    waste: WasteReport
    #: None for a repository, which nobody pays by the hour
    cost: Cost | None = None
    #: of the same question, None where they are not needed
    numbers: NumbersReport | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.value_stream.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return stream_sentence(self.value_stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """What is on its way, and what will be."""

    flow: Flow
    numbers: NumbersReport | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.flow.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return flow_sentence(self.flow)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayReport:
    """What happened when, under a number."""

    overlay: Overlay
    numbers: NumbersReport
    #: the number that it is laid over: "change-lead-time"
    over: str

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.overlay.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return overlay_sentence(self.overlay)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallReport:
    """Throughput, stability and security of the same deployments."""

    wall: Wall
    numbers: NumbersReport

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.wall.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return wall_sentence(self.wall)


SubjectReport = StreamReport | FlowReport | OverlayReport | WallReport
