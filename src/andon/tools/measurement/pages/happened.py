"""Overlay and wall: what happened on one axis of time, and what stands behind the deployments."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.overlay import Overlay, overlay
from andon.tools.measurement.answers.remembered import Remembered
from andon.tools.measurement.answers.wall import Wall, wall
from andon.tools.measurement.pages.choosing import Chosen, chosen, nothing, settled, word_in
from andon.tools.measurement.pages.pictures import overlay_picture
from andon.tools.measurement.pages.wording import metric_of
from andon.tools.measurement.views import Measured
from andon.web.charts.units import brief
from andon.web.pages import Asked, Pages
from andon.web.words import plural

THROUGHPUT = ("deployment-frequency", "change-lead-time")
STABILITY = ("change-fail-rate", "failed-deployment-recovery-time", "deployment-rework-rate")


@get("/overlay", sync_to_thread=False, include_in_schema=False)
def overlay_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    remembered: NamedDependency[Remembered],
) -> Response[str]:
    """Deployments, flips and incidents under a number; and for each incident what was changed shortly before."""
    choice = settled(chosen(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return nothing(pages, asked, choice)
    question, history = choice.question, measured.history
    found = remembered.answer(history, ("overlay", question), lambda: overlay(history, question))
    known = numbers(history, question)
    over = word_in(asked.query, "over") or "change-lead-time"
    line = next((moved for moved in known.trends if moved.metric == over), None)
    failed = frozenset(row.fact for row in metric_of(known, "change-fail-rate").counted)
    lasting = tuple(one for one in found.incidents if not (one.resolved_at or one.mitigated_at))
    return pages.show(
        "measurement/overlay.html",
        asked,
        chosen=choice,
        overlay=found,
        over=line.metric if line else "none",
        metrics=known.metrics,
        picture=overlay_picture(found, line, failed),
        lasting=lasting,
        colour="red" if lasting else "green" if found.deployments or found.incidents else "grey",
        sentence=_overlay_sentence(found),
        named=sum(any(suspect.is_explicit for suspect in one.suspects) for one in found.suspected),
    )


def _overlay_sentence(found: Overlay) -> str:
    deployments, flips = plural(len(found.deployments), "deployment"), plural(len(found.flips), "flip")
    return f"{plural(len(found.incidents), 'incident')} beside {deployments} and {flips} of flags."


@get("/wall", sync_to_thread=False, include_in_schema=False)
def wall_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    remembered: NamedDependency[Remembered],
) -> Response[str]:
    """Throughput, stability and security of the same deployments, side by side."""
    choice = settled(chosen(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return nothing(pages, asked, choice)
    question, history = choice.question, measured.history
    now = choice.window.end if choice.asking.end else pages.now.replace(second=0, microsecond=0)
    found = remembered.answer(history, ("wall", question, now), lambda: wall(history, question, now))
    known = numbers(history, question)
    failed = {row.fact: row.why for row in metric_of(known, "change-fail-rate").counted}
    return pages.show(
        "measurement/wall.html",
        asked,
        chosen=choice,
        wall=found,
        throughput=tuple(metric_of(known, id_) for id_ in THROUGHPUT),
        stability=tuple(metric_of(known, id_) for id_ in STABILITY),
        failed=failed,
        colour=_wall_colour(found),
        sentence=_wall_sentence(found, choice),
    )


def _wall_colour(found: Wall) -> str:
    if found.runs is None:
        return "grey"
    unproven = found.security.published - found.security.proven
    severe = any(one.severity in {"high", "critical"} for one in found.security.open_findings)
    return "amber" if unproven or severe else "green"


def _wall_sentence(found: Wall, choice: Chosen) -> str:
    if found.runs is None or found.runs_since_seconds is None:
        return f"Nothing runs in {choice.environment} yet."
    since = brief(found.runs_since_seconds, "seconds")
    name = found.runs.version or found.runs.id
    still = len(found.security.open_findings)
    weak = f"{plural(still, 'finding')} open" if still else "no finding open"
    return f"{found.runs.place.service} {name} has run in {choice.environment} for {since}; {weak}."


HANDLERS = (overlay_page, wall_page)
