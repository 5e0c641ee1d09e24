"""The series behind two pictures: what the browser zooms into is what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from andon.web.charts.units import RATES
from tests.tools.measurement.measured_house import measured_house
from tests.tools.measurement.year_shape import Shape
from tests.web.browsing import needs_chromium, page_of

pytestmark = pytest.mark.anyio

YEAR = Shape(services=("shop",), changes=120)
LEAD = "?service=shop&metric=change-lead-time"


async def test_the_series_holds_every_commit_that_was_counted(tmp_path: Path) -> None:
    """As many values as the number says, in the order of time, with p50 as the page has it."""
    async with measured_house(tmp_path, YEAR) as visit:
        said = (await visit.http.get("/api/v1/measurement/evidence/change-lead-time?service=shop")).json()
        series = (await visit.http.get(f"/numbers/evidence/series{LEAD}")).json()
        assert len(series["values"]) == said["metric"]["n"] > 0
        assert series["at"] == sorted(series["at"])
        assert series["levels"][0] == {"words": "p50", "value": said["metric"]["spread"]["median"]}
        page = await visit.page(f"/numbers/evidence{LEAD}")
        assert 'data-series="/numbers/evidence/series?' in page


async def test_the_overlay_has_its_line_and_what_happened(tmp_path: Path) -> None:
    """Values or null, deployments, flips and incidents; a series is about one service."""
    async with measured_house(tmp_path, YEAR) as visit:
        series = (await visit.http.get("/overlay/series?service=shop&over=deployment-frequency")).json()
        assert series["unit"] in RATES
        assert len(series["at"]) == len(series["values"]) > 0
        assert series["deployments"]
        assert {"at", "name", "failed"} == set(series["deployments"][0])
        unknown = await visit.http.get("/numbers/evidence/series?service=nobody&metric=change-lead-time")
        assert unknown.status_code in {400, 404}


@pytest.mark.browser
@needs_chromium
async def test_the_commits_behind_a_number_can_be_zoomed_on_the_page(tmp_path: Path, chromium: Browser) -> None:
    """Under the server's own strict policy: the button, closer, and back."""
    async with measured_house(tmp_path, YEAR) as visit, page_of(chromium, visit.base) as page:
        await page.set_extra_http_headers(visit.headers)
        await page.goto(f"/numbers/evidence{LEAD}")
        await page.get_by_role("button", name="Zoom").click()
        said = page.get_by_role("status").filter(has_text="values")
        await expect(said).to_contain_text("From ")
        whole = await said.text_content()
        await page.get_by_role("button", name="Closer").click()
        await expect(said).not_to_have_text(whole or "")
        await page.get_by_role("button", name="Back to the picture").click()
        await expect(page.get_by_role("img", name="Each of the commits")).to_be_visible()
