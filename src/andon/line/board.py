"""The board: the line as it is now, drawn from what is known of every change. Pure; the template only lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.engine.health import Fault
from andon.kernel.errors import NotFound
from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName, short
from andon.kernel.words import ago, duration, plural
from andon.line.change import Change, EnvironmentProgress, RunProgress
from andon.line.changes import Changes
from andon.line.condition import carried, of_line, what_stops
from andon.tools.delivery.condition import of_service
from andon.tools.delivery.views import Environments
from andon.tools.pipelines.events import with_warnings
from andon.web.condition import Colour

SHOWN = 6  #: changes of one repository on the board


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One change at one station."""

    #: a key of the signs in web/parts.html: "success", "running", "none" …
    state: str
    #: "2.14", "unit", "integration: 2 tests"
    words: str = ""
    #: the second, quieter line
    more: str = ""
    #: an instant that belongs to the second line
    at: datetime | None = None
    #: when what is running began; its clock ticks in the browser
    since: datetime | None = None
    #: how far it is, 0 to 100; None when that has no meaning
    percent: int | None = None
    #: where the evidence is
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One change on the board."""

    commit: str
    subject: str
    author: str
    landed_at: datetime
    address: str
    pipeline: Cell
    artifact: Cell
    #: in the order of the line
    places: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """An environment's column."""

    name: EnvironmentName
    promotion: str
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A pulled cord."""

    scope: str
    #: "the whole line", "everything into production", "the service shop"
    what: str
    by: str
    at: datetime
    reason: str
    still_passes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the board shows."""

    colour: Colour
    #: "Trunk is green."
    sentence: str
    #: what is wrong, the worst first
    troubles: tuple[str, ...]
    #: "3 changes in flight", "nothing stopped"
    summary: tuple[str, ...]
    landed: Row | None
    stops: tuple[Stop, ...]
    stations: tuple[Station, ...]
    #: services that have been published
    services: tuple[ServiceName, ...]
    #: repository -> its changes, the newest first
    repositories: tuple[tuple[RepositoryName, tuple[Row, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the board is drawn from."""

    changes: Changes
    environments: Environments
    now: datetime


def draw(
    changes: Changes,
    environments: Environments,
    faults: Sequence[Fault],
    now: datetime,
    warnings: Sequence[str] = (),
) -> Board:
    """The board at this moment."""
    condition = of_line(changes, environments, faults, now, warnings)
    known = _Known(changes=changes, environments=environments, now=now)
    repositories = tuple((name, _rows(known, name)) for name in carried(changes))
    everything = [change for name in carried(changes) for change in changes.of(name)]
    newest = max(everything, key=lambda change: change.landed_at, default=None)
    in_flight = sum(change.is_in_flight for change in everything)
    stops = tuple(_stop(cord.scope, str(cord.by), cord.at, cord.reason) for cord in changes.cords.pulled())
    return Board(
        colour=condition.colour,
        sentence=condition.sentence,
        troubles=tuple(one.sentence for one in condition.troubles),
        summary=(
            f"{plural(in_flight, 'change')} in flight" if in_flight else "nothing in flight",
            *(
                (f"{plural(len(stops), 'cord')} pulled",)
                if stops
                else ()
                if condition.troubles
                else ("nothing stopped",)
            ),
        ),
        landed=_row(known, newest) if newest else None,
        stops=stops,
        stations=tuple(
            Station(name=e.name, promotion=e.promotion, is_stopped=_is_stopped(changes, e.name))
            for e in changes.environments
        ),
        services=tuple(sorted({c.artifact.service for c in everything if c.artifact and c.artifact.service})),
        repositories=repositories,
    )


def _rows(known: _Known, repository: RepositoryName) -> tuple[Row, ...]:
    changes = known.changes
    shown = [
        change
        for at, change in enumerate(changes.of(repository))
        if at == 0 or change.is_in_flight or changes.lives_in(change) or _waits_or_failed(changes, change)
    ]
    return tuple(_row(known, change) for change in shown[:SHOWN])


def _waits_or_failed(changes: Changes, change: Change) -> bool:
    """Is there something for a person to do: an offer, or a promotion that failed and that nothing newer has mended?"""
    return any(
        stay.phase == "offered" or (stay.phase == "failed" and not changes.is_behind(change, stay))
        for stay in change.stays.values()
    )


def _row(known: _Known, change: Change) -> Row:
    return Row(
        commit=change.commit,
        subject=change.subject,
        author=change.author,
        landed_at=change.landed_at,
        address=f"/changes/{change.repository}/{change.commit}",
        pipeline=pipeline_cell(change.run) if change.run else Cell(state="none"),
        artifact=_artifact_cell(change),
        places=tuple(_place_cell(known, change, e.name) for e in known.changes.environments),
    )


def pipeline_cell(run: RunProgress) -> Cell:
    """A run in two lines."""
    address = f"/runs/{run.number}"
    if run.outcome == "success":
        tests = plural(run.passed_tests, "test") if run.passed_tests else plural(run.tasks, "task")
        warned = f"{plural(run.warnings, 'warning')} · " if run.warnings else ""
        state = with_warnings("success", run.warnings)
        more = f"{warned}{tests} · run {run.number}"
        return Cell(state=state, words=duration(run.took), more=more, address=address)
    if run.outcome:
        words = str(run.stopped_at or run.outcome)
        return Cell(state=run.outcome, words=words, more=run.reason or f"run {run.number}", address=address)
    if not run.running:
        return Cell(state="queued", words="queued", more=f"run {run.number}", at=run.queued_at, address=address)
    names = sorted(run.running)
    words = str(names[0]) if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    percent = round(100 * (run.done + len(names) / 2) / run.tasks) if run.tasks else 0
    return Cell(state="running", words=words, since=min(run.running.values()), percent=percent, address=address)


def _artifact_cell(change: Change) -> Cell:
    artifact = change.artifact
    if artifact is None:
        return Cell(state="none")
    return Cell(
        state="success",
        words=str(artifact.version),
        more=f"superseded by {change.superseded_by}" if change.superseded_by else f"sha256:{short(artifact.digest)}",
        address=f"/artifacts/{artifact.name}/{artifact.version}",
    )


#: phase -> what is shown of it, and how far the promotion then is
MOVING = {
    "requested": ("waits its turn", 5),
    "started": ("starting", 20),
    "ready": ("smoke checks", 45),
    "smoke": ("smoke checks passed", 60),
}


def _place_cell(known: _Known, change: Change, environment: EnvironmentName) -> Cell:
    stay = change.stays.get(environment)
    if stay is None:
        return Cell(state="none")
    address = f"/environments/{environment}/{stay.service}"
    if stay.phase == "failed":
        return Cell(state="failure", words=str(stay.version), more=stay.reason, address=address)
    if stay.phase == "offered":
        return Cell(state="waiting", words=str(stay.version), more="waits for promotion", address=address)
    if stay.phase == "rolled back":
        more = f"rolled back {ago(stay.at, known.now)} by {stay.by}"
        return Cell(state="failure", words=str(stay.version), more=more, address=address)
    if stay.phase == "verified":
        return _verified_cell(known, change, stay)
    words, percent = MOVING.get(
        stay.phase, (f"at {stay.weight_percent} % of traffic", 60 + stay.weight_percent * 2 // 5)
    )
    return Cell(state="running", words=str(stay.version), more=words, percent=percent, address=address)


def _verified_cell(known: _Known, change: Change, stay: EnvironmentProgress) -> Cell:
    address = f"/environments/{stay.environment}/{stay.service}"
    if known.changes.live.get((stay.environment, stay.service)) != change.commit:
        return Cell(state="none", words=str(stay.version), more=f"was here {ago(stay.at, known.now)}", address=address)
    if trouble := _trouble(known, stay):
        return Cell(state="failure", words=str(stay.version), more=trouble, address=address)
    return Cell(state="success", words=str(stay.version), more="100 % of traffic", at=stay.at, address=address)


def _trouble(known: _Known, stay: EnvironmentProgress) -> str:
    """What is wrong with what serves there; what is wrong with another version stands in that version's row."""
    try:
        seen = known.environments.service(stay.environment, stay.service)
    except NotFound:
        return ""
    ill = (one for one in of_service(seen, known.now).troubles if one.kind in {"down", "crash loop", "degraded"})
    return next((one.sentence for one in ill), "")


def _is_stopped(changes: Changes, environment: EnvironmentName) -> bool:
    return "line" in changes.cords or f"environment/{environment}" in changes.cords


def _stop(scope: str, by: str, at: datetime, reason: str) -> Stop:
    return Stop(
        scope=scope,
        what=what_stops(scope),
        by=by,
        at=at,
        reason=reason,
        still_passes="Pushes, runs and artifacts go on; what serves users keeps serving. Promotions wait.",
    )
