"""How the whole line stands, in words, worst first: services, trunks, cords, the engine. Pure.

The board, `andon status`, the API, the window's title and its icon all say this and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from andon.engine.health import Fault
from andon.kernel.ids import RepositoryName
from andon.kernel.words import ago, listed
from andon.line.change import Change
from andon.line.changes import Changes
from andon.line.protection import LINE_REPOSITORY
from andon.tools.delivery.condition import troubles
from andon.tools.delivery.condition import warnings as as_findings
from andon.tools.delivery.views import Environments
from andon.tools.pipelines.events import NO_VERDICT
from andon.web.condition import Condition, Finding, worst_first

MOST_NAMED = 5  #: repositories in a sentence


def of_line(
    changes: Changes,
    environments: Environments,
    faults: Sequence[Fault],
    now: datetime,
    warnings: Sequence[str] = (),
) -> Condition:
    """Everything that somebody should know, the worst first, and how the trunks are."""
    return worst_first(
        (
            *_cords(changes),
            *troubles(environments.services(), now, environments.names),
            *_engine(faults),
            *_line_file(environments),
            *as_findings((*environments.warnings, *warnings)),
            *_trunks(changes),
        )
    )


def rolled_back(changes: Changes, commit: str, now: datetime) -> str:
    """Where a change was rolled back from, when and by whom; "" when it was not."""
    found = next(changes.find(commit), None)
    stays = found.stays.values() if found else ()
    return " ".join(
        f"Rolled back from {stay.environment} {ago(stay.at, now)} by {stay.by}."
        for stay in stays
        if stay.phase == "rolled back"
    )


def carried(changes: Changes) -> tuple[RepositoryName, ...]:
    """What the line carries: not the repository that defines the line itself, and nothing that was deleted."""
    names = (name for name in changes.repositories() if name != LINE_REPOSITORY)
    return tuple(name for name in names if not changes.closings.is_deleted(name))


def what_stops(scope: str) -> str:
    """What a cord stops: "the whole line", "everything into production", "the service shop"."""
    kind, _, name = scope.partition("/")
    return {"environment": f"everything into {name}", "service": f"the service {name}"}.get(kind, "the whole line")


def _cords(changes: Changes) -> Iterator[Finding]:
    for cord in changes.cords.pulled():
        if cord.scope == "line":
            yield Finding(kind="stopped", sentence=f"The line is stopped by {cord.by}.")
        else:
            what = what_stops(cord.scope)
            yield Finding(kind="cord", sentence=f"{what[0].upper()}{what[1:]} is stopped by {cord.by}.")


def _engine(faults: Sequence[Fault]) -> Iterator[Finding]:
    for fault in faults:
        if fault.stands_still:
            sentence = f"The {fault.part} of this server stands still since ledger entry {fault.position}."
            yield Finding(kind="engine", sentence=sentence)
        else:
            sentence = f"The {fault.part} failed at ledger entry {fault.position} and was left out."
            yield Finding(kind="left out", sentence=sentence)


def _line_file(environments: Environments) -> Iterator[Finding]:
    if environments.line_trouble:
        yield Finding(kind="warning", sentence=f"The newest line.toml is not in force: {environments.line_trouble}")


def _trunks(changes: Changes) -> Iterator[Finding]:
    built = (name for name in carried(changes) if not changes.closings.of(name))
    verdicts = {name: _verdict(changes.of(name)) for name in built}
    red = [name for name, verdict in verdicts.items() if verdict not in {None, "success"}]
    if red:
        yield Finding(kind="trunk", sentence=f"Trunk is red in {listed(red, most=MOST_NAMED)}.")
    elif all(verdict is None for verdict in verdicts.values()):
        yield _without_verdict([changes.of(name) for name in verdicts])
    else:
        yield Finding(kind="good", sentence="Trunk is green.")


def _without_verdict(trunks: list[tuple[Change, ...]]) -> Finding:
    if not any(trunks):
        return Finding(kind="empty", sentence="Nothing has landed yet.")
    if all(_has_no_pipeline(trunk) for trunk in trunks if trunk):
        return Finding(kind="empty", sentence="Nothing is built: no repository has an andon.toml.")
    return Finding(kind="no verdict", sentence="Trunk has no verdict yet.")


def _verdict(changes: tuple[Change, ...]) -> str | None:
    """The newest one that says something; a cancelled run says nothing."""
    given = (change.run.outcome for change in changes if change.run)
    return next((outcome for outcome in given if outcome and outcome not in NO_VERDICT), None)


def _has_no_pipeline(changes: tuple[Change, ...]) -> bool:
    """Was there nothing to run for its newest change?"""
    return bool(changes) and changes[0].run is not None and changes[0].run.outcome == "skip"
