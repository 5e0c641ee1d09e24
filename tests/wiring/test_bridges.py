"""Where one tool needs what another one has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from andon.kernel.ids import AccountName
from andon.tools.access.keys import NewKey
from andon.tools.artifacts.adapters.tokens_jwt import LENT_FOR, JwtTokens
from andon.wiring.bridges import LivingTokens, PeoplesTokens
from tests.callers import admin
from tests.doors import ROOT, Doors, open_doors

pytestmark = pytest.mark.anyio


def lent_for(doors: Doors, key: NewKey, tokens: JwtTokens) -> str:
    """What the registry lends to whoever shows this token."""
    grant = PeoplesTokens(doors.accounts, doors.clock).check(key.secret)
    assert grant is not None
    return tokens.lend(grant, "pull:shop").token


@pytest.mark.parametrize("end", ["nothing", "revoked", "account removed", "over", "another revoked", "lent long ago"])
async def test_a_lent_token_ends_with_the_token_it_was_lent_for(tmp_path: Path, end: str) -> None:
    """At once when that is revoked, and when it ends by itself; not with another token of the same account."""
    async with open_doors(tmp_path) as doors:
        ada = await doors.account("ada", "developer")
        key, other = await doors.token("ada", lasts=timedelta(minutes=1)), await doors.token("ada")
        tokens = JwtTokens(b"k" * 32, doors.clock.now)
        living = LivingTokens(tokens, doors.accounts, doors.clock)
        lent, of_run = lent_for(doors, key, tokens), tokens.mint(ROOT, "push:shop", LENT_FOR * 9)
        assert [grant.may_pull("shop") for grant in (living.check(lent), living.check(of_run)) if grant] == [True, True]
        await bring_to(doors, ada, key, other, end)
        assert (living.check(lent) is not None) == (end in {"nothing", "another revoked"})
        assert living.check(of_run) is not None


async def bring_to(doors: Doors, ada: AccountName, key: NewKey, other: NewKey, end: str) -> None:
    """What happens to the account's tokens."""
    if "revoked" in end:
        await doors.keys.revoke_token(ada, (key if end == "revoked" else other).token_id, actor=ROOT)
    if end == "account removed":
        await doors.account("root", "admin")
        await doors.keys.remove_account(ada, by=admin())
    if end == "over":
        doors.clock.forward(timedelta(minutes=1))
    if end == "lent long ago":
        doors.clock.forward(LENT_FOR)


async def test_what_a_lent_token_is_exchanged_for_ends_with_the_first(tmp_path: Path) -> None:
    """A registry lends for a lent token too, and that is no way round its end."""
    async with open_doors(tmp_path) as doors:
        ada = await doors.account("ada", "developer")
        key = await doors.token("ada")
        tokens = JwtTokens(b"k" * 32, doors.clock.now)
        living = LivingTokens(tokens, doors.accounts, doors.clock)
        first = living.check(lent_for(doors, key, tokens))
        assert first is not None
        second = tokens.lend(first, "pull:shop").token
        assert living.check(second) is not None
        await doors.keys.revoke_token(ada, key.token_id, actor=ROOT)
        assert living.check(second) is None


async def test_a_lent_token_does_not_outlive_what_the_ledger_forgot(tmp_path: Path) -> None:
    """One that was lent by an installation whose ledger is not this one opens nothing."""
    async with open_doors(tmp_path) as doors:
        await doors.account("ada", "reader")
        tokens = JwtTokens(b"k" * 32, doors.clock.now)
        lent = lent_for(doors, await doors.token("ada"), tokens)
        (tmp_path / "other").mkdir()
        async with open_doors(tmp_path / "other") as elsewhere:
            assert LivingTokens(tokens, elsewhere.accounts, doors.clock).check(lent) is None
        assert LivingTokens(tokens, doors.accounts, doors.clock).check(lent) is not None
