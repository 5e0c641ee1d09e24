"""The pages in a real browser, under the strict policy: accessible, live, by keys, and without scripts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser, expect

from andon.kernel.ids import stream
from andon.kernel.masking import Needles
from andon.machine.log.starting import start_writer
from andon.testing.serving import serving
from andon.tools.delivery.events import CordPulled
from andon.tools.pipelines.events import TaskFinished
from tests.line.story import NOW, Story, Told, hexed, morning
from tests.web.browsing import needs_chromium, page_of
from tests.web.house import House, build

pytestmark = [pytest.mark.anyio, pytest.mark.browser, needs_chromium]

COMMIT = hexed("shopFix rounding of totals", 40)
PAGES = (
    "/",
    f"/changes/shop/{COMMIT}",
    "/runs",
    "/runs/812",
    "/runs/813",
    "/runs/815",
    "/runs/813/integration",
    "/artifacts",
    "/artifacts/shop",
    "/artifacts/shop/2.14",
    "/repositories/shop",
    "/services/shop",
    "/environments",
    "/environments/production",
    "/environments/production/shop",
    "/environments/test/shop",
    "/ledger",
    "/ledger/12",
    "/search?q=totals+and+nothing",
    "/login",
)


def write_log(folder: Path, run: int, task: str, text: str) -> None:
    """What a task printed."""
    place = folder / "runs" / str(run) / task
    place.mkdir(parents=True, exist_ok=True)
    (place / "log").write_text(text)


@pytest.fixture
def long_log(tmp_path: Path) -> None:
    """A million lines of run 812."""
    write_log(tmp_path, 812, "unit", "".join(f"line {n} of many\n" for n in range(1, 1_000_001)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A morning on the line, with one environment stopped."""
    write_log(
        tmp_path,
        813,
        "integration",
        "collected\n" + "PASSED one\n" * 40 + "\x1b[1;31mFAILED\x1b[0m test_vat_of_books\n",
    )
    write_log(tmp_path, 815, "unit", "collecting …\n")
    built = await build(tmp_path, morning(stopped=True))
    yield built
    await built.close()


async def test_axe_finds_nothing_and_nothing_is_too_wide(house: House, chromium: Browser) -> None:
    """No accessibility violation in either theme, no sideways scrolling on a phone, no complaint in the console."""
    found: list[str] = []
    async with serving(house.door) as base:
        themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        rules = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
        for theme in themes:
            async with page_of(chromium, base, theme=theme) as page:
                for address in PAGES:
                    await page.goto(address)
                    result = await Axe().run(page, options=rules[theme])
                    found += [f"{theme} {address}: {result.generate_report()}"] if result.violations_count else []
        async with page_of(chromium, base, phone=True) as page:
            for address in PAGES:
                await page.goto(address)
                width = await page.evaluate("() => document.documentElement.scrollWidth")
                found += [f"phone {address}: {width} pixels wide"] if width > 390 else []
        house.live.close()
    assert "\n".join(found) == ""


async def test_the_board_moves_by_itself(house: House, chromium: Browser) -> None:
    """What happens on the line is on the board within moments, without a reload and without losing the focus."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/")
        await expect(page.locator("[data-connection]")).to_have_text("Live")
        row = page.locator(".change", has_text="Remember the last delivery")
        await expect(row).to_contain_text("unit")
        await row.locator("a").first.focus()
        await house.tell((finished(),))
        await expect(row.locator("td").first).to_contain_text("queued")
        await expect(row.locator("a").first).to_be_focused()
        pulled = CordPulled(scope="line", reason="Water in the server room.")
        story = Story()
        story.tell(NOW, stream("cord", "line"), pulled, actor="linus")
        await house.tell(story.told)
        await expect(page.locator("h1")).to_contain_text("The line is stopped by linus.")
        await expect(page.get_by_text("Water in the server room.")).to_be_visible()
        house.live.close()


def finished() -> Told:
    """The unit tests of run 815 end."""
    done = TaskFinished(
        task="unit",  # type: ignore[arg-type]  # a plain name will do here
        outcome="success",
        reason="",
        took=timedelta(seconds=3),
        tests=None,
        log_bytes=0,
        log_lines=0,
        log_digest="",
        at=NOW,
    )
    story = Story()
    story.tell(NOW, stream("run", 815), done)
    return story.told[0]


async def test_what_a_person_selects_is_not_taken_away(house: House, chromium: Browser) -> None:
    """While text is selected the page waits; when the selection ends it catches up."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/runs/815")
        await expect(page.locator("[data-connection]")).to_have_text("Live")
        await page.locator("h1").dblclick()
        await house.tell((finished(),))
        await page.wait_for_timeout(900)
        assert await page.evaluate("() => String(document.getSelection())") != ""
        await expect(page.locator("h1")).to_have_text("Run 815 runs unit.")
        await page.evaluate("() => document.getSelection().removeAllRanges()")
        await expect(page.locator("h1")).to_have_text("Run 815 waits to start.")
        house.live.close()


