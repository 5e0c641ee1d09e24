"""Pushes become commits with parents, and changes that open, land or are given up."""

from __future__ import annotations

from datetime import timedelta

from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.tools.measurement.model.facts import Change
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit, RepositoryCreated

from ..happened import START, Ledger

SHOP = RepositoryName("shop")
TRUNK, IDEA = BranchName("trunk"), BranchName("idea")
A, B, C, M = (CommitId(letter * 40) for letter in "abcd")


def pushed(commit: CommitId, *parents: CommitId, hours_before: float = 1) -> PushedCommit:
    at = START - timedelta(hours=hours_before)
    return PushedCommit(
        commit=commit,
        author="Ada",
        author_email="ada@example.org",
        authored_at=at,
        committed_at=at,
        subject=f"Do {commit[0]}",
        parents=parents,
    )


def landing(commit: CommitId, before: CommitId | None, *commits: PushedCommit) -> ChangeLanded:
    return ChangeLanded(repository=SHOP, commit=commit, before=before, commits=commits)


def branch(before: CommitId | None, after: CommitId | None, *commits: PushedCommit) -> BranchPushed:
    return BranchPushed(repository=SHOP, branch=IDEA, before=before, after=after, commits=commits)


def ledger() -> Ledger:
    made = Ledger()
    made.tell("repository/shop", RepositoryCreated(repository=SHOP, trunk=TRUNK))
    return made


def parents_of(made: Ledger) -> dict[str, list[str]]:
    graph = made.measured.history.graph(SHOP)
    return {graph.ids[number]: [graph.ids[parent] for parent in graph.parents[number]] for number in range(len(graph))}


def test_parents_are_as_git_has_them() -> None:
    """A merge keeps both."""
    made = ledger()
    made.tell("repository/shop", landing(M, None, pushed(M, A, B), pushed(B, A), pushed(A)))
    assert parents_of(made) == {A: [], B: [A], M: [A, B]}


def test_pushes_without_parents_are_chained_in_their_order() -> None:
    """So were they recorded before; the first of a push follows what the trunk had before."""
    made = ledger()
    made.tell("repository/shop", landing(A, None, pushed(A)))
    made.tell("repository/shop", landing(C, A, pushed(C), pushed(B)))
    assert parents_of(made) == {A: [], B: [A], C: [B]}


def test_a_push_straight_to_trunk_is_a_change_that_landed() -> None:
    """It was proposed and let in at once."""
    made = ledger()
    at = made.tell("repository/shop", landing(B, A, pushed(B, A), pushed(A, hours_before=5)), 10)
    (change,) = made.measured.history.facts(Change)
    assert (change.opened_at, change.merged_at, change.merge_commit, change.merged_by) == (at, at, B, "ada")
    assert change.first_commit_at == START - timedelta(hours=5)
    assert change.link == f"/changes/shop/{B}"


def test_a_branch_is_a_change_until_it_lands() -> None:
    """It keeps its identity, however often it is pushed to and however it lands."""
    made = ledger()
    made.tell("repository/shop", landing(A, None, pushed(A)))
    opened = made.tell("repository/shop", branch(None, B, pushed(B, A, hours_before=3)), 5)
    made.tell("repository/shop", branch(B, C, pushed(C, B)), 9)
    merged = made.tell("repository/shop", landing(M, A, pushed(M, A, C), pushed(C, B), pushed(B, A)), 20, by="grace")
    change = made.measured.history.facts(Change)[-1]
    assert len(made.measured.history.facts(Change)) == 2
    assert (change.opened_at, change.merged_at, change.head, change.merge_commit) == (opened, merged, C, M)
    assert (change.first_commit_at, change.merged_by) == (START - timedelta(hours=3), "grace")


def test_a_branch_that_is_deleted_was_given_up() -> None:
    """Unless it had landed."""
    made = ledger()
    made.tell("repository/shop", branch(None, B, pushed(B, A)), 5)
    gone = made.tell("repository/shop", branch(B, None), 30)
    (change,) = made.measured.history.facts(Change)
    assert (change.abandoned_at, change.merged_at) == (gone, None)


def test_a_new_name_for_what_has_landed_proposes_nothing() -> None:
    """A branch begins where the trunk is; it is a change from its first own commit on."""
    made = ledger()
    made.tell("repository/shop", landing(A, None, pushed(A)))
    made.tell("repository/shop", branch(None, A, pushed(A)), 5)
    assert len(made.measured.history.facts(Change)) == 1
    opened = made.tell("repository/shop", branch(A, B, pushed(B, A)), 9)
    assert made.measured.history.facts(Change)[-1].opened_at == opened
