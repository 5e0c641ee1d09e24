"""Logging in with a real browser: what Chromium sends and keeps, not what we think it does."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright
from tests.doors import ROOT, Doors
from tests.serving import served

from andon.kernel.ids import AccountName
from andon.web.asgi import App, Receive, Scope, Send, answer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NOT RUN: no Chromium on this machine"),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


def neighbour(target: str) -> App:
    """A service on another port of this machine that wants to give orders."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        page = f'<!doctype html><form method="post" action="{target}"><button>Win a prize</button></form>'
        await answer(send, 200, (("content-type", "text/html"),), page.encode())

    return app


async def test_a_person_logs_in_and_out(doors: Doors, browser: Browser) -> None:
    """Open the link, press the button, be somebody; press sign out, be nobody. Nothing breaks the page's own rules."""
    await doors.account("ada", "developer")
    link = await doors.keys.login_link(AccountName("ada"), actor=ROOT)
    async with served(doors.asgi) as url:
        page = await browser.new_page()
        complaints: list[str] = []
        page.on(
            "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
        )
        await page.goto(f"{url}/login/{link.secret}")
        await page.get_by_role("button", name="Log in as ada").click()
        await page.goto(f"{url}/login")
        assert "You are logged in as ada" in await page.inner_text("main")
        cookie = (await page.context.cookies())[0]
        assert cookie.get("httpOnly")
        assert cookie.get("sameSite") == "Lax"
        assert await page.evaluate("document.cookie") == ""
        await page.get_by_text("ada", exact=True).click()
        await page.get_by_role("button", name="Sign out").click()
        assert "You are not logged in" in await page.inner_text("main")
        assert complaints == []


async def test_a_service_next_door_cannot_give_orders(doors: Doors, browser: Browser) -> None:
    """Another port of the same machine is the same site for cookies, and still its forms are refused."""
    await doors.account("ada", "admin")
    link = await doors.keys.login_link(AccountName("ada"), actor=ROOT)
    async with served(doors.asgi) as url, served(neighbour(f"{url}/api/v1/order")) as next_door:
        page = await browser.new_page()
        await page.goto(f"{url}/login/{link.secret}")
        await page.get_by_role("button", name="Log in as ada").click()
        await page.goto(next_door)
        async with page.expect_response("**/api/v1/order") as answered:
            await page.get_by_role("button", name="Win a prize").click()
        response = await answered.value
        assert response.status == 403
        assert "another site" in await response.text()
