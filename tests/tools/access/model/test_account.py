"""The account as a noun: what its commands decide, and what holds after any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import Command, fold
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import AccountName
from andon.tools.access.model.account import (
    NOUN,
    Account,
    AccountCreated,
    AccountRemoved,
    CloseExpired,
    CreateAccount,
    GiveRole,
    LoginLinkUsed,
    RoleGiven,
    SessionClosed,
    SessionOpened,
    TokenRevoked,
    next_expiry,
)
from andon.tools.access.model.login import SESSIONS_LIMIT, CloseSession, CloseSessions, IssueLoginLink, UseLoginLink
from andon.tools.access.model.removal import RemoveAccount
from andon.tools.access.model.role import ROLES
from andon.tools.access.model.token import TOKENS_LIMIT, IssueToken, RevokeToken

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)
ADA = AccountName("ada")


def after(state: Account, *commands: Command[Account], now: datetime = NOW) -> Account:
    """The state after the commands."""
    for command in commands:
        state = fold(state, command.decide(state, now))
    return state


def ada(role: Any = "admin", kind: Any = "person") -> Account:
    return after(NOUN.initial, CreateAccount(account=ADA, kind=kind, role=role))


def token(sha256: str = "aa", **changes: Any) -> IssueToken:
    given = IssueToken(token_id=sha256, sha256=sha256, scopes=("read",), expires_at=None, note="")
    return replace(given, **changes)


def link(sha256: str = "link", expires_at: datetime = SOON) -> IssueLoginLink:
    return IssueLoginLink(sha256=sha256, expires_at=expires_at)


def use(session: str = "session", of: str = "link", expires_at: datetime = NOW + timedelta(days=7)) -> UseLoginLink:
    return UseLoginLink(link_sha256=of, session_sha256=session, session_expires_at=expires_at)


def test_an_account_is_created_once() -> None:
    """The same order again changes nothing; another kind or role is refused, because that is another order."""
    order = CreateAccount(account=ADA, kind="person", role="reader")
    assert order.decide(NOUN.initial, NOW) == (AccountCreated(account=ADA, kind="person", role="reader"),)
    assert order.decide(ada("reader"), NOW) == ()
    with pytest.raises(Refused, match="andon account role ada reader"):
        order.decide(ada("admin"), NOW)


@pytest.mark.parametrize("name", ["andon", "anonymous", "run/815", "Ada", "", "a" * 65, "a..b", "andon/flow"])
def test_nobody_can_be_called_what_the_ledger_calls_others(name: str) -> None:
    """An account cannot take the name of a run, of the house, or of nobody."""
    with pytest.raises(Invalid):
        CreateAccount(account=AccountName(name), kind="person", role="reader").decide(NOUN.initial, NOW)


def test_the_last_admin_stays_admin() -> None:
    """Without an admin nobody could let anybody in."""
    with pytest.raises(Refused) as refused:
        GiveRole(role="reader", other_admins=0).decide(ada(), NOW)
    assert refused.value.rule == "last-admin"
    assert GiveRole(role="reader", other_admins=1).decide(ada(), NOW) == (RoleGiven(account=ADA, role="reader"),)
    assert GiveRole(role="admin", other_admins=0).decide(ada(), NOW) == ()


def test_a_token_is_never_worth_more_than_its_account() -> None:
    """Scopes beyond the role are refused, and the refusal says which are possible."""
    with pytest.raises(Refused, match="promote") as refused:
        token(scopes=("read", "promote")).decide(ada("developer"), NOW)
    assert "read, push, run" in refused.value.remedy


@pytest.mark.parametrize("changes", [{"scopes": ()}, {"expires_at": NOW}, {"note": "n" * 201}])
def test_a_token_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    """No scopes, a time that is over, a note that is a book."""
    with pytest.raises(Invalid):
        token(**changes).decide(ada(), NOW)


def test_tokens_are_counted() -> None:
    """An account cannot have tokens without end."""
    full = after(ada(), *(token(str(n)) for n in range(TOKENS_LIMIT)))
    assert token("0").decide(full, NOW) == ()
    with pytest.raises(Refused, match="andon token revoke"):
        token("one more").decide(full, NOW)


def test_a_revoked_token_is_gone_and_revoking_again_changes_nothing() -> None:
    """Revoking can be repeated."""
    state = after(ada(), token("aa"), token("bb"), RevokeToken(token_id="aa"))
    assert [each.token_id for each in state.tokens] == ["bb"]
    assert RevokeToken(token_id="aa").decide(state, NOW) == ()


def test_a_link_works_once() -> None:
    """The second use of a link is refused."""
    state = after(ada(), link(), use())
    assert (state.link, [each.sha256 for each in state.sessions]) == (None, ["session"])
    with pytest.raises(Refused) as refused:
        use("another").decide(state, NOW)
    assert refused.value.rule == "login-link-once"


def test_a_link_that_has_run_out_does_not_work() -> None:
    """At its very end a link is over."""
    with pytest.raises(Refused):
        use().decide(after(ada(), link()), SOON)


def test_a_newer_link_voids_the_older_one() -> None:
    """At most one link of an account works."""
    state = after(ada(), link("first"), link("second"))
    with pytest.raises(Refused):
        use(of="first").decide(state, NOW)
    assert use(of="second").decide(state, NOW)


def test_used_expired_and_unknown_links_get_one_answer() -> None:
    """Whoever tries links learns nothing from the refusals."""
    states = (after(ada(), link(), use()), after(ada(), link("other")), ada())
    texts = set()
    for state in states:
        with pytest.raises(Refused) as refused:
            use().decide(state, NOW)
        texts.add(str(refused.value))
    assert len(texts) == 1


def test_machines_have_no_login_links() -> None:
    """A machine is told to use a token."""
    with pytest.raises(Refused, match="andon token create --account ada"):
        link().decide(ada(kind="machine"), NOW)


def test_the_oldest_session_makes_room_for_the_newest() -> None:
    """Sessions are counted, and expired ones go first."""
    state = ada()
    for n in range(SESSIONS_LIMIT + 3):
        state = after(state, link(f"link {n}"), use(f"session {n}", of=f"link {n}"))
    assert [each.sha256 for each in state.sessions] == [f"session {n}" for n in range(3, SESSIONS_LIMIT + 3)]


def test_logging_out_everywhere_closes_all_and_voids_the_link() -> None:
    """Nothing that was given out before opens anything afterwards."""
    state = after(ada(), link("a"), use("1", of="a"), link("b"), use("2", of="b"), link("c"))
    events = CloseSessions().decide(state, NOW)
    assert [type(event) for event in events] == [LoginLinkUsed, SessionClosed, SessionClosed]
    assert fold(state, events).sessions == ()


def test_what_has_run_out_is_noted_at_its_time() -> None:
    """The deadline is the first end of a session or token; the tick then closes what is over and nothing else."""
    tomorrow, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    state = after(
        ada(),
        token("aa", expires_at=tomorrow),
        token("bb"),
        link(),
        use(expires_at=later),
        token("cc", expires_at=later),
    )
    assert NOUN.deadline(state) == tomorrow
    assert CloseExpired().decide(state, tomorrow) == (TokenRevoked(account=ADA, token_id="aa"),)
    assert NOUN.deadline(after(state, CloseExpired(), now=tomorrow)) == later
    closed = after(state, CloseExpired(), now=later)
    assert (NOUN.deadline(closed), NOUN.is_open(closed), len(closed.tokens)) == (None, False, 1)


def test_a_removed_account_has_no_keys_and_its_name_is_nobody_elses() -> None:
    """Each key ends with an event of its own; removing it again changes nothing."""
    state = after(ada(), token(), link("first"), use(of="first"), link())
    remove = RemoveAccount(other_admins=1)
    ended = remove.decide(state, NOW)
    assert [type(event) for event in ended] == [TokenRevoked, SessionClosed, AccountRemoved]
    gone = after(state, remove)
    assert (gone.tokens, gone.sessions, gone.link) == ((), (), None)
    assert remove.decide(gone, NOW) == ()
    with pytest.raises(Refused, match="Choose another name"):
        CreateAccount(account=ADA, kind="person", role="reader").decide(gone, NOW)


def test_the_last_admin_is_not_removed() -> None:
    """Nobody could let anybody in."""
    with pytest.raises(Refused, match="only admin"):
        RemoveAccount(other_admins=0).decide(ada(), NOW)


REMOVED = after(ada(), RemoveAccount(other_admins=1))
UNKNOWN = NOUN.initial


@pytest.mark.parametrize("state", [UNKNOWN, REMOVED])
@pytest.mark.parametrize(
    "command",
    [GiveRole(role="reader", other_admins=1), token(), RevokeToken(token_id="x"), link(), use(), CloseSessions()],
)
def test_nothing_can_be_ordered_of_an_account_that_is_not_there(command: Command[Account], state: Account) -> None:
    """An account that is unknown or removed is not found, and nothing is recorded about it."""
    with pytest.raises(NotFound):
        command.decide(state, NOW)


_hashes = st.sampled_from(["a", "b", "c", "d"])
_later = st.integers(-30, 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
_commands = st.one_of(
    st.builds(GiveRole, role=st.sampled_from(ROLES), other_admins=st.integers(0, 1)),
    st.builds(lambda sha, at: token(sha, expires_at=at), _hashes, st.none() | _later),
    st.builds(RevokeToken, token_id=_hashes),
    st.builds(link, _hashes, _later),
    st.builds(use, _hashes, _hashes, _later),
    st.builds(CloseSession, sha256=_hashes),
    st.just(CloseSessions()),
    st.just(CloseExpired()),
)


@given(st.lists(st.tuples(_commands, st.integers(0, 30)), max_size=30))
def test_whatever_is_ordered_every_session_came_from_a_link_that_was_good(
    orders: list[tuple[Command[Account], int]],
) -> None:
    """A session opens only in the decision that uses up the account's newest link in time; limits always hold."""
    state, now = ada(), NOW
    for command, minutes in orders:
        now += timedelta(minutes=minutes)
        before = state
        try:
            events = command.decide(state, now)
        except (Refused, Invalid):
            continue
        state = fold(state, events)
        opened = [event for event in events if isinstance(event, SessionOpened)]
        if opened:
            assert before.link is not None
            assert before.link.expires_at > now
            assert state.link is None
        if isinstance(command, CloseExpired):
            soonest = next_expiry(state)
            assert soonest is None or soonest > now
        assert len(state.sessions) <= SESSIONS_LIMIT
