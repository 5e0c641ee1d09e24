"""Takes the pictures of the README: a board, a run and the numbers of a service, of the stories that the tests tell."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.line.story import NOW, morning  # noqa: E402
from tests.tools.measurement.measured_house import measured_house  # noqa: E402
from tests.tools.measurement.year_shape import Shape  # noqa: E402
from tests.web.browsing import CHROMIUM, browser  # noqa: E402
from tests.web.house import build  # noqa: E402

from andon.testing.serving import serving  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
#: columns and rows of a picture
SIZE = {"width": 1280, "height": 720}


@asynccontextmanager
async def story(folder: Path) -> AsyncIterator[str]:
    """The address of a house with a morning of three services in it."""
    house = await build(folder, morning())
    async with serving(house.door) as base:
        yield base
        house.live.close()
    await house.close()


async def main() -> int:
    """The exit code: 1 without a browser."""
    if not CHROMIUM.exists():
        sys.stderr.write(f"There is no browser at {CHROMIUM}: apt install chromium\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        async with AsyncExitStack() as opened:
            chromium = await opened.enter_async_context(browser())
            base = await opened.enter_async_context(story(Path(made)))
            await picture(chromium, f"{base}/", "board", NOW)
            await picture(chromium, f"{base}/runs/813", "run", NOW)
        async with measured_house(Path(made) / "year", Shape()) as visit, browser() as chromium:
            await picture(
                chromium, f"{visit.base}/numbers?service=shop", "numbers", visit.house.clock.now(), visit.headers
            )
    return 0


async def picture(
    chromium: Browser, address: str, name: str, now: datetime, headers: Mapping[str, str] | None = None
) -> None:
    """One page as it looks at this time."""
    context = await chromium.new_context(viewport=SIZE, extra_http_headers=dict(headers or {}), device_scale_factor=1.5)
    page = await context.new_page()
    await page.clock.set_fixed_time(now)
    await page.goto(address)
    await page.screenshot(path=FOLDER / f"{name}.png")
    await context.close()
    sys.stdout.write(f"wrote docs/pictures/{name}.png\n")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
