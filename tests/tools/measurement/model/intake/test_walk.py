"""Walks as a noun: one at a time, none forgotten, late reports of old ones without effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import Command, fold
from andon.kernel.ids import CommitId, EffectKey, RepositoryName
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.intake.walk import (
    NOUN,
    WALK_WITHIN,
    AskWalk,
    CommitsWalk,
    CommitsWalked,
    FailWalk,
    FinishWalk,
    RecordCommits,
    WalkTick,
    walk_key,
    want,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SHOP = RepositoryName("shop")
A, B, C = (CommitId(letter * 40) for letter in "abc")


def asking(head: CommitId) -> AskWalk:
    return AskWalk(connection="ours", repository=SHOP, clone_url="https://git.example.org/shop.git", head=head)


def key(head: CommitId) -> EffectKey:
    return walk_key("ours", SHOP, head)


def finishing(head: CommitId) -> FinishWalk:
    return FinishWalk(key=key(head), head=head, commits=1)


def after(*commands: Command[CommitsWalk], now: datetime = NOW) -> CommitsWalk:
    state = NOUN.initial
    for command in commands:
        state = fold(state, command.decide(state, now))
    return state


def test_a_walk_goes_on_when_another_head_is_heard_of() -> None:
    """A busy repository would otherwise never be walked to its end; the newest head comes next."""
    state = after(asking(A), asking(B), asking(C))
    assert [effect.head for effect in want(state, NOW)] == [A]
    state = fold(state, finishing(A).decide(state, NOW))
    assert [effect.head for effect in want(state, NOW)] == [C]
    assert want(state, NOW)[0].walked == (A,)
    assert NOUN.deadline(state) == NOW + WALK_WITHIN


def test_a_known_head_is_not_walked_again() -> None:
    """The same push is told by several webhooks."""
    state = after(asking(A), finishing(A))
    assert asking(A).decide(state, NOW) == ()
    assert want(state, NOW) == ()
    assert not NOUN.is_open(state)


def test_late_reports_change_nothing() -> None:
    """Of a walk that is over, whatever came of it."""
    state = after(asking(A), finishing(A), asking(B))
    commit = Commit(repository=SHOP, id=A, parents=(), committed_at=NOW, authored_at=NOW)
    for late in (
        finishing(A),
        FailWalk(key=key(A), head=A, reason="late"),
        RecordCommits(key=key(A), commits=(commit,)),
    ):
        assert late.decide(state, NOW) == ()
    (told,) = RecordCommits(key=key(B), commits=(commit,)).decide(state, NOW)
    assert isinstance(told, CommitsWalked)


def test_a_walk_that_fails_says_why_and_can_be_asked_for_again() -> None:
    """The next delivery tries again."""
    state = after(asking(A), FailWalk(key=key(A), head=A, reason="git fetch: no such host"))
    assert (state.trouble, want(state, NOW)) == ("git fetch: no such host", ())
    assert [effect.head for effect in want(after(asking(A), finishing(A), asking(B)), NOW)] == [B]
    assert len(asking(A).decide(state, NOW)) == 1


def test_a_walk_has_a_deadline() -> None:
    """Nothing is in progress for ever."""
    state = after(asking(A))
    assert WalkTick().decide(state, NOW + WALK_WITHIN - timedelta(seconds=1)) == ()
    state = fold(state, WalkTick().decide(state, NOW + WALK_WITHIN))
    assert (state.head, state.trouble) == (None, "it was not done within 30 min")


def test_the_world_that_fails_is_told() -> None:
    """The engine's own words for a failed effect are a report like any other."""
    state = after(asking(A))
    (effect,) = want(state, NOW)
    failed = fold(state, effect.failed("it broke").decide(state, NOW))
    assert failed.trouble == "it broke"


@given(st.lists(st.tuples(st.sampled_from(["ask", "finish", "fail", "tick"]), st.sampled_from([A, B, C])), max_size=30))
def test_what_is_asked_for_is_walked_or_said(steps: list[tuple[str, CommitId]]) -> None:
    """At most one walk is wanted; with one there is a deadline; and in the end the newest head is walked."""
    state, now = NOUN.initial, NOW
    for what, head in steps:
        now += timedelta(minutes=20)
        commands: dict[str, Command[CommitsWalk]] = {
            "ask": asking(head),
            "finish": finishing(head),
            "fail": FailWalk(key=key(head), head=head, reason="no"),
            "tick": WalkTick(),
        }
        state = fold(state, commands[what].decide(state, now))
        wanted = want(state, now)
        assert len(wanted) <= 1
        assert bool(wanted) == (NOUN.deadline(state) is not None) == NOUN.is_open(state)
        if what == "ask":
            assert head in {*state.walked, state.head, state.following}
