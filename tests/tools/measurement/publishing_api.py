"""Ten years of a real service, as facts: the commits and release tags of publishing-api, where they are at hand."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import Commit, Deployment, FactId, Place
from andon.tools.measurement.model.history import History

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "publishing-api"
REPOSITORY = RepositoryName("publishing-api")
PRODUCTION = Place(service=ServiceName("publishing-api"), environment=EnvironmentName("production"))


def publishing_api() -> History:
    """All of it: a release is a deployment to production. Skips the test aloud where the data is not there."""
    if not FOLDER.exists():
        pytest.skip(f"NOT TESTED: a real history of ten years; {FOLDER} is not there")
    return History([*commits(), *releases()])


def commits() -> Iterator[Commit]:
    """The whole graph."""
    with gzip.open(FOLDER / "commits.csv.gz", "rt") as file:
        for commit, parents, authored, committed in csv.reader(file):
            yield Commit(
                repository=REPOSITORY,
                id=CommitId(commit),
                parents=tuple(CommitId(parent) for parent in parents.split()),
                committed_at=instant(committed),
                authored_at=instant(authored),
            )


def releases() -> Iterator[Deployment]:
    """By time, and by number where the time is the same."""
    with gzip.open(FOLDER / "tags.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    for row in sorted(rows, key=lambda row: (int(row["unix"]), int(re.sub(r"\D", "", row["tag"])))):
        yield Deployment(
            id=FactId(f"tags/{row['tag']}"),
            place=PRODUCTION,
            repository=REPOSITORY,
            commit=CommitId(row["commit"]),
            digest=row["commit"],
            version=row["tag"],
            finished_at=instant(row["unix"]),
        )


def instant(seconds: str) -> datetime:
    """Since 1970."""
    return datetime.fromtimestamp(int(seconds), UTC)
