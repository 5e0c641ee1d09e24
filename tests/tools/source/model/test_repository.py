"""The repository's model: what a push leads to, and what is not let in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.tools.source.model.push import LargeFile, PushLimits, RefUpdate, choose_trunk
from andon.tools.source.model.repository import (
    MOST_COMMITS,
    BranchPushed,
    ChangeLanded,
    Head,
    PushedCommit,
    Repository,
    RepositoryCreated,
    parse_branch,
    parse_repository,
)
from andon.tools.source.model.repository_commands import AcceptPush, CreateRepository, RecordPush, RefusePush

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
SHOP = RepositoryName("shop")
MAIN, TOPIC = BranchName("main"), BranchName("topic")
A, B = CommitId("a" * 40), CommitId("b" * 40)
FRESH = Repository(trunk=MAIN)
LANDED = Repository(trunk=MAIN, heads=(Head(branch=MAIN, commit=A),))


def commit(id_: CommitId = A) -> PushedCommit:
    return PushedCommit(
        commit=id_, author="Ada", author_email="ada@example.org", authored_at=NOW, committed_at=NOW, subject="Fix"
    )


def record(branch: BranchName, before: CommitId | None, after: CommitId | None) -> RecordPush:
    commits = (commit(after),) if after else ()
    return RecordPush(repository=SHOP, branch=branch, before=before, after=after, commits=commits)


def update(branch: BranchName, before: CommitId | None, after: CommitId | None) -> RefUpdate:
    return RefUpdate(ref=f"refs/heads/{branch}", before=before, after=after)


def test_a_push_to_the_trunk_lands_a_change() -> None:
    """Both the branch and the line hear of it."""
    pushed, landed = record(MAIN, None, A).decide(FRESH, NOW)

    assert isinstance(pushed, BranchPushed)
    assert isinstance(landed, ChangeLanded)
    assert (landed.commit, landed.before, landed.commits) == (A, None, (commit(),))
    assert fold(FRESH, (pushed, landed)) == LANDED


def test_a_push_to_another_branch_lands_nothing() -> None:
    """It only builds."""
    (pushed,) = record(TOPIC, None, B).decide(LANDED, NOW)

    assert pushed.evolve(LANDED).head(TOPIC) == B


def test_a_deleted_branch_is_gone() -> None:
    """And with it its head."""
    state = fold(LANDED, record(TOPIC, None, B).decide(LANDED, NOW))
    (deleted,) = record(TOPIC, B, None).decide(state, NOW)

    assert deleted.evolve(state) == LANDED


def test_a_push_that_is_recorded_twice_happened_once() -> None:
    """Recording may be repeated after a crash."""
    assert record(MAIN, None, A).decide(LANDED, NOW) == ()


def test_a_long_history_is_cut_to_its_newest_commits() -> None:
    """An event stays small."""
    command = RecordPush(repository=SHOP, branch=MAIN, before=None, after=A, commits=(commit(),) * (MOST_COMMITS + 1))

    pushed, _ = command.decide(FRESH, NOW)

    assert isinstance(pushed, BranchPushed)
    assert len(pushed.commits) == MOST_COMMITS


def test_nothing_is_recorded_for_a_repository_that_is_not() -> None:
    """It is created first."""
    with pytest.raises(NotFound):
        record(MAIN, None, A).decide(Repository(), NOW)


def test_a_repository_is_created_once_and_keeps_its_trunk() -> None:
    """Creating again is harmless, creating differently is refused."""
    create = CreateRepository(repository=SHOP, trunk=MAIN)
    assert create.decide(Repository(), NOW) == (RepositoryCreated(repository=SHOP, trunk=MAIN),)
    assert create.decide(FRESH, NOW) == ()
    with pytest.raises(Refused, match="its trunk is main"):
        CreateRepository(repository=SHOP, trunk=TOPIC).decide(FRESH, NOW)


@pytest.mark.parametrize(
    ("pushed", "trunk"),
    [((TOPIC, MAIN), "main"), (("master",), "master"), (("main", "trunk"), "trunk"), ((TOPIC,), "main")],
)
def test_a_first_push_tells_the_trunk(pushed: tuple[str, ...], trunk: str) -> None:
    """By its usual names; another name is a branch until someone says otherwise."""
    assert choose_trunk(tuple(BranchName(name) for name in pushed)) == trunk


@pytest.mark.parametrize(
    ("command", "rule", "words"),
    [
        (
            AcceptPush(repository=SHOP, updates=(update(MAIN, A, None),), limits=PushLimits()),
            "trunk-moves-forward",
            "stays",
        ),
        (
            AcceptPush(
                repository=SHOP, updates=(update(MAIN, A, B),), limits=PushLimits(), rewritten=("refs/heads/main",)
            ),
            "trunk-moves-forward",
            "git pull --rebase andon main",
        ),
        (
            AcceptPush(
                repository=SHOP,
                updates=tuple(update(BranchName(f"b{n}"), None, A) for n in range(51)),
                limits=PushLimits(),
            ),
            "push-limits",
            "moves 51 branches at once; the limit is 50",
        ),
        (
            AcceptPush(repository=SHOP, updates=(update(TOPIC, None, A),), limits=PushLimits(branches=1)),
            "push-limits",
            "would have 2 branches; the limit is 1",
        ),
        (
            AcceptPush(
                repository=SHOP,
                updates=(RefUpdate(ref="refs/pull/1/head", before=None, after=A),),
                limits=PushLimits(),
            ),
            "branches-and-tags-only",
            "refs/pull/1/head",
        ),
        (
            AcceptPush(repository=SHOP, updates=(update(BranchName("caf\ufffd"), None, A),), limits=PushLimits()),
            "readable-names",
            "UTF-8",
        ),
        *(
            (AcceptPush(repository=SHOP, updates=(moved,), limits=PushLimits()), "readable-names", "git")
            for moved in (
                update(BranchName("--upload-pack=x"), None, A),
                update(BranchName("HEAD"), None, A),
                RefUpdate(ref=f"refs/tags/{MAIN}", before=None, after=A),
            )
        ),
        (
            AcceptPush(
                repository=SHOP,
                updates=(update(MAIN, A, B),),
                limits=PushLimits(),
                large_files=tuple(LargeFile(path=f"film-{n}", size_bytes=200 * 1024 * 1024) for n in range(7)),
            ),
            "file-size",
            r"film-0 \(200 MiB\).*and 2 more: bigger than the limit of 100 MiB",
        ),
        (RefusePush(repository=SHOP, rule="frozen", reason="It is weekend.", remedy="Rest."), "frozen", "weekend"),
    ],
)  # fmt: skip
def test_what_is_not_let_in(command: AcceptPush | RefusePush, rule: str, words: str) -> None:
    """Each refusal names its rule and says what to do."""
    with pytest.raises(Refused, match=words) as refused:
        command.decide(LANDED, NOW)
    assert refused.value.rule == rule
    assert refused.value.remedy


def test_a_branch_may_be_exchanged_for_another_at_the_limit() -> None:
    """Deleting makes room in the same push."""
    full = fold(LANDED, record(TOPIC, None, B).decide(LANDED, NOW))
    updates = (update(TOPIC, B, None), update(BranchName("next"), None, B))

    assert AcceptPush(repository=SHOP, updates=updates, limits=PushLimits(branches=2)).decide(full, NOW) == ()


@pytest.mark.parametrize("name", ["shop.git", "a/b", "..", "-x", "", "Shop", "x" * 65, "shop.lock"])
def test_names_that_are_no_repository(name: str) -> None:
    """A name becomes a folder."""
    with pytest.raises(Invalid):
        parse_repository(name)


@pytest.mark.parametrize("name", ["-x", "a..b", "a//b", "a.lock", "a b", "", "/a", "a/", "@{-1}", "x" * 201])
def test_names_that_are_no_branch(name: str) -> None:
    """A name becomes an argument of git and a file."""
    with pytest.raises(Invalid):
        parse_branch(name)


_branches = st.sampled_from(["main", "topic", "other"]).map(BranchName)
_commits = st.one_of(st.none(), st.sampled_from("abcdef").map(lambda digit: CommitId(digit * 40)))


@given(st.lists(st.tuples(_branches, _commits)))
def test_the_heads_are_those_that_were_recorded(moves: list[tuple[BranchName, CommitId | None]]) -> None:
    """Whatever is pushed, the state is what git would say, and only the trunk lands changes."""
    state, git = FRESH, dict[BranchName, CommitId]()
    for branch, after in moves:
        events = record(branch, state.head(branch), after).decide(state, NOW)
        assert any(isinstance(event, ChangeLanded) for event in events) == (
            branch == MAIN and after is not None and git.get(branch) != after
        )
        state = fold(state, events)
        git = {name: id_ for name, id_ in {**git, branch: after}.items() if id_}
    assert {head.branch: head.commit for head in state.heads} == git
    assert list(state.heads) == sorted(state.heads, key=lambda head: head.branch)
