"""The accounts as the gate asks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.doors import ROOT, Doors

from andon.tools.access.views import Accounts
from andon.web.gate import sha256_of

pytestmark = pytest.mark.anyio


async def test_a_refold_of_the_ledger_gives_the_same_answers(doors: Doors) -> None:
    """The view can be thrown away: the same events make the same keyring."""
    await doors.account("ada", "operator")
    await doors.token("ada", lasts=timedelta(days=1))
    revoked = await doors.token("ada")
    await doors.keys.revoke_token(revoked.account, revoked.token_id, actor=revoked.account)  # type: ignore[arg-type]  # an account is an actor
    await doors.browser_of("ada")
    await doors.keys.login_link(revoked.account, actor=revoked.account)  # type: ignore[arg-type]  # an account is an actor
    again = Accounts()
    for happened in doors.seen.happened:
        again.apply(happened)
    assert vars(again) == vars(doors.accounts)


async def test_what_was_over_stays_over_when_the_clock_goes_back(doors: Doors) -> None:
    """A token, a session and a link end once; also for a server that only has the ledger to go by."""
    await doors.account("ada", "admin")
    token = await doors.token("ada", lasts=timedelta(hours=1))
    browser = await doors.browser_of("ada")
    link = await doors.keys.login_link(token.account, actor=ROOT)
    client, start = doors.client(token=token.secret), doors.clock.now()
    assert (await client.get("/api/v1/whoami")).status_code == 200
    doors.clock.time = start + timedelta(days=8)
    await doors.account("bob", "reader")
    doors.clock.time = start
    assert (await client.get("/api/v1/whoami")).status_code == 401
    assert (await browser.get("/api/v1/whoami")).status_code == 401
    assert doors.keys.link_for(link.secret) is None
    restarted = Accounts()
    for happened in doors.seen.happened:
        restarted.apply(happened)
    assert restarted.of_token(sha256_of(token.secret), start) is None
    assert doors.keys.is_good((await doors.token("ada", lasts=timedelta(hours=1))).secret)
