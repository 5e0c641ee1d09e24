"""DevLake's own end-to-end rows: lead times of pull requests, and causes of incidents, 6 of 6 and 6 of 6."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import Change, Commit, Deployment, Fact, FactId, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.merge_times import (
    MergeTimes,
    cycle_minutes,
    deployed_changes,
    merge_times,
    minutes,
)
from andon.tools.measurement.model.numbers.place_history import PlaceHistory

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "devlake-dora-e2e"
PROJECT = Place(service=ServiceName("project1"), environment=EnvironmentName("production"))
ALL = Window(begin=datetime(2020, 1, 1, tzinfo=UTC), end=datetime(2030, 1, 1, tzinfo=UTC))

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"NOT TESTED: DevLake's rows; {FOLDER} is not there")

Row = Mapping[str, str]


def rows(name: str) -> list[Row]:
    """Of one file."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def instant(text: str) -> datetime:
    """`2023-4-10 6:51:47` or `2023-04-10T06:51:47.000+00:00`, UTC."""
    day, _, time = text.partition("T") if "T" in text else text.partition(" ")
    numbers = [int(one) for one in (*day.split("-"), *time.partition(".")[0].split(":"))]
    return datetime(*numbers[:6], tzinfo=UTC)  # type: ignore[misc,arg-type]  # six numbers make an instant


def scopes(file: str, table: str) -> set[str]:
    """What belongs to the project."""
    return {row["row_id"] for row in rows(file) if (row["project_name"], row["table"]) == ("project1", table)}


def deployments(file: str, ours: set[str]) -> Iterator[Deployment]:
    """To production or elsewhere; each of the project's scopes and repositories is a line of its own."""
    for row in rows(file):
        if row["cicd_scope_id"] in ours:
            yield Deployment(
                id=FactId(row["id"]),
                place=replace(PROJECT, environment=EnvironmentName(row["environment"].lower() or "unknown")),
                repository=RepositoryName(row["repo_url"]),
                commit=CommitId(row["commit_sha"]),
                digest=row["commit_sha"],
                version=row["cicd_deployment_id"],
                finished_at=instant(row["finished_date"]),
                outcome="success" if row["result"] == "SUCCESS" else "failure",
                line=row["cicd_scope_id"],
            )


def graph(repository_of: Mapping[str, str]) -> Iterator[Commit]:
    """DevLake's differences as a graph: a deployed commit follows what is new in it, and that follows the old one."""
    behind: dict[tuple[str, str], list[str]] = {}
    for row in rows("change_lead_time/commits_diffs.csv"):
        behind.setdefault((row["old_commit_sha"], row["new_commit_sha"]), []).append(row["commit_sha"])
    for (old, new), between in behind.items():
        for parent, commit in pairwise([old, *between, new]):
            yield told(repository_of[new], commit, parent)
    # where nothing is said about an old one, it is where the records begin
    for old, new in behind:
        if old:
            yield told(repository_of[new], old)


def told(repository: str, commit: str, *parents: str) -> Commit:
    """When it was made does not matter here."""
    at = datetime(2023, 1, 1, tzinfo=UTC)
    return Commit(
        repository=RepositoryName(repository),
        id=CommitId(commit),
        parents=tuple(CommitId(parent) for parent in parents if parent),
        committed_at=at,
        authored_at=at,
    )


def changes(repository_of: Mapping[str, str]) -> Iterator[Change]:
    """Pull requests, with the first word on them by somebody else than their author."""
    authored: dict[str, list[datetime]] = {}
    for row in rows("change_lead_time/pull_request_commits.csv"):
        authored.setdefault(row["pull_request_id"], []).append(instant(row["commit_authored_date"]))
    said: dict[tuple[str, str], datetime] = {}
    for row in rows("change_lead_time/pull_request_comments.csv"):
        key, at = (row["pull_request_id"], row["account_id"]), instant(row["created_date"])
        said[key] = min(at, said.get(key, at))
    for row in rows("change_lead_time/pull_requests.csv"):
        reviews = [at for (change, by), at in said.items() if change == row["id"] and by != row["author_id"]]
        yield Change(
            id=FactId(row["id"]),
            repository=RepositoryName(repository_of[row["merge_commit_sha"]]),
            title=row["id"],
            author=row["author_id"],
            first_commit_at=min(authored.get(row["id"], []), default=None),
            opened_at=instant(row["created_date"]),
            first_review_at=min(reviews, default=None),
            merged_at=instant(row["merged_date"]) if row["merged_date"] else None,
            merge_commit=CommitId(row["merge_commit_sha"]),
        )


