"""A trend the size of a word: it stands beside its number, without axes."""

from __future__ import annotations

from collections.abc import Sequence

from andon.web.charts.calendar import calendar_of
from andon.web.charts.figure import About, Figure
from andon.web.charts.points import Point, known, stretches
from andon.web.charts.scale import scale_of
from andon.web.charts.svg import picture
from andon.web.charts.trend import trend

WIDE, HIGH, EDGE = 128, 28, 4


def sparkline(about: About, points: Sequence[Point]) -> Figure:
    """A line of 128 x 28 pixels with gaps where there is no data; the last value is a dot. Show its `svg`."""
    calendar = calendar_of(about, (point.at for point in points))
    scale = scale_of(known(points), about.unit, about.scale)
    whole = trend(about, points)
    runs = [
        [
            (EDGE + calendar.share(at) * (WIDE - 2 * EDGE), EDGE + (1 - scale.share(value)) * (HIGH - 2 * EDGE))
            for at, value in run
        ]
        for run in stretches(points)
    ]
    body = f'<path class="axis" d="M0 {HIGH - 1}H{WIDE}"/>'
    body += "".join(_run(run) for run in runs)
    if runs and points[-1].value is not None:
        x, y = runs[-1][-1]
        body += f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
    size = f'width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}"'
    return Figure(
        title=about.title,
        says=whole.says,
        svg=picture(about, whole.says, body, kind="spark", size=size),
        table=whole.table,
        series_url=about.series_url,
    )


def _run(places: list[tuple[float, float]]) -> str:
    if len(places) == 1:
        return f'<circle class="alone" cx="{places[0][0]:.1f}" cy="{places[0][1]:.1f}" r="1.5"/>'
    return '<path class="line" d="M' + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + '"/>'
