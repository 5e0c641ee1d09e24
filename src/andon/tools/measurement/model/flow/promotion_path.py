"""The way to a place: the environments that the same artifacts pass before, as it was and not as somebody drew it."""

from __future__ import annotations

from datetime import datetime
from statistics import median

from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window


def promotion_path(history: History, place: Place, window: Window) -> tuple[Place, ...]:
    """The places on the way in their order, the place itself as the last.

    A place of the same service is on the way when what both had came there first, by the median over what arrived here
    in the window (or ever, when nothing did).
    """
    here = _first_times(history, place, window.end)
    recent = {digest: at for digest, at in here.items() if at >= window.begin.timestamp()} or here
    leads: dict[Place, float] = {}
    for other in history.places():
        if other.service == place.service and other != place:
            there = _first_times(history, other, window.end)
            gaps = [at - there[digest] for digest, at in recent.items() if digest in there]
            if gaps and median(gaps) > 0:
                leads[other] = median(gaps)
    return (*sorted(leads, key=lambda other: (-leads[other], other)), place)


def _first_times(history: History, place: Place, until: datetime) -> dict[str, float]:
    """When each revision was first there."""
    first: dict[str, float] = {}
    for deployment in history.deployments(place, until):
        if deployment.outcome == "success":
            first.setdefault(deployment.digest, deployment.finished_at.timestamp())
    return first
