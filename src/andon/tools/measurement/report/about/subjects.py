"""What a report can be about beside numbers, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.flow import Flow
from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.answers.sentences import (
    Sentence,
    flow_sentence,
    overlay_sentence,
    stream_sentence,
    wall_sentence,
)
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.wall import Wall
from andon.tools.measurement.answers.waste import Wastes
from andon.tools.measurement.model.metric import Question

Subject = Literal["stream", "flow", "overlay", "wall"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTold:
    """How a change comes to its users, where the waste is, and what it costs."""

    value_stream: ValueStream
    waste: Wastes
    #: None for a repository, which nobody pays by the hour
    cost: Cost | None = None
    #: of the same question, as printed; None where they are not needed
    numbers: Json | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.value_stream.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return stream_sentence(self.value_stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTold:
    """What is on its way, and what will be."""

    flow: Flow
    numbers: Json | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.flow.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return flow_sentence(self.flow)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayTold:
    """What happened when, under a number."""

    overlay: Overlay
    numbers: Json
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
class WallTold:
    """Throughput, stability and security of the same deployments."""

    wall: Wall
    numbers: Json

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.wall.question

    @property
    def sentence(self) -> Sentence:
        """The state."""
        return wall_sentence(self.wall)


AboutTold = StreamTold | FlowTold | OverlayTold | WallTold
