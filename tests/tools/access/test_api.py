"""The API of access over real HTTP messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.doors import Doors

pytestmark = pytest.mark.anyio


async def test_whoami_says_account_and_permissions(doors: Doors) -> None:
    """A token is answered with the account it belongs to and what it may do."""
    await doors.account("ada", "developer")
    client = doors.client(token=(await doors.token("ada", ["read", "push"])).secret)
    answer = await client.get("/api/v1/whoami")
    assert answer.json() == {"actor": "ada", "account": "ada", "permissions": ["push", "read"]}
