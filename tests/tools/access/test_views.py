"""The accounts as the gate asks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.doors import Doors

from andon.tools.access.views import Accounts

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
