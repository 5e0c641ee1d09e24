"""The wall in words: throughput, stability and security of the same deployments."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.words import plural
from andon.tools.measurement.answers.records import MetricSummary, NumbersReport
from andon.tools.measurement.answers.wall import DeploymentRow, Wall
from andon.tools.measurement.report.about.parts import FACTS, Cell, PartColumn, ReportPart, more
from andon.tools.measurement.report.about.subjects import WallReport
from andon.tools.measurement.report.words import interval, minute, value
from andon.web.charts.units import NO_DATA

THROUGHPUT = ("deployment-frequency", "change-lead-time")
STABILITY = ("change-fail-rate", "failed-deployment-recovery-time", "deployment-rework-rate")
#: findings that are open
FINDINGS = 10
_ALL = "--about numbers --evidence deployment-frequency"
_NEWEST = (
    PartColumn(title="Deployment", gives_way=True),
    PartColumn(title="When", style="quiet"),
    PartColumn(title="Age then", is_number=True),
    PartColumn(title="Provenance"),
    PartColumn(title="Findings", is_number=True),
    PartColumn(title="Went", gives_way=True),
)
_FINDINGS = (
    PartColumn(title="Finding", gives_way=True),
    PartColumn(title="Severity"),
    PartColumn(title="Found", style="quiet"),
)


def wall_parts(subject: WallReport) -> Iterator[ReportPart]:
    """The three side by side, then each deployment in all three."""
    wall, numbers = subject.wall, subject.numbers
    yield ReportPart(title="Throughput", columns=FACTS, rows=(*_numbers(numbers, THROUGHPUT), *_published(wall)))
    yield ReportPart(title="Stability", columns=FACTS, rows=tuple(_numbers(numbers, STABILITY)))
    yield ReportPart(title="Security", columns=FACTS, rows=tuple(_security(wall)))
    newest = tuple(map(_row, wall.newest))
    left = more(wall.deployments - len(newest), "deployment", f"all of them with {_ALL}")
    yield ReportPart(title="The newest deployments, in all three", columns=_NEWEST, rows=newest, notes=left)
    still = wall.security.open_findings
    findings = tuple((one.title, one.severity, minute(one.opened_at)) for one in still[:FINDINGS])
    left = more(len(still) - len(findings), "finding")
    yield ReportPart(title="Findings that are open", columns=_FINDINGS, rows=findings, notes=left)


def _numbers(numbers: NumbersReport, wanted: tuple[str, ...]) -> Iterator[tuple[Cell, ...]]:
    for metric in numbers.metrics:
        if metric.id in wanted:
            yield metric.title, value(metric.value, metric.unit), _sample(metric)


def _sample(metric: MetricSummary) -> str:
    if metric.value is None:
        return " ".join(metric.notes).removeprefix("No data: ")
    sample = plural(metric.n, metric.sample.removesuffix("s"), metric.sample)
    if metric.low is None or metric.high is None:
        return sample
    return f"{sample}; 95 % sure: {interval(metric.low, metric.high, metric.unit, metric.value)}"


def _published(wall: Wall) -> Iterator[tuple[Cell, ...]]:
    if wall.runs and wall.runs_age_seconds is not None:
        name = wall.runs.version or wall.runs.id
        yield "What runs was published", f"{value(wall.runs_age_seconds, 'seconds')} ago", name


def _security(wall: Wall) -> Iterator[tuple[Cell, ...]]:
    security = wall.security
    share = security.proven / security.published if security.published else None
    of = plural(security.published, "deployment")
    yield "Provenance signed", value(share, "ratio"), f"{security.proven:,} of {of} whose artifact is known"
    half = f", half of them within {value(security.fix_seconds, 'seconds')}" if security.fix_seconds is not None else ""
    if security.findings_told:
        fixed = f"{security.fixed_findings:,} fixed in this time{half}"
        yield "Findings open", f"{len(security.open_findings):,}", fixed
    else:
        yield "Findings open", NO_DATA, "no findings reported: connect a scanner, or import them"
    rules = ", ".join(f"{one.name} {one.count:,}" for one in security.refusals) or "none"
    times = f"{sum(one.count for one in security.refusals):,}"
    yield "Refused by rules of security", times, f"{rules}; on the whole server"


def _row(one: DeploymentRow) -> tuple[Cell, ...]:
    deployment = one.deployment
    name = deployment.version or deployment.id
    return (
        f"{name} rollback" if deployment.rollback else name,
        minute(deployment.finished_at),
        value(one.age_seconds, "seconds") if one.age_seconds is not None else "",
        {True: "✓ signed", False: "! none", None: ""}[one.provenance],
        f"{one.open_findings:,}",
        _went(one),
    )


def _went(one: DeploymentRow) -> str:
    if one.wrong:
        return f"✗ wrong: {one.wrong}"
    if one.deployment.outcome != "success":
        return f"✗ {one.deployment.outcome}: {one.deployment.reason or 'no reason reported'}"
    return NO_DATA if one.wrong is None else "✓ well"
