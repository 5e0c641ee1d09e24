"""The pages of accounts and secrets: who sees what, and what a button ends."""

from __future__ import annotations

import pytest
from tests.callers import admin
from tests.doors import Doors

from andon.tools.infra.model.secret import parse_place

pytestmark = pytest.mark.anyio

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


async def test_an_admin_sees_every_account_and_others_their_own(doors: Doors) -> None:
    """Who, what, since when; another person's account is not found rather than shown."""
    for name, role in (("ada", "admin"), ("grace", "developer")):
        await doors.account(name, role)  # type: ignore[arg-type]  # literals of a loop
    ada, grace = await doors.browser_of("ada"), await doors.browser_of("grace")
    page = (await ada.get("/accounts", headers=OURS)).text
    assert "2 accounts." in page
    assert "developer" in page
    assert "by andon/start" in page
    assert "/accounts/ada" not in (await grace.get("/accounts", headers=OURS)).text
    assert (await grace.get("/accounts/ada", headers=OURS)).status_code == 404


async def test_a_token_is_revoked_by_its_button(doors: Doors) -> None:
    """The page lists it with its end, the button ends it, and a second press says that it is gone."""
    await doors.account("ada", "admin")
    token = await doors.token("ada", note="laptop")
    browser = await doors.browser_of("ada")
    assert "laptop" in (await browser.get("/accounts/ada", headers=OURS)).text
    revoke = f"/accounts/ada/tokens/{token.token_id}/revoke"
    assert (await browser.post(revoke, headers=OURS)).status_code == 303
    assert not doors.keys.is_good(token.secret)
    assert (await browser.post(revoke, headers=OURS)).status_code == 404


async def test_sign_out_everywhere_closes_every_session(doors: Doors) -> None:
    """The browser that pressed the button is signed out with the others."""
    await doors.account("ada", "developer")
    first, second = await doors.browser_of("ada"), await doors.browser_of("ada")
    assert (await first.post("/accounts/ada/sessions/close", headers=OURS)).status_code == 303
    assert [(await one.get("/accounts", headers=OURS)).status_code for one in (first, second)] == [401, 401]


async def test_an_account_is_removed_by_its_button(doors: Doors) -> None:
    """Its page stays and says so; only admins have the button."""
    await doors.account("ada", "admin")
    await doors.account("grace", "developer")
    ada, grace = await doors.browser_of("ada"), await doors.browser_of("grace")
    assert "andon account remove grace --yes" in (await ada.get("/accounts/grace", headers=OURS)).text
    assert (await grace.post("/accounts/grace/remove", headers=OURS)).status_code == 403
    assert (await ada.post("/accounts/grace/remove", headers=OURS)).status_code == 303
    assert "grace was removed." in (await ada.get("/accounts/grace", headers=OURS)).text
    assert (await grace.get("/accounts", headers=OURS)).status_code == 401


async def test_secrets_are_listed_without_their_values(doors: Doors) -> None:
    """For those who may set them; nobody else gets the list."""
    await doors.vault.set(parse_place("production", "shop", "DB_PASSWORD"), "hunter2-hunter2", by=admin())
    operator, reader = await doors.as_role("operator"), await doors.as_role("reader")
    page = await operator.get("/secrets", headers={"Accept": "text/html"})
    assert "DB_PASSWORD" in page.text
    assert "hunter2" not in page.text
    assert (await reader.get("/secrets", headers={"Accept": "text/html"})).status_code == 403
