"""Every kind of picture on a page in a real browser, under the strict policy: readable, accessible, zoomable."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser, Page, expect

from andon.testing.serving import serving
from tests.web.browsing import needs_chromium, page_of
from tests.web.charts.gallery import figures, wall

pytestmark = [pytest.mark.anyio, pytest.mark.browser, needs_chromium]

#: pairs of words of one picture that lie on each other, and words that are cut off at the side
COLLISIONS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.chart:not(.sign)')) {
    const plate = svg.closest('.plate').getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')]
      .map(text => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width);
    const title = svg.querySelector('title').textContent;
    texts.forEach(([words, a], n) => {
      const cut = a.left < plate.left - 1 || a.right > plate.right + 1;
      if (cut && !svg.matches('.map')) found.push(`${title}: ${words} is cut off`);
      for (const [others, b] of texts.slice(n + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) found.push(`${title}: ${words} × ${others}`);
      }
    });
  }
  return found;
}"""


async def collisions(page: Page) -> list[str]:
    """What lies on what."""
    found: list[str] = await page.evaluate(COLLISIONS)
    return found


async def test_no_words_lie_on_others_at_any_width(chromium: Browser) -> None:
    """On a phone, a small window and a wide one every word of a picture stands by itself, and none is cut off."""
    found: list[str] = []
    async with serving(wall()) as base, page_of(chromium, base) as page:
        for width in (360, 390, 600, 760, 1000, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto("/")
            found += [f"{width}: {told}" for told in await collisions(page)]
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"the page is {wide} pixels too wide at {width}"
    assert found == []


async def test_axe_finds_nothing_in_either_theme(chromium: Browser) -> None:
    """All pictures with a table open, light; the colours once more, dark."""
    found: list[str] = []
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    rules = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
    async with serving(wall()) as base:
        for theme in themes:
            async with page_of(chromium, base, theme=theme) as page:
                await page.goto("/")
                await page.locator("details").nth(1).evaluate("one => one.open = true")
                result = await Axe().run(page, options=rules[theme])
                found += [
                    f"{theme} {one['id']} {one['nodes'][0]['html'][:200]}" for one in result.response["violations"]
                ]
    assert found == []


async def test_a_picture_says_its_name_and_what_it_shows(chromium: Browser) -> None:
    """Each is one image with the title as its name, in the order of the page."""
    async with serving(wall()) as base, page_of(chromium, base) as page:
        await page.goto("/")
        for figure in figures():
            named = page.get_by_role("group" if "<a " in figure.svg else "img", name=figure.title, exact=True)
            await expect(named).to_be_visible()


async def test_without_scripts_the_picture_and_its_table_are_there(chromium: Browser) -> None:
    """Nothing offers a zoom that would not work."""
    async with serving(wall()) as base, page_of(chromium, base, scripts=False) as page:
        await page.goto("/")
        await expect(page.get_by_role("img", name="Change lead time")).to_be_visible()
        await expect(page.get_by_role("button", name="Zoom")).to_have_count(0)
        await page.get_by_text("The same as a table").nth(1).click()
        await expect(page.get_by_role("cell", name="no data").first).to_be_visible()


async def test_a_series_can_be_zoomed_with_keys_alone(chromium: Browser) -> None:
    """Enter, plus, arrows, 0 for the whole time, Escape for the picture; what is in sight is said in words."""
    async with serving(wall()) as base, page_of(chromium, base) as page:
        await page.goto("/")
        button = page.get_by_role("button", name="Zoom")
        await expect(button).to_have_count(1)
        await button.focus()
        await page.keyboard.press("Enter")
        stage = page.get_by_role("group", name="Change lead time, zoomed")
        await expect(stage).to_be_focused()
        said = page.get_by_role("status")
        await expect(said).to_have_text("From 25 Aug 2026 to 22 Nov 2026 UTC: 5,000 values.")
        await page.keyboard.press("+")
        await expect(said).not_to_contain_text("5,000")
        close = await said.text_content()
        await page.keyboard.press("ArrowRight")
        await expect(said).not_to_have_text(close or "")
        await page.keyboard.press("0")
        await expect(said).to_contain_text("5,000 values")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("img", name="Change lead time")).to_be_visible()
        await expect(button).to_be_focused()


async def test_a_part_is_zoomed_by_dragging_and_the_twin_stays(chromium: Browser) -> None:
    """Dragging across two days shows those; the table of the figure is untouched, and axe has nothing to say."""
    async with serving(wall()) as base, page_of(chromium, base) as page:
        await page.goto("/")
        await page.get_by_role("button", name="Zoom").click()
        over = page.locator(".u-over")
        box = await over.bounding_box()
        assert box
        await page.mouse.move(box["x"] + 200, box["y"] + 80)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 300, box["y"] + 90, steps=4)
        await page.mouse.up()
        await expect(page.get_by_role("status")).not_to_contain_text("5,000")
        await expect(page.locator("figure[data-series] .twin summary")).to_be_visible()
        result = await Axe().run(page, context="figure[data-series]")
        assert [one["id"] for one in result.response["violations"]] == []
