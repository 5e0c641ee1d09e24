"""Where there is no data: a dashed line on the ground, and the words where they have room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from andon.web.charts.labels import room
from andon.web.charts.plot import Plot
from andon.web.charts.svg import rule, words
from andon.web.charts.units import NO_DATA

#: a share of the width between the last dot and the dashes
AWAY = 0.012


def gaps(instants: Sequence[datetime], known: Sequence[bool], plot: Plot) -> str:
    """Every run of instants at which nothing is known, from its neighbour before to that after."""
    drawn: list[str] = []
    ground = plot.height - 4
    for is_known, group in groupby(range(len(instants)), key=lambda n: known[n]):
        if is_known:
            continue
        run = list(group)
        before, after = instants[max(run[0] - 1, 0)], instants[min(run[-1] + 1, len(instants) - 1)]
        begin, end = plot.calendar.share(before), plot.calendar.share(after)
        if end - begin > 2 * AWAY:
            drawn.append(rule("nodata", (begin + AWAY, ground), (end - AWAY, ground)))
        kind = room(begin, end, NO_DATA)
        if kind is not None:
            drawn.append(words(f"tick{kind}", ((begin + end) / 2, ground - 6), NO_DATA, "middle"))
    return "".join(drawn)