def case(facts: Iterator[Fact]) -> Case:
    """The project in production, by DevLake's definition."""
    question = Question(place=PROJECT, window=ALL, definition="devlake")
    history = History(facts)
    return Case(history, question, PlaceHistory(history, PROJECT).bring_up(history))


def lead_time_case() -> Case:
    """Everything of the lead time example."""

    def facts() -> Iterator[Fact]:
        file = "change_lead_time/cicd_deployment_commits.csv"
        released = list(deployments(file, scopes("change_lead_time/project_mapping.csv", "cicd_scopes")))
        repository_of = {row["commit_sha"]: row["repo_url"] for row in rows(file)}
        for row in rows("change_lead_time/commits_diffs.csv"):
            repository_of[row["commit_sha"]] = repository_of[row["new_commit_sha"]]
        yield from graph(repository_of)
        yield from released
        yield from changes({"pr_merge_commit6": "REPO111", **repository_of})

    return case(facts())


def printed(times: MergeTimes, of: Case) -> dict[str, str]:
    """As DevLake's table has it: a seed and what is elsewhere have no deployment."""
    parts = {
        "pr_coding_time": minutes(times.coding),
        "pr_pickup_time": minutes(times.pickup),
        "pr_review_time": minutes(times.review),
        "pr_deploy_time": minutes(times.deploy),
        "pr_cycle_time": cycle_minutes(times),
    }
    number = times.deployment
    deployment = {"deployment_commit_id": "" if number is None else of.deployments[number].id}
    return {name: "" if part is None else str(part) for name, part in parts.items()} | deployment


def test_lead_times_of_all_six_pull_requests() -> None:
    """Every part and the deployment, to the minute; tolerance: none."""
    found = lead_time_case()
    brought = {
        change.id: number
        for change, number in deployed_changes(found, found.attribution)
        if not found.attribution.origins[number]
    }
    expected = {row["id"]: row for row in rows("change_lead_time/project_pr_metrics.csv")}
    ours = {}
    for change in found.changes:
        number = brought.get(change.id)
        at = None if number is None else found.deployments[number].finished_at
        ours[change.id] = printed(merge_times(change, number, at), found)
    assert len(expected) == 6
    assert ours == {FactId(id_): {name: row[name] for name in ours[FactId(id_)]} for id_, row in expected.items()}


def test_all_six_incidents_are_held_against_the_same_deployments() -> None:
    """The newest that succeeded in production, strictly before; the seventh incident is of another project."""
    folder = "connect_incident_to_deployment"
    ours = scopes(f"{folder}/raw_tables/project_mapping.csv", "cicd_scopes")
    released = deployments(f"{folder}/prev_success_deployment_commit/cicd_deployment_commits_after.csv", ours)
    mine = {(row["table"], row["row_id"]) for row in rows(f"{folder}/raw_tables/project_mapping.csv")} & {
        (table, row)
        for table in ("repos", "boards")
        for row in scopes(f"{folder}/raw_tables/project_mapping.csv", table)
    }

    def facts() -> Iterator[Fact]:
        yield from released
        for row in rows(f"{folder}/raw_tables/incidents.csv"):
            elsewhere = replace(PROJECT, service=ServiceName("another"))
            yield Incident(
                id=FactId(row["id"]),
                place=PROJECT if (row["table"], row["scope_id"]) in mine else elsewhere,
                title=row["id"],
                detected_at=instant(row["created_date"]),
            )

    found = case(facts())
    ours_ = {
        (one.id, found.deployments[number].version)
        for number, failure in found.failures.items()
        for one in failure.incidents
    }
    expected = rows(f"{folder}/snapshot_tables/project_incident_deployment_relationships.csv")
    assert len(expected) == 6
    assert ours_ == {(row["id"], row["deployment_id"]) for row in expected}
