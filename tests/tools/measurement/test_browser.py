"""The pages of measurement in a real browser: accessible in both themes, on a phone, by keys, and without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser, expect

from tests.tools.measurement import telling_people
from tests.tools.measurement.measured_house import Visit, measured_house
from tests.tools.measurement.year_shape import Shape
from tests.web.browsing import needs_chromium, page_of

pytestmark = [pytest.mark.anyio, pytest.mark.browser, needs_chromium]

YEAR = Shape(services=("shop", "billing", "catalogue"), changes=60)
PAGES = (
    "/numbers",
    "/numbers?service=shop",
    "/numbers/evidence?service=shop&metric=change-lead-time",
    "/value-stream?service=shop",
    "/flow?service=shop",
    "/overlay?service=shop",
    "/wall?service=shop",
    "/availability?service=shop",
    "/kaizen",
    "/sources",
    "/data",
)
RULES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture(scope="module")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """A year of three services, what people said in it, and an incident that is open."""
    async with measured_house(tmp_path_factory.mktemp("year"), YEAR) as made:
        await telling_people.everything(made)
        made.tell((telling_people.open_incident(made, "Carts are empty"),))
        yield made


@pytest.mark.timeout(300)  # axe looks at every node of eleven long pages
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing(visit: Visit, theme: Literal["light", "dark"], chromium: Browser) -> None:
    """No accessibility violation in either theme, no complaint in the console."""
    found: list[str] = []
    async with page_of(chromium, visit.base, theme=theme) as page:
        await page.set_extra_http_headers(visit.headers)
        for address in PAGES:
            await page.goto(address)
            result = await Axe().run(page, options=RULES[theme])
            found += [f"{address}: {result.generate_report()}"] if result.violations_count else []
    assert "\n".join(found) == ""


async def test_no_page_is_too_wide_for_a_phone(visit: Visit, chromium: Browser) -> None:
    """No sideways scrolling; what is wide scrolls inside its own frame."""
    found: list[str] = []
    async with page_of(chromium, visit.base, phone=True) as page:
        await page.set_extra_http_headers(visit.headers)
        for address in PAGES:
            await page.goto(address)
            width = await page.evaluate("() => document.documentElement.scrollWidth")
            found += [f"{address}: {width} pixels wide"] if width > 390 else []
    assert "\n".join(found) == ""


async def test_from_a_number_to_its_rows_and_round_an_improvement(tmp_path: Path, chromium: Browser) -> None:
    """`g n` leads to the numbers; a service, a number and its rows follow by clicks, an improvement by a form."""
    async with measured_house(tmp_path, YEAR) as visit, page_of(chromium, visit.base) as page:
        await page.set_extra_http_headers(visit.headers)
        await page.goto("/")
        await page.keyboard.press("g")
        await page.keyboard.press("n")
        await expect(page.locator("h1")).to_contain_text("3 services in production")
        await page.get_by_role("link", name="shop", exact=True).click()
        await expect(page.locator("h1")).to_contain_text("shop reaches production")
        await page.locator("#number-change-lead-time").get_by_role("link", name="Go and see").click()
        await expect(page.locator("h1")).to_contain_text("Change lead time of shop")
        await page.get_by_role("navigation", name="Improve").get_by_role("link", name="Kaizen").click()
        await page.get_by_label("What will be tried").fill("Review at once")
        await page.get_by_label("To", exact=True).fill("1m")
        await page.get_by_role("button", name="Plan it").click()
        await expect(page.get_by_role("heading", name="Review at once")).to_be_visible()
        await page.get_by_role("button", name="Begin").click()
        await expect(page.get_by_text("being done")).to_be_visible()


async def test_everything_reads_and_chooses_without_scripts(visit: Visit, chromium: Browser) -> None:
    """With JavaScript off every page shows its facts, and the form of choices leads to an address."""
    async with page_of(chromium, visit.base, scripts=False) as page:
        await page.set_extra_http_headers(visit.headers)
        for address in PAGES:
            answer = await page.goto(address)
            assert answer
            assert answer.ok, address
            await expect(page.locator("h1")).to_be_visible()
        await page.goto("/numbers")
        await page.locator("select[name=service]").select_option("billing")
        await page.locator("select[name=as]").select_option("devlake")
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("h1")).to_contain_text("billing reached production")
        assert "as=devlake" in page.url
