"""Flow and value stream as pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

from andon.kernel.words import plural
from andon.tools.measurement.answers.flow import Flow
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.web.charts.aging import Item, aging
from andon.web.charts.figure import About, Figure
from andon.web.charts.forecast import Chance, Pick, forecast
from andon.web.charts.levels import Level
from andon.web.charts.points import Point
from andon.web.charts.stacked import AreaLayer, stacked
from andon.web.charts.stream_map import Arrow, MapBox, stream_map
from andon.web.charts.trend import trend


def stream_picture(stream: ValueStream) -> Figure:
    """The graph with work in the boxes and waiting on the arrows."""
    titles = {box.id: box.title for box in stream.boxes}
    worst = {waste.where: waste.kind for waste in reversed(stream.waste) if waste.share and waste.share >= 0.1}
    boxes = tuple(
        MapBox(
            name=box.title,
            process=box.process.median if box.process else None,
            accurate=box.accuracy.share if box.accuracy else None,
            n=box.process.n if box.process else 0,
            waste=worst.get(box.id, ""),
        )
        for box in stream.boxes
    )
    arrows = tuple(
        Arrow(
            begin=titles[arrow.begin],
            end=titles[arrow.end],
            wait=arrow.wait.median if arrow.wait else None,
            n=arrow.wait.n if arrow.wait else 0,
        )
        for arrow in stream.arrows
    )
    return stream_map(About(title="The way of a change", things=stream.sample), boxes, arrows)


def aging_picture(flow: Flow) -> Figure:
    """What is in progress, against what was finished."""
    items = tuple(
        Item(name=one.name, age=one.seconds, stage=one.where, owner=one.author, link=one.link) for one in flow.aging
    )
    stages = ("open", *flow.stages[:-1])
    lines = (
        (Level(words="p50", value=flow.finished.median), Level(words="p85", value=flow.finished.p85))
        if flow.finished
        else ()
    )
    return aging(About(title="Age of what is in progress", things="items"), stages, items, lines)


def cumulative_picture(flow: Flow) -> Figure:
    """How many had reached each stage; the height between two edges is what stands there."""
    instants = tuple(day.at for day in flow.days)
    words = (*(f"{stage}, not further" for stage in flow.stages[:-1]), f"in {flow.stages[-1]}")
    columns = []
    for number in range(len(flow.stages)):
        values = (
            (day.reached[number] - (day.reached[number + 1] if number + 1 < len(day.reached) else 0))
            for day in flow.days
        )
        columns.append(tuple(float(value) for value in values))
    layers = tuple(AreaLayer(words=word, values=values) for word, values in zip(words, columns, strict=True))
    begin, end = _known(flow)
    about = About(title="Cumulative flow", unit="count", things="commits", begin=begin, end=end)
    return stacked(about, instants, layers[::-1])


def _known(flow: Flow) -> tuple[datetime, datetime]:
    """The part of the window in which anything is known."""
    window = flow.question.window
    first = flow.days[0].at - timedelta(days=1) if flow.days else window.begin
    return max(window.begin, first), window.end


def throughput_picture(flow: Flow) -> Figure:
    """What each whole week brought."""
    points = tuple(Point(at=week.begin, value=float(week.done), n=week.done) for week in flow.weeks)
    begin, end = _known(flow)
    about = About(title="Done each week", unit="count", things="commits", begin=begin, end=end, scale="linear")
    return trend(about, points)


def forecast_picture(flow: Flow) -> Figure | None:
    """How likely each number of weeks is; None where nothing can be forecast."""
    found = [one for one in flow.forecast.when if one.value is not None]
    if not found:
        return None
    picks = tuple(Pick(probability=one.level, answer=one.value or 0) for one in found)
    chances = tuple(Chance(answer=week, probability=odd) for week, odd in enumerate(flow.forecast.by_week, start=1))
    says = (
        f"{plural(flow.forecast.items, 'item')} at the pace of {plural(len(flow.forecast.weekly), 'week')} before now"
    )
    about = About(title="When it will be done", says=says, unit="ratio", things="weeks")
    return forecast(about, chances, picks)
