"""The board: the line as it is now, drawn from what is known of every change. Pure; the template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName, short
from andon.line.changes import Change, Changes, RunProgress, Stay
from andon.line.flow import LINE_REPOSITORY
from andon.tools.pipelines.events import NO_VERDICT
from andon.web.words import ago, duration, plural

Colour = Literal["green", "amber", "red", "grey"]
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
    #: "3 changes in flight", "nothing stopped"
    summary: tuple[str, ...]
    landed: Row | None
    stops: tuple[Stop, ...]
    stations: tuple[Station, ...]
    #: services that have been published
    services: tuple[ServiceName, ...]
    #: repository -> its changes, the newest first
    repositories: tuple[tuple[RepositoryName, tuple[Row, ...]], ...]


def draw(changes: Changes, now: datetime) -> Board:
    """The board at this moment."""
    repositories = tuple((name, _rows(changes, name, now)) for name in _carried(changes))
    everything = [change for name in _carried(changes) for change in changes.of(name)]
    newest = max(everything, key=lambda change: change.landed_at, default=None)
    colour, sentence = lamp(changes)
    in_flight = sum(change.is_in_flight for change in everything)
    stops = tuple(_stop(cord.scope, str(cord.by), cord.at, cord.reason) for cord in changes.cords.values())
    return Board(
        colour=colour,
        sentence=sentence,
        summary=(
            f"{plural(in_flight, 'change')} in flight" if in_flight else "nothing in flight",
            f"{plural(len(stops), 'cord')} pulled" if stops else "nothing stopped",
        ),
        landed=_row(changes, newest, now) if newest else None,
        stops=stops,
        stations=tuple(
            Station(name=e.name, promotion=e.promotion, is_stopped=_is_stopped(changes, e.name))
            for e in changes.environments
        ),
        services=tuple(sorted({c.artifact.service for c in everything if c.artifact and c.artifact.service})),
        repositories=repositories,
    )


def lamp(changes: Changes) -> tuple[Colour, str]:
    """Red when the line is stopped, a service is down, or a trunk's last verdict is no; amber without a verdict."""
    if "line" in changes.cords:
        return "red", "The line is stopped."
    if down := [f"{service} in {environment}" for environment, service in changes.outages.down]:
        return "red", f"Down: {', '.join(down)}."
    verdicts = {name: _verdict(changes.of(name)) for name in _carried(changes)}
    red = [name for name, verdict in verdicts.items() if verdict not in {None, "success"}]
    if red:
        return "red", f"Trunk is red in {_list(red)}."
    if all(verdict is None for verdict in verdicts.values()):
        return _without_verdict([changes.of(name) for name in verdicts])
    return "green", "Trunk is green."


def _without_verdict(trunks: list[tuple[Change, ...]]) -> tuple[Colour, str]:
    if not any(trunks):
        return "grey", "Nothing has landed yet."
    if all(_has_no_pipeline(trunk) for trunk in trunks if trunk):
        return "grey", "Nothing is built: no repository has an andon.toml."
    return "amber", "Trunk has no verdict yet."


def _carried(changes: Changes) -> tuple[RepositoryName, ...]:
    """What the line carries; the repository that defines the line itself is not built."""
    return tuple(name for name in changes.repositories() if name != LINE_REPOSITORY)


def _verdict(changes: tuple[Change, ...]) -> str | None:
    """The newest one that says something; a cancelled run says nothing."""
    given = (change.run.outcome for change in changes if change.run)
    return next((outcome for outcome in given if outcome and outcome not in NO_VERDICT), None)


def _has_no_pipeline(changes: tuple[Change, ...]) -> bool:
    """Was there nothing to run for its newest change?"""
    return bool(changes) and changes[0].run is not None and changes[0].run.outcome == "skip"


def _list(names: list[RepositoryName]) -> str:
    return str(names[0]) if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _rows(changes: Changes, repository: RepositoryName, now: datetime) -> tuple[Row, ...]:
    known = changes.of(repository)
    shown = [
        change
        for at, change in enumerate(known)
        if at == 0 or change.is_in_flight or changes.lives_in(change) or _waits_or_failed(changes, change)
    ]
    return tuple(_row(changes, change, now) for change in shown[:SHOWN])


def _waits_or_failed(changes: Changes, change: Change) -> bool:
    """Is there something for a person to do: an offer, or a promotion that failed and that nothing newer has mended?"""
    return any(
        stay.phase == "offered" or (stay.phase == "failed" and not changes.is_behind(change, stay))
        for stay in change.stays.values()
    )


def _row(changes: Changes, change: Change, now: datetime) -> Row:
    return Row(
        commit=change.commit,
        subject=change.subject,
        author=change.author,
        landed_at=change.landed_at,
        address=f"/changes/{change.repository}/{change.commit}",
        pipeline=pipeline_cell(change.run) if change.run else Cell(state="none"),
        artifact=_artifact_cell(change),
        places=tuple(_place_cell(changes, change, e.name, now) for e in changes.environments),
    )


def pipeline_cell(run: RunProgress) -> Cell:
    """A run in two lines."""
    address = f"/runs/{run.number}"
    if run.outcome == "success":
        tests = plural(run.passed_tests, "test") if run.passed_tests else plural(run.tasks, "task")
        return Cell(state="success", words=duration(run.took), more=f"{tests} · run {run.number}", address=address)
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


def _place_cell(changes: Changes, change: Change, environment: EnvironmentName, now: datetime) -> Cell:
    stay = change.stays.get(environment)
    if stay is None:
        return Cell(state="none")
    address = f"/environments/{environment}/{stay.service}"
    if stay.phase == "failed":
        return Cell(state="failure", words=str(stay.version), more=stay.reason, address=address)
    if stay.phase == "offered":
        return Cell(state="waiting", words=str(stay.version), more="waits for you to promote it", address=address)
    if stay.phase == "verified":
        return _verified_cell(changes, change, stay, now)
    words, percent = MOVING.get(
        stay.phase, (f"at {stay.weight_percent} % of traffic", 60 + stay.weight_percent * 2 // 5)
    )
    return Cell(state="running", words=str(stay.version), more=words, percent=percent, address=address)


def _verified_cell(changes: Changes, change: Change, stay: Stay, now: datetime) -> Cell:
    address = f"/environments/{stay.environment}/{stay.service}"
    if changes.live.get((stay.environment, stay.service)) != change.commit:
        return Cell(state="none", words=str(stay.version), more=f"was here {ago(stay.at, now)}", address=address)
    if (stay.environment, stay.service) in changes.outages.down:
        return Cell(state="failure", words=str(stay.version), more="down; is being started again", address=address)
    return Cell(state="success", words=str(stay.version), more="100 % of traffic", at=stay.at, address=address)


def _is_stopped(changes: Changes, environment: EnvironmentName) -> bool:
    return "line" in changes.cords or f"environment/{environment}" in changes.cords


def _stop(scope: str, by: str, at: datetime, reason: str) -> Stop:
    kind, _, name = scope.partition("/")
    what = {"environment": f"everything into {name}", "service": f"the service {name}"}.get(kind, "the whole line")
    return Stop(
        scope=scope,
        what=what,
        by=by,
        at=at,
        reason=reason,
        still_passes="Pushes, runs and artifacts go on; what serves users keeps serving. Promotions wait.",
    )
