"""The value stream as it is drawn: boxes of work, arrows of waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from andon.tools.measurement.model.flow.accuracy import Accuracy
from andon.tools.measurement.model.flow.time_slices import Waiting
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.model.numbers.times import Times

Kind = Literal["coding", "review", "task", "run", "publish", "environment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessBox:
    """One step of work."""

    #: "coding", "review", "task/unit", "run", "publish", "environment/test"
    id: str
    title: str
    kind: Kind
    #: how long the work took; None when that is not measured, which `says` explains
    process: Times | None
    #: what process.n counts: "commits", "task runs", "runs", "artifacts", "deployments"
    sample: str
    accuracy: Accuracy | None
    #: what a reader must know
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitReason:
    """One reason for the waiting on an arrow."""

    waiting: Waiting
    #: in words: "offered, for a person to take it"
    says: str
    times: Times


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitArrow:
    """From box to box."""

    begin: str
    end: str
    #: None when nothing passed, or it is not measured
    wait: Times | None
    #: what wait.n counts
    sample: str
    #: where the waiting is told apart, the longest first
    parts: tuple[WaitReason, ...] = ()
    #: the longest waits
    examples: tuple[Evidence, ...] = ()
