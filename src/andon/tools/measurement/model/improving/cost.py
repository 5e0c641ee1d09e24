"""What delivery cost in a window: minutes of runs and hours of environments, at the prices that held then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from andon.tools.measurement.model.facts import Place, Run
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.prices import Prices
from andon.tools.measurement.model.metric import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Prices, and since when they hold, oldest first and one at least; before the first nothing has a price."""

    since: tuple[datetime, ...]
    prices: tuple[Prices, ...]

    def at(self, when: datetime) -> Prices | None:
        """Those that held then; None before any did."""
        known = bisect_right(self.since, when)
        return self.prices[known - 1] if known else None

    def periods(self, window: Window) -> Iterator[tuple[Window, Prices]]:
        """The window, cut where prices changed, without what was before any held."""
        cuts = [max(window.begin, self.since[0]), *(one for one in self.since[1:] if window.begin < one < window.end)]
        for begin, end in pairwise([*cuts, window.end]):
            prices = self.at(begin)
            if prices is not None and begin < end:
                yield Window(begin=begin, end=end), prices


def run_minutes(run: Run) -> float:
    """Work of machines: its tasks' times added up, side by side or not; where they are unknown, from begin to end."""
    if run.tasks:
        return sum((task.finished_at - task.started_at).total_seconds() for task in run.tasks) / 60
    if run.started_at is None or run.finished_at is None:
        return 0.0
    return max((run.finished_at - run.started_at).total_seconds(), 0.0) / 60


def hours(history: History, place: Place, window: Window) -> float:
    """How long the place was in use in the window: from the first deployment there on."""
    first = next(iter(history.deployments(place, window.end)), None)
    if first is None:
        return 0.0
    return max((window.end - max(window.begin, first.finished_at)).total_seconds(), 0.0) / 3600


def summed(tariff: Tariff, window: Window, priced: Callable[[Window, Prices], float | None]) -> float | None:
    """Over the times between changes of price; None when one of them has no price, or all was before."""
    costs = [priced(part, prices) for part, prices in tariff.periods(window)]
    known: Sequence[float] = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None
