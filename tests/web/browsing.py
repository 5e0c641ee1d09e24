"""A real browser for page tests: Debian's Chromium, which talks to loopback only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

#: a fact is waited for as long as elsewhere: five seconds are too few while another browser starts beside this one
expect.set_options(timeout=30_000)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is not installed")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        try:
            yield launched
        finally:
            await launched.close()


@asynccontextmanager
async def page_of(
    opened: Browser,
    base: str,
    *,
    theme: Literal["light", "dark"] = "light",
    phone: bool = False,
    scripts: bool = True,
) -> AsyncIterator[Page]:
    """One page; what its console complains about fails the test."""
    context = await opened.new_context(
        base_url=base,
        color_scheme=theme,
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
    finally:
        await context.close()
    assert said == [], "the browser complained"
