"""A large push tells its newest commits; the rest is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from andon.kernel.envelope import Envelope
from andon.kernel.ids import NO_CHAIN, Actor, BranchName, CommitId, EventId, RepositoryName, StreamId
from andon.tools.measurement.following import follow
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.walk import OWN, AskWalk
from andon.tools.measurement.views import Measured
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHOP, TRUNK = RepositoryName("shop"), BranchName("trunk")


def name(number: int) -> CommitId:
    """The commit with this number."""
    return CommitId(f"{number:040x}")


def pushed(first: int, last: int, *, before: int | None, also: tuple[int, ...] = ()) -> BranchPushed:
    """A push that tells of these, each after the one before it; the newest is a merge of the others named."""
    commits = [
        PushedCommit(
            commit=name(number),
            author="Ada",
            author_email="ada@example.org",
            authored_at=NOON,
            committed_at=NOON,
            subject=f"Change {number}",
            parents=(*((name(number - 1),) if number > 1 else ()), *(map(name, also) if number == last else ())),
        )
        for number in range(last, first - 1, -1)
    ]
    told = None if before is None else name(before)
    return BranchPushed(repository=SHOP, branch=TRUNK, before=told, after=name(last), commits=tuple(commits))


def asked(event: object, *known: int) -> list[CommitId]:
    """From which heads the own repository is to be walked, where these commits are known."""
    history = History(
        Commit(repository=SHOP, id=name(one), parents=(), committed_at=NOON, authored_at=NOON) for one in known
    )
    happened = Envelope(
        position=1,
        sequence=1,
        id=EventId("e1"),
        stream=StreamId("repository/shop"),
        type="",
        at=NOON,
        actor=Actor("ada"),
        cause=None,
        chain=NO_CHAIN,
        event=event,
    )
    orders = follow(happened, cast(Measured, SimpleNamespace(history=history)))
    assert all(order.stream == f"walk/{OWN}/shop" and order.cause == "e1" for order in orders)
    return [order.command.head for order in orders if isinstance(order.command, AskWalk)]


def test_a_push_that_tells_all_asks_for_nothing() -> None:
    """The first of a repository, and one that goes on from what is known."""
    assert asked(pushed(1, 3, before=None)) == []
    assert asked(pushed(4, 5, before=3), 1, 2, 3) == []
    assert asked(pushed(4, 5, before=3, also=(2,)), 1, 2, 3) == []


def test_a_push_that_was_cut_asks_for_the_rest() -> None:
    """The oldest that it tells follows one that nobody told of."""
    assert asked(pushed(7, 9, before=None)) == [name(9)]
    assert asked(pushed(7, 9, before=1), 1) == [name(9)]
    assert asked(pushed(4, 5, before=3, also=(77,)), 1, 2, 3) == [name(5)]


def test_what_was_cut_before_anybody_walked_is_made_good_by_the_next_push() -> None:
    """What it goes on from is not known."""
    assert asked(pushed(9, 9, before=8)) == [name(9)]


def test_nothing_else_asks() -> None:
    """Not a deleted branch, and not the landing, which comes with a push."""
    assert asked(BranchPushed(repository=SHOP, branch=TRUNK, before=name(9), after=None, commits=())) == []
    push = pushed(7, 9, before=1)
    assert asked(ChangeLanded(repository=SHOP, commit=name(9), before=name(1), commits=push.commits), 1) == []
