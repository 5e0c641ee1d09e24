"""Flow in words: what is in progress, what each week brought, what will be, and Little's law as a check."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.words import plural
from andon.tools.measurement.answers.flow import Flow, Forecast
from andon.tools.measurement.model.flow.littles_law import LittlesLaw
from andon.tools.measurement.report.about.parts import FACTS, Cell, PartColumn, ReportPart, Sparkline, more
from andon.tools.measurement.report.about.subjects import FlowReport
from andon.tools.measurement.report.words import day, value

#: of the oldest in progress
SHOWN = 10
_AGING = (
    PartColumn(title="What", gives_way=True),
    PartColumn(title="Who", gives_way=True),
    PartColumn(title="Stands at"),
    PartColumn(title="Age", is_number=True),
    PartColumn(title="Beside finished work", style="quiet"),
)


def flow_parts(subject: FlowReport) -> Iterator[ReportPart]:
    """From now to what will be."""
    flow = subject.flow
    yield ReportPart(columns=FACTS, rows=tuple(_facts(flow)))
    yield _aging(flow)
    yield _weeks(flow)
    yield _cumulative(flow)
    yield _forecast(flow.forecast)
    if flow.little:
        yield _little(flow.little)
    yield ReportPart(title="How to read this", notes=flow.notes)


def _facts(flow: Flow) -> Iterator[tuple[Cell, ...]]:
    yield "In progress", f"{flow.in_progress:,}", f"landed, and not in {flow.question.place.environment}"
    if flow.open_changes:
        yield "Proposed", f"{flow.open_changes:,}", "and not landed"
    if flow.finished:
        within = f"half of {plural(flow.finished.n, 'commit')}; 85 % within {value(flow.finished.p85, 'seconds')}"
        yield "Begun to done", value(flow.finished.median, "seconds"), within


def _aging(flow: Flow) -> ReportPart:
    rows = tuple(
        (one.name, one.author, one.where, value(one.seconds, "seconds"), one.stands_out or "as usual")
        for one in flow.aging[:SHOWN]
    )
    left = more(len(flow.aging) + flow.aging_not_shown - len(rows), "item", f"{len(flow.aging):,} with --json")
    return ReportPart(title="The oldest in progress", columns=_AGING, rows=rows, notes=left)


def _weeks(flow: Flow) -> ReportPart:
    if not flow.weeks:
        return ReportPart()
    done = [week.done for week in flow.weeks]
    says = f"{min(done):,} to {max(done):,} commits; {done[-1]:,} in the last of {plural(len(done), 'whole week')}"
    columns = (PartColumn(), PartColumn(style="accent"))
    cells = (f"since {day(flow.weeks[0].begin)}", Sparkline(values=tuple(map(float, done))))
    return ReportPart(title="Done each week", columns=columns, rows=(cells,), notes=(says,), is_picture=True)


def _cumulative(flow: Flow) -> ReportPart:
    """What stands at each stage, day by day: the layers of the cumulative flow."""
    if not flow.days:
        return ReportPart()
    columns = (
        PartColumn(title="Stands at"),
        PartColumn(title=f"{day(flow.days[0].at)} to {day(flow.days[-1].at)}", style="accent"),
        PartColumn(title="most", is_number=True),
        PartColumn(title="now", is_number=True),
    )
    rows = []
    for number, stage in enumerate(flow.stages[:-1]):
        here = [one.reached[number] - one.reached[number + 1] for one in flow.days]
        cells = (f"{stage}, not further", Sparkline(values=tuple(map(float, here))), f"{max(here):,}", f"{here[-1]:,}")
        rows.append(cells)
    there = [one.reached[-1] for one in flow.days]
    rows.append(
        (f"in {flow.stages[-1]}", Sparkline(values=tuple(map(float, there))), f"{max(there):,}", f"{there[-1]:,}")
    )
    return ReportPart(title="Cumulative flow", columns=columns, rows=tuple(rows), is_picture=True)


def _forecast(found: Forecast) -> ReportPart:
    rows: list[tuple[Cell, ...]] = [
        (
            f"{value(one.level, 'ratio')} sure",
            plural(one.value, "week") if one.value is not None else "never",
            _until(found),
        )
        for one in found.when
    ]
    rows += [
        (
            f"{value(one.level, 'ratio')} sure",
            plural(one.value or 0, "item"),
            f"at least, in {plural(found.weeks, 'week')}",
        )
        for one in found.how_many
    ]
    exact = f"Exact, by convolution of the {plural(len(found.weekly), 'week')} there were."
    return ReportPart(
        title="Forecast", says=(found.says,), columns=FACTS, rows=tuple(rows), notes=(exact,) if rows else ()
    )


def _until(found: Forecast) -> str:
    return f"at most, until {plural(found.items, 'item')} are done" if found.items != 1 else "at most, until it is done"


def _little(law: LittlesLaw) -> ReportPart:
    product = f"{law.arrivals_per_day:.2f} a day × {law.days_in_progress:.2f} days"
    began = f"{law.open_at_edges:,} of {plural(law.n, 'item')} began before this time or are still open"
    rows = (
        ("In progress, counted", f"{law.in_progress:.2f}", "on average"),
        ("Arrivals × time", f"{law.product:.2f}", product),
        ("Gap", f"{law.gap:.2f}", "none but rounding: the law holds" if law.holds else f"because {began}"),
    )
    return ReportPart(title="Little's law, as a check of these numbers", columns=FACTS, rows=rows)
