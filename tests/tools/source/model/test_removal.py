"""Archiving, opening again and deleting a repository: what each needs, and what doing it twice changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName
from andon.tools.source.model.push import PushLimits
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository, UnarchiveRepository, parse_reason
from andon.tools.source.model.repository import Repository
from andon.tools.source.model.repository_commands import (
    AcceptPush,
    ApproveChange,
    ChangeTrunk,
    CreateRepository,
    RecordPush,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SHOP, MAIN, ADA = RepositoryName("shop"), BranchName("main"), Actor("ada")
ARCHIVE = ArchiveRepository(repository=SHOP, by=ADA, reason="moved")
UNARCHIVE = UnarchiveRepository(repository=SHOP, reason="moved back")
DELETE = DeleteRepository(repository=SHOP, by=ADA, reason="never used")
CREATE = CreateRepository(repository=SHOP, trunk=MAIN)
ASKED_BY_PEOPLE = (
    CREATE,
    AcceptPush(repository=SHOP, updates=(), limits=PushLimits()),
    ApproveChange(repository=SHOP, commit=CommitId("c" * 40)),
    ChangeTrunk(repository=SHOP, trunk=MAIN, commits=()),
)


def after(*commands: Any) -> Repository:
    """The state after commands that are allowed."""
    state = Repository()
    for command in (CREATE, *commands):
        state = fold(state, command.decide(state, NOW))
    return state


@pytest.mark.parametrize("asked", ASKED_BY_PEOPLE, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize(("closing", "word"), [(ARCHIVE, "archived"), (DELETE, "deleted")])
def test_a_closed_repository_refuses_what_people_ask_of_it(closing: Any, word: str, asked: Any) -> None:
    """With who, when, why, and what to do."""
    with pytest.raises(Refused) as refused:
        asked.decide(after(closing), NOW)
    assert refused.value.rule == f"repository-{word}"
    assert f"shop was {word} by ada on 2026-11-23 at 09:30 UTC: " in refused.value.reason
    assert refused.value.remedy


def test_each_of_them_twice_changes_nothing() -> None:
    """So a command may be repeated after an answer that was lost."""
    assert ARCHIVE.decide(after(ARCHIVE), NOW) == ()
    assert UNARCHIVE.decide(after(), NOW) == ()
    assert UNARCHIVE.decide(after(ARCHIVE, UNARCHIVE), NOW) == ()
    assert DELETE.decide(after(DELETE), NOW) == ()


def test_an_archived_repository_is_opened_or_deleted() -> None:
    """And a deleted one stays deleted."""
    assert after(ARCHIVE, UNARCHIVE).closing is None
    assert after(ARCHIVE, DELETE).is_deleted
    for command in (ARCHIVE, UNARCHIVE):
        with pytest.raises(Refused, match="was deleted by ada"):
            command.decide(after(DELETE), NOW)


@pytest.mark.parametrize("command", [ARCHIVE, UNARCHIVE, DELETE])
def test_only_what_exists_is_closed(command: Any) -> None:
    """A name that matches nothing is an error."""
    with pytest.raises(NotFound, match="There is no repository shop"):
        command.decide(Repository(), NOW)


def test_git_may_have_moved_before_an_archive_and_never_after_a_deletion() -> None:
    """What a crash kept from being recorded is recorded of an archived repository; of a deleted one nothing is."""
    moved = RecordPush(repository=SHOP, branch=MAIN, before=None, after=CommitId("c" * 40), commits=())
    assert moved.decide(after(ARCHIVE), NOW)
    assert moved.decide(after(DELETE), NOW) == ()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501])
def test_a_reason_is_asked_for(text: str) -> None:
    """Somebody will read it who was refused."""
    with pytest.raises(Invalid, match="Say why"):
        parse_reason(text)
    assert parse_reason(" moved\n to the monorepo ") == "moved to the monorepo"
