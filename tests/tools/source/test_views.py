"""What people ask about repositories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import NO_CHAIN, Actor, BranchName, CommitId, EventId, RepositoryName, StreamId
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit, RepositoryCreated
from andon.tools.source.views import Repositories

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
MAIN = BranchName("main")


def told(*events: object) -> Repositories:
    """The view after these events."""
    view = Repositories()
    for position, event in enumerate(events, 1):
        envelope = Envelope(
            position=position,
            sequence=position,
            id=EventId(str(position)),
            stream=StreamId("repository/any"),
            type="any",
            at=NOW,
            actor=Actor("ada"),
            cause=None,
            chain=NO_CHAIN,
            event=event,
        )
        view.apply(envelope)
    return view


def created(repository: str) -> RepositoryCreated:
    return RepositoryCreated(repository=RepositoryName(repository), trunk=MAIN)


def commit(id_: str) -> PushedCommit:
    return PushedCommit(
        commit=CommitId(id_.ljust(40, "0")),
        author="Ada",
        author_email="ada@example.org",
        authored_at=NOW,
        committed_at=NOW,
        subject=f"Commit {id_}",
    )


def pushed(repository: str, branch: str, *ids: str) -> BranchPushed:
    commits = tuple(commit(id_) for id_ in ids)
    return BranchPushed(
        repository=RepositoryName(repository),
        branch=BranchName(branch),
        before=None,
        after=commits[0].commit if commits else None,
        commits=commits,
    )


def landed(repository: str, id_: str) -> ChangeLanded:
    one = commit(id_)
    return ChangeLanded(repository=RepositoryName(repository), commit=one.commit, before=None, commits=(one,))


def test_a_commit_is_found_by_how_its_id_begins() -> None:
    """In every repository that has it, once in each."""
    view = told(
        created("shop"),
        created("billing"),
        pushed("shop", "main", "a81f3c", "a81f00"),
        pushed("shop", "topic", "a81f3c"),
        pushed("billing", "main", "a81f3c"),
        pushed("billing", "main", "b000"),
    )
    assert [(seen.repository, seen.branch) for seen in view.commits("a81f3c")] == [
        ("shop", "main"),
        ("billing", "main"),
    ]
    assert [seen.commit.subject for seen in view.commits("a81f")] == ["Commit a81f00", "Commit a81f3c", "Commit a81f3c"]
    assert view.commits("a81") == view.commits("ffff") == ()


def test_branches_come_and_go() -> None:
    """A branch shows where it stands until it is deleted."""
    view = told(
        created("shop"), pushed("shop", "main", "aaaa"), pushed("shop", "topic", "bbbb"), pushed("shop", "topic")
    )
    assert {name: seen.subject for name, seen in view.get("shop").branches.items()} == {"main": "Commit aaaa"}


def test_changes_are_newest_first() -> None:
    """And no more than asked for."""
    view = told(created("shop"), landed("shop", "aaaa"), landed("shop", "bbbb"), landed("shop", "cccc"))
    assert [change.commits[0].subject for change in view.changes("shop", 2)] == ["Commit cccc", "Commit bbbb"]


def test_an_unknown_repository_is_not_found() -> None:
    """The message says how it would come to be."""
    with pytest.raises(NotFound, match="A first push creates it"):
        told().get("nowhere")


def test_a_repository_that_is_not_there_is_an_error_with_what_was_meant() -> None:
    """The nearest name."""
    with pytest.raises(NotFound, match=r'There is no repository "shpo"\. Did you mean "shop"'):
        told(created("shop")).get("shpo")
