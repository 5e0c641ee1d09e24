"""The same series as JSON, for the zoom in the browser (static/charts.js): no number of it is made anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from andon.web.charts.figure import About
from andon.web.charts.happenings import NOTHING, Happenings
from andon.web.charts.levels import Level
from andon.web.charts.scale import scale_of


class Timed(Protocol):
    """A `Point` or a `Dot`."""

    @property
    def at(self) -> datetime: ...

    @property
    def value(self) -> float | None: ...


def series_json(
    about: About,
    values: Sequence[Timed],
    over: Happenings = NOTHING,
    mode: Literal["line", "dots"] = "line",
    lines: Sequence[Level] = (),
) -> dict[str, object]:
    """What `About.series_url` answers: times in seconds since 1970, values or null, and what happened.

    `values` are points or dots, `lines` as in the picture; `mode` is "line" for a trend or an overlay, "dots" for a
    scatter.
    """
    ordered = sorted(values, key=lambda one: one.at)
    known = [one.value for one in ordered if one.value is not None]
    return {
        "title": about.title,
        "unit": about.unit,
        "mode": mode,
        "log": scale_of(known, about.unit, about.scale).is_log,
        "at": [one.at.timestamp() for one in ordered],
        "values": [one.value for one in ordered],
        "odd": [number for number, one in enumerate(ordered) if getattr(one, "odd", False)],
        "levels": [{"words": level.words, "value": level.value} for level in lines],
        "deployments": [{"at": d.at.timestamp(), "name": d.name, "failed": d.failed} for d in over.deployments],
        "flips": [{"at": f.at.timestamp(), "name": f.name} for f in over.flips],
        "incidents": [
            {"begin": i.begin.timestamp(), "end": i.end.timestamp() if i.end else None, "name": i.name}
            for i in over.incidents
        ],
    }