async def test_keys_reach_everything(house: House, chromium: Browser) -> None:
    """`/` searches, `?` lists the keys, `g r` goes to the runs; Tab shows where it is."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("?")
        await expect(page.locator("#keys")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#keys")).to_be_hidden()
        await page.keyboard.press("g")
        await page.keyboard.press("r")
        await expect(page).to_have_url(f"{base}/runs")
        await page.keyboard.press("/")
        await expect(page.locator("#q")).to_be_focused()
        await page.keyboard.type(COMMIT[:7])
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{base}/changes/shop/{COMMIT}")
        house.live.close()


async def test_a_log_of_a_million_lines_opens_at_once(house: House, long_log: None, chromium: Browser) -> None:
    """Only what is in sight is in the page; the last line and any match are reached at once."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/runs/812/unit")
        log = page.locator("[data-log]")
        await expect(log).to_contain_text("line 1 of many")
        await log.press("End")
        await expect(log).to_contain_text("line 1000000 of many")
        assert await log.locator(".log-row").count() < 200
        await page.keyboard.press("/")
        await page.keyboard.type("line 654321 ")
        await page.keyboard.press("Enter")
        await expect(page.locator(".log-row.here")).to_contain_text("line 654321 of many")
        await expect(page.locator("[data-found]")).to_have_text("1 of 1")
        house.live.close()


async def test_colours_of_a_log_are_shown_and_searched_through(house: House, chromium: Browser) -> None:
    """With scripts and without; long lines can be wrapped."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/runs/813/integration?find=FAILED test_vat")
        await page.locator("#find").press("Enter")
        last = page.locator(".log-row.here")
        await expect(last.locator(".ansi-red.ansi-bold")).to_have_text("FAILED")
        assert await last.locator("mark").all_text_contents() == ["FAILED", " test_vat"]
        await page.get_by_role("link", name="Wrap lines").click()
        await expect(page.locator(".log.wrapped .ansi-red")).to_have_text("FAILED")
        house.live.close()


async def test_the_log_of_a_service_grows_while_somebody_looks(house: House, tmp_path: Path, chromium: Browser) -> None:
    """What is printed appears, also more than once; when nothing can come any more, nobody asks."""
    started = start_writer(tmp_path / "services/production/shop/logs/1", Needles.of([b"hunter22"]), "was started")
    os.write(started.descriptor, b"\x1b[32mopen\x1b[0m\n")
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/environments/production/shop/log")
        log = page.get_by_role("log")
        for words in (b"one", b"two hunter22"):
            os.write(started.descriptor, words + b"\n")
            await expect(log).to_contain_text(words.decode().replace("hunter22", "***"))
        await expect(log.locator(".ansi-green")).to_have_text("open")
        os.close(started.descriptor)
        await expect(log.locator("[hx-get]")).to_have_count(0)
        house.live.close()


async def test_a_growing_log_is_followed(house: House, tmp_path: Path, chromium: Browser) -> None:
    """Lines that are printed while somebody looks appear at the end."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/runs/815/unit")
        with (tmp_path / "runs" / "815" / "unit" / "log").open("a") as file:
            file.write("".join(f"test {n} PASSED\n" for n in range(2000)))
        await expect(page.locator("[data-log]")).to_contain_text("test 1999 PASSED")
        house.live.close()


async def test_a_growing_log_is_followed_with_wrapped_lines(house: House, tmp_path: Path, chromium: Browser) -> None:
    """Also a line that was not whole when it was first shown; each once."""
    async with serving(house.door) as base, page_of(chromium, base) as page:
        await page.goto("/runs/815/unit?wrap=true")
        log = page.locator("[data-log]")
        for words in ("hal", "f a line\n", "another\n"):
            with (tmp_path / "runs" / "815" / "unit" / "log").open("a") as file:
                file.write(words)
            await expect(log).to_contain_text(words.strip())
        assert await log.get_by_text("half a line").count() == 1
        house.live.close()


async def test_everything_reads_without_scripts(house: House, long_log: None, chromium: Browser) -> None:
    """With JavaScript off every page shows its facts, logs are paged, and a log can be searched."""
    async with serving(house.door) as base, page_of(chromium, base, scripts=False) as page:
        for address in PAGES:
            answer = await page.goto(address)
            assert answer
            assert answer.ok, address
            await expect(page.locator("h1")).to_be_visible()
        await page.goto("/runs/812/unit")
        await page.get_by_role("link", name="Last", exact=True).click()
        await expect(page.locator("[data-log]")).to_contain_text("line 1000000 of many")
        await page.locator("#find").fill("line 77777 ")
        await page.locator("#find").press("Enter")
        await page.locator(".found a").click()
        await expect(page.locator(".log-row.here")).to_contain_text("line 77777 of many")


async def test_a_promotion_is_asked_for_by_a_plain_form(house: House, chromium: Browser) -> None:
    """The button works without scripts, goes through the desk, and names who pressed it."""
    async with serving(house.door) as base, page_of(chromium, base, scripts=False) as page:
        await page.goto("/environments/production/shop")
        await page.get_by_role("button", name="Promote 2.14 into production").click()
        await expect(page).to_have_url(f"{base}/environments/production/shop")
        await expect(page.locator("h1")).to_contain_text("shop 2.14 is on its way into production")
    asked = await house.ledger.read(type_prefix="delivery.PromotionRequested", newest_first=True, limit=1)
    assert (asked[0].stream, asked[0].actor) == ("service/production/shop", "ada")
