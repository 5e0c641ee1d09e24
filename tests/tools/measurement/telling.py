"""Short ways to tell facts: commits and deployments by number, times in hours after noon of a Monday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.answers.numbers import one_metric
from andon.tools.measurement.model.facts import Change, Commit, Deployment, FactId, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Evidence, Metric, Question, Window
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.place_history import PlaceHistory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
REPOSITORY = RepositoryName("shop")
WEEK = Window(begin=NOON, end=NOON + timedelta(days=7))


def hour(number: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)


def commit_id(number: int) -> CommitId:
    """Of the commit with this number."""
    return CommitId(f"{number:040x}")


def commit(number: int, *parents: int, at: float = 0, authored: float | None = None) -> Commit:
    """A commit, by default written when it was committed."""
    return Commit(
        repository=REPOSITORY,
        id=commit_id(number),
        parents=tuple(map(commit_id, parents)),
        committed_at=hour(at),
        authored_at=hour(at if authored is None else authored),
    )


def deployed(number: int, at: float, of: int | None = None, **more: Any) -> Deployment:
    """A deployment called by its number, of the commit with that number when no other is given."""
    commit = number if of is None else of
    told: dict[str, Any] = {
        "id": FactId(f"d/{number}"),
        "place": SHOP,
        "repository": REPOSITORY,
        "commit": commit_id(commit),
        "digest": f"digest of {commit}",
        "version": f"D{number}",
        "finished_at": hour(at),
    }
    return Deployment(**told | more)


def incident(number: int, at: float, until: float | None = None, **more: Any) -> Incident:
    """An incident, over when it is resolved."""
    told: dict[str, Any] = {
        "id": FactId(f"i/{number}"),
        "place": SHOP,
        "title": f"I{number}",
        "detected_at": hour(at),
        "resolved_at": None if until is None else hour(until),
    }
    return Incident(**told | more)


def change(number: int, opened: float, merged: float | None, **more: Any) -> Change:
    """A change that landed by the commit with its number."""
    told: dict[str, Any] = {
        "id": FactId(f"c/{number}"),
        "repository": REPOSITORY,
        "title": f"C{number}",
        "author": "ada",
        "opened_at": hour(opened),
        "merged_at": None if merged is None else hour(merged),
        "merge_commit": None if merged is None else commit_id(number),
    }
    return Change(**told | more)


def asked(definition: str = "dora", window: Window = WEEK, as_of: datetime | None = None) -> Question:
    """About the shop."""
    return Question(place=SHOP, window=window, definition=definition, as_of=as_of)


def case(history: History, question: Question | None = None) -> Case:
    """What a question is about, worked out anew."""
    question = question or asked()
    return Case(history, question, PlaceHistory(history, question.place).bring_up(history))


def measured(history: History, metric: str, definition: str = "dora", window: Window = WEEK) -> Metric:
    """One number of the shop."""
    return one_metric(history, asked(definition, window), metric)[0]


def names(rows: Any) -> list[str]:
    """What the rows are called."""
    return [row.name for row in rows if isinstance(row, Evidence)]


def above(metric: Metric) -> list[str]:
    """Of a ratio: what stands above the line."""
    return [row.name for row in metric.counted if row.value]


def reasons(metric: Metric) -> dict[str, int]:
    """Why something was left out, in the first words, and how many rows."""
    return {one.reason.partition(":")[0]: len(one.rows) for one in metric.excluded}
