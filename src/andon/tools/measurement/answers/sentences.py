"""Each answer in one sentence, with the colour of its lamp: what a page and a report begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from andon.kernel.words import plural
from andon.tools.measurement.answers.flow import OLD, Flow
from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.wall import Security, Wall
from andon.web.charts.units import brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The state of a thing."""

    colour: Literal["green", "amber", "red", "grey"]
    words: str


def stream_sentence(stream: ValueStream) -> Sentence:
    """How long a change takes, and how much of it is work."""
    if stream.total is None:
        return Sentence(colour="grey", words="No change reached its users in this time.")
    half = brief(stream.total.median, "seconds")
    if stream.efficiency is None:
        worked = f"Half of the changes took more than {half}; how long they were worked on is not known."
    else:
        share = brief(stream.efficiency, "ratio")
        worked = f"Half of the changes took more than {half}, and were worked on for {share} of it."
    return Sentence(colour="grey", words=worked)


def flow_sentence(found: Flow) -> Sentence:
    """What is in progress, and whether any of it is unusually old."""
    place, old = found.question.place, sum(one.stands_out == OLD for one in found.aging)
    says = (
        f"{plural(found.in_progress, 'commit')} landed and not yet in {place.environment}"
        if found.in_progress
        else f"Everything that landed is in {place.environment}"
    )
    if not found.in_progress and found.finished is None:
        return Sentence(colour="grey", words=f"{says}.")
    if not found.aging:
        return Sentence(colour="green", words=f"{says}.")
    age = f"{old:,} older than 85 % of finished work" if old else "nothing in progress is unusually old"
    return Sentence(colour="amber" if old else "green", words=f"{says}; {age}.")


def overlay_sentence(found: Overlay) -> Sentence:
    """How much happened; red while an incident lasts."""
    counts = ((found.deployments, "deployment"), (found.incidents, "incident"), (found.flips, "flag change"))
    words = ", ".join(plural(len(some), what) if some else f"no {what}s" for some, what in counts)
    words = f"{words[0].upper()}{words[1:]}."
    if found.lasting:
        return Sentence(colour="red", words=words)
    return Sentence(colour="grey", words=words)


def wall_sentence(found: Wall) -> Sentence:
    """What runs, for how long, and what is open in it."""
    environment = found.question.place.environment
    if found.runs is None or found.runs_since_seconds is None:
        return Sentence(colour="grey", words=f"Nothing runs in {environment} yet.")
    security = found.security
    severe = any(one.severity in {"high", "critical"} for one in security.open_findings)
    still = len(security.open_findings)
    since = brief(found.runs_since_seconds, "seconds")
    name = found.runs.version or found.runs.id
    weak = f"{plural(still, 'finding')} open" if still else "no finding open"
    if not security.findings_told:
        weak = "no security findings reported"
    return Sentence(
        colour="amber" if severe or security.proven < security.published else _fine(security),
        words=f"{found.runs.place.service} {name} has run in {environment} for {since}; {weak}.",
    )


def _fine(security: Security) -> Literal["green", "grey"]:
    """Green is for what somebody looked after and found well."""
    return "green" if security.findings_told and security.published else "grey"
