"""The report as one file, in a real browser that has no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser

from andon.testing.git_history import GitHistory
from andon.tools.measurement.answers.repository import measured
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.report.numbers_source import RepositoryNumbers
from andon.tools.measurement.report.page import ROWS, page
from tests.web.browsing import needs_chromium, page_of

from ..planted import NOW, at, reading

ASKED = MetricQuery(begin="2026-01-01", end="2026-07-01")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six weeks with a commit every hour, a release every day, and two lines that are patched beside the trunk."""
    history = GitHistory()
    before: tuple[str, ...] = ()
    for hour in range(24 * 42):
        day, in_day = divmod(hour, 24)
        name = history.commit(f"c{hour}", *before, at=at(hour / 24), message=b"A change of %d things" % hour)
        before = (name,)
        if in_day == 23:
            history.tag(f"v3.{day}", name, at(day + 1.2 + (day % 7) / 3))
    history.branch("main", before[0])
    for line in (1, 2):
        patched = f"c{line * 240}"
        for patch in range(4):
            patched = history.commit(f"p{line}.{patch}", patched, at=at(line * 12 + patch * 5))
            history.tag(f"v2.{line}.{patch}", patched, at(line * 12 + patch * 5 + 1))
    folder = tmp_path_factory.mktemp("page")
    written = folder / "report.html"
    written.write_text(page(RepositoryNumbers(measured(reading(history, folder), ASKED, NOW))), encoding="utf-8")
    return written


def test_it_says_what_the_numbers_are(file: Path) -> None:
    """With the first rows of each, and how many more there are."""
    text = file.read_text(encoding="utf-8")
    for words in ("Change lead time", "no incidents", "Lines of releases side by side", "What to know", "95 % sure"):
        assert words in text
    assert f"The first {ROWS} of" in text
    assert len(text) < 2_000_000


@needs_chromium
@pytest.mark.browser
@pytest.mark.anyio
@pytest.mark.parametrize(("theme", "phone"), [("light", False), ("dark", False), ("light", True)])
async def test_it_is_readable_for_everybody(file: Path, theme: str, phone: bool, chromium: Browser) -> None:
    """axe finds nothing, nothing is too wide, and every picture has its words."""
    async with page_of(chromium, "http://127.0.0.1", theme=theme, phone=phone) as shown:  # type: ignore[arg-type]  # one of the two
        await shown.context.set_offline(True)
        await shown.goto(file.as_uri())
        await shown.locator("details.how > summary").first.click()
        result = await Axe().run(shown, options=RULES)
        assert result.violations_count == 0, result.generate_report()
        width = await shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0
        assert await shown.locator("svg[role=img]").count() >= 3
