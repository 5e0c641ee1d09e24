"""What the search finds of measurement: metrics, improvements, and the tools that report facts."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.measurement.model.numbers.dora import METRICS
from andon.tools.measurement.people import Improvements
from andon.tools.measurement.sources import Sources
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, improvements: Improvements, sources: Sources) -> Iterator[Findable]:
    """Metrics by their names, improvements by title, sources by name."""
    for metric in METRICS:
        yield Findable(words=metric.replace("-", " "), address="/numbers", kind="metric", about=metric)
    for one in improvements.all():
        address = f"/kaizen#improvement-{one.number}"
        yield Findable(words=one.title, address=address, kind=f"improvement {one.number}", about=one.because)
    for source in sources.all():
        yield Findable(words=source.name, address="/sources", kind="source of facts")
