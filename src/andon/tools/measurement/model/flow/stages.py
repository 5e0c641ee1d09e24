"""A stage of the work as GitLab counts it: from one event to another, once both have happened.

What goes back and forth counts from the first start to the last end, but a stage between a label put on and the same
label taken off adds up the times it was on. Source: GitLab, "Value stream analytics", how stages are measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from andon.tools.measurement.model.facts import Change, Run

Moment = Literal[
    "created", "planned", "first commit", "opened", "merged", "deployed", "run started", "run finished",
    "label on", "label off",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to one piece of work."""

    moment: Moment
    at: datetime
    #: for "label on" and "label off"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """From a moment to a moment."""

    title: str
    begin: Moment
    end: Moment
    #: for label moments
    label: str = ""


#: the stages that GitLab begins with
USUAL = (
    Stage(title="Issue", begin="created", end="planned"),
    Stage(title="Plan", begin="planned", end="first commit"),
    Stage(title="Code", begin="first commit", end="opened"),
    Stage(title="Test", begin="run started", end="run finished"),
    Stage(title="Review", begin="opened", end="merged"),
    Stage(title="Staging", begin="merged", end="deployed"),
)


def happened(change: Change, runs: Sequence[Run], deployed_at: datetime) -> tuple[Happening, ...]:
    """What is known of a change that was deployed; `runs` are those that tested it."""
    times: list[tuple[Moment, datetime | None]] = [
        ("created", change.asked_at),
        ("planned", change.planned_at),
        ("first commit", change.first_commit_at),
        ("opened", change.opened_at),
        ("merged", change.merged_at),
        ("deployed", deployed_at),
    ]
    for run in runs:
        times += [("run started", run.started_at), ("run finished", run.finished_at)]
    found = [Happening(moment=moment, at=at) for moment, at in times if at is not None]
    found += [
        Happening(moment="label on" if one.on else "label off", at=one.at, label=one.label) for one in change.labels
    ]
    return tuple(found)


def labelled(label: str) -> Stage:
    """As long as the work had this label."""
    return Stage(title=label, begin="label on", end="label off", label=label)


def time_in(stage: Stage, happenings: Sequence[Happening]) -> timedelta | None:
    """How long the work was in the stage; None while it has not left it, or never entered it."""
    begins = _moments(happenings, stage.begin, stage.label)
    ends = _moments(happenings, stage.end, stage.label)
    if not begins or not ends or ends[-1] < begins[0]:
        return None
    if {stage.begin, stage.end} == {"label on", "label off"}:
        return _added_up(begins, ends)
    return ends[-1] - begins[0]


def _moments(happenings: Sequence[Happening], moment: Moment, label: str) -> list[datetime]:
    return sorted(one.at for one in happenings if one.moment == moment and one.label == label)


def _added_up(begins: Sequence[datetime], ends: Sequence[datetime]) -> timedelta | None:
    """The times between each on and the next off; an on that follows an on changes nothing. None while it is on."""
    steps = sorted([(at, 0) for at in begins] + [(at, 1) for at in ends])
    total, since = timedelta(0), None
    for at, off in steps:
        if off and since is not None:
            total, since = total + (at - since), None
        elif not off and since is None:
            since = at
    return None if since is not None else total
