"""The search over everything that has a page: services, versions, runs, changes, repositories, environments, people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from andon.kernel.ids import short
from andon.line.changes import Changes
from andon.tools.access.views import Accounts
from andon.tools.artifacts.views import Artifacts
from andon.tools.delivery.views import Environments
from andon.tools.pipelines.views import Runs
from andon.tools.source.views import Repositories
from andon.web.who import Who

SHORTEST_COMMIT = 4  #: digits that say which commit is meant
LONGEST_NUMBER = 9  #: digits of a run's number
MOST_OF_A_KIND = 10  #: answers of one kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that matches."""

    words: str
    address: str
    #: "service", "run", "change in shop"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The views that the search reads."""

    changes: Changes
    repositories: Repositories
    runs: Runs
    artifacts: Artifacts
    environments: Environments
    accounts: Accounts


def search(searched: Searched, words: str, who: Who) -> Iterator[Found]:
    """What matches the words, exact names first; accounts only for those who may see them."""
    low = words.strip().lower()
    if not low:
        return
    named = [*_names(searched), *_people(searched.accounts, who)]
    yield from _run(searched.runs, low)
    yield from (found for found in named if found.words.lower() == low)
    yield from _versions(searched.artifacts, low)
    yield from _first(found for found in named if low in found.words.lower() and found.words.lower() != low)
    yield from _first(_changes(searched.changes, low))


def _first(found: Iterator[Found]) -> Iterator[Found]:
    yield from (one for one, _ in zip(found, range(MOST_OF_A_KIND), strict=False))


def _run(runs: Runs, low: str) -> Iterator[Found]:
    number = low.removeprefix("run").strip()
    if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER and runs.knows(int(number)):
        yield Found(words=f"run {int(number)}", address=f"/runs/{int(number)}", kind="run")


def _names(searched: Searched) -> Iterator[Found]:
    for service in searched.environments.service_names:
        yield Found(words=str(service), address=f"/services/{service}", kind="service")
    for environment in searched.environments.names:
        yield Found(words=str(environment), address=f"/environments/{environment}", kind="environment")
    for repository in searched.repositories.names():
        yield Found(words=str(repository), address=f"/repositories/{repository}", kind="repository")
    for artifact in searched.artifacts.names():
        yield Found(words=str(artifact), address=f"/artifacts/{artifact}", kind="artifact")


def _people(accounts: Accounts, who: Who) -> Iterator[Found]:
    for seen in accounts.all():
        name = seen.state.account
        if who.may("admin") or name == who.account:
            yield Found(words=str(name), address=f"/accounts/{name}", kind="account")


def _versions(artifacts: Artifacts, low: str) -> Iterator[Found]:
    """ "1.7", "shop 1.7", "shop@1.7", or the first digits of a digest."""
    name, _, version = low.replace("@", " ").rpartition(" ")
    for artifact in artifacts.names():
        if name.strip() not in ("", str(artifact)):
            continue
        for known in artifacts.versions(artifact):
            digest = known.published.digest.removeprefix("sha256:")
            is_digest = len(version) >= SHORTEST_COMMIT + 3 and digest.startswith(version.removeprefix("sha256:"))
            if version == known.published.version or is_digest:
                address = f"/artifacts/{artifact}/{known.published.version}"
                yield Found(words=f"{artifact} {known.published.version}", address=address, kind="version")


def _changes(changes: Changes, low: str) -> Iterator[Found]:
    for repository in changes.repositories():
        for change in changes.of(repository):
            is_commit = len(low) >= SHORTEST_COMMIT and change.commit.startswith(low)
            if is_commit or low in change.subject.lower() or low in change.author.lower():
                yield Found(
                    words=f"{short(change.commit)} {change.subject}",
                    address=f"/changes/{repository}/{change.commit}",
                    kind=f"change in {repository}, by {change.author}",
                )
