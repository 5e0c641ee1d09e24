"""The value stream in words: work and waiting in their order, where the waste is, and what a change costs."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.words import plural
from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.waste import WasteReport
from andon.tools.measurement.model.flow.stream import ProcessBox, WaitArrow
from andon.tools.measurement.model.flow.waste import Waste
from andon.tools.measurement.model.numbers.times import Times
from andon.tools.measurement.report.about.parts import FACTS, Cell, PartColumn, PartEntry, ReportPart, TimeBar, examples
from andon.tools.measurement.report.about.subjects import StreamReport
from andon.tools.measurement.report.words import value
from andon.web.charts.units import NO_DATA

#: a smaller share of the time is not shown by itself
SMALL = 0.01
_STEPS = (
    PartColumn(title="Step", gives_way=True),
    PartColumn(),
    PartColumn(title="half in", is_number=True),
    PartColumn(title="85 % in", is_number=True),
    PartColumn(title="right", is_number=True),
    PartColumn(title="from", gives_way=True, style="quiet"),
)


def stream_parts(subject: StreamReport) -> Iterator[ReportPart]:
    """From the whole to its steps."""
    stream = subject.value_stream
    yield ReportPart(columns=FACTS, rows=tuple(_facts(stream)))
    if stream.n:
        yield _way(stream)
    yield _waits(stream.waste)
    yield _others(subject.waste)
    yield _sent_back(stream)
    yield _stages(stream)
    if subject.cost:
        yield _costs(subject.cost)
    yield ReportPart(title="How to read this", notes=(*stream.notes, *(subject.cost.notes if subject.cost else ())))


def _facts(stream: ValueStream) -> Iterator[tuple[Cell, ...]]:
    total, work = stream.total, stream.work
    within = f"half of {plural(stream.n, stream.sample[:-1], stream.sample)}; 85 % within {_p85(total)}"
    yield "From first commit to users", _half(total), within if total else ""
    yield "Worked on", _half(work), "the rest is waiting"
    yield "Flow efficiency", value(stream.efficiency, "ratio"), "worked on / all of the time, median"
    through = f"through {', '.join(stream.rolled_of)}" if stream.rolled_of else "nothing was reported as sent back"
    yield "Right at the first time", value(stream.rolled, "ratio"), through
    yield "Changes in a deployment", value(stream.batch, "count"), "median"


def _way(stream: ValueStream) -> ReportPart:
    """Boxes as work, arrows as waiting: what leads into a box stands before it."""
    known = [one.process for one in stream.boxes] + [one.wait for one in stream.arrows]
    longest = max((one.median for one in known if one), default=0.0)
    titles = {box.id: box.title for box in stream.boxes}
    rows: list[tuple[Cell, ...]] = []
    for box in stream.boxes:
        rows += _waiting([arrow for arrow in stream.arrows if arrow.end == box.id], titles, longest)
        right = value(box.accuracy.share, "ratio") if box.accuracy else ""
        rows.append((box.title, _bar(box.process, longest, "work"), *_times(box.process), right, _from(box)))
    notes = ("▓ work, ░ waiting; right: not sent back. Half of them took no longer, 85 % no longer than that.",)
    return ReportPart(title="The way of a change", columns=_STEPS, rows=tuple(rows), notes=notes, is_picture=True)


def _waiting(arrows: list[WaitArrow], titles: dict[str, str], longest: float) -> Iterator[tuple[Cell, ...]]:
    """One row for arrows that say the same."""
    for wait in dict.fromkeys(arrow.wait for arrow in arrows):
        same = [arrow for arrow in arrows if arrow.wait == wait]
        after = ", ".join(titles[arrow.begin] for arrow in same)
        sample = plural(wait.n, same[0].sample[:-1], same[0].sample) if wait else ""
        yield f"  after {after}", _bar(wait, longest, "wait"), *_times(wait), "", sample


def _waits(wastes: tuple[Waste, ...]) -> ReportPart:
    large = [one for one in wastes if one.share is None or one.share >= SMALL]
    small = len(wastes) - len(large)
    notes = (f"{plural(small, 'reason')} more, each less than 1 % of the time.",) if small else ()
    return ReportPart(title="Where it waited, of all the time", entries=tuple(map(_entry, large)), notes=notes)


def _others(wastes: WasteReport) -> ReportPart:
    others = tuple(_entry(one) for one in wastes.found if one.kind != "waiting")
    unseen = "; ".join(f"{one.title.lower()} ({one.why})" for one in wastes.unseen)
    return ReportPart(
        title="Other waste", entries=others, notes=(f"What events do not show: {unseen}",) if others else ()
    )


def _entry(one: Waste) -> PartEntry:
    mark = value(one.share, "ratio") if one.share is not None else ""
    title = one.title if one.kind == "waiting" else f"{one.title} · {one.kind}"
    seen = examples(one.examples, "seconds" if one.seconds is not None else "")
    return PartEntry(mark=mark, title=title, says=one.says, examples=seen)


def _sent_back(stream: ValueStream) -> ReportPart:
    entries = (
        PartEntry(
            mark=f"{one.sent_back:,} of {one.n:,}",
            title=box.title,
            says="; ".join(row.why for row in one.examples[:1]),
            examples=examples(one.examples),
        )
        for box in stream.boxes
        if (one := box.accuracy) and one.sent_back
    )
    return ReportPart(title="Sent back, counted where it was noticed", entries=tuple(entries))


def _stages(stream: ValueStream) -> ReportPart:
    columns = (
        PartColumn(title="Stage"),
        PartColumn(title="half in", is_number=True),
        PartColumn(title="85 % in", is_number=True),
        PartColumn(title="changes", is_number=True),
        PartColumn(title="from when to when", wraps=True, style="quiet"),
    )
    rows = tuple((one.title, *_times(one.times), f"{one.times.n:,}", one.says) for one in stream.stages)
    return ReportPart(title="As GitLab counts its stages", columns=columns, rows=rows)


def _costs(cost: Cost) -> ReportPart:
    each = (("A change", cost.per_change), ("A deployment", cost.per_deployment), ("All of this time", cost.total))
    rows: list[tuple[Cell, ...]] = [(name, value(of, cost.currency), "") for name, of in each if of is not None]
    rows += [
        (one.what.capitalize(), value(one.quantity, one.unit), _price(one.cost, cost.currency) + one.says)
        for one in cost.parts
        if one.quantity
    ]
    return ReportPart(title="What it costs", columns=FACTS, rows=tuple(rows))


def _price(cost: float | None, currency: str) -> str:
    return "" if cost is None else f"{value(cost, currency)}: "


def _from(box: ProcessBox) -> str:
    return plural(box.process.n, box.sample[:-1], box.sample) if box.process else "not measured"


def _bar(took: Times | None, longest: float, kind: str) -> Cell:
    if took is None or not longest:
        return ""
    return TimeBar(share=took.median / longest, kind="work" if kind == "work" else "wait")


def _times(took: Times | None) -> tuple[str, str]:
    return (value(took.median, "seconds"), value(took.p85, "seconds")) if took else ("", "")


def _half(took: Times | None) -> str:
    return value(took.median, "seconds") if took else NO_DATA


def _p85(took: Times | None) -> str:
    return value(took.p85, "seconds") if took else NO_DATA
