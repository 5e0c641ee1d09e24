"""Reports as a task leaves them: how many are read, and how often."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.adapters.reports_junit import reports
from andon.tools.pipelines.adapters.reports_junit.reports import JunitReports

pytestmark = pytest.mark.anyio

REPORT = '<testsuite name="s"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'


async def test_hard_links_to_one_report_are_one_report(tmp_path: Path) -> None:
    """Eight names of one large file cost no more than one, and its tests are counted once."""
    (tmp_path / "0.xml").write_text(REPORT)
    for number in range(1, 8):
        (tmp_path / f"{number}.xml").hardlink_to(tmp_path / "0.xml")
    counts = await JunitReports().read(str(tmp_path), ("*.xml",))
    assert (counts.passed, counts.failed, counts.failures) == (1, 1, ("b",))


async def test_reports_that_are_too_much_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without content counts with its length: reading it takes as much memory as any other."""
    monkeypatch.setattr(reports, "MOST_BYTES", 1024)
    (tmp_path / "a.xml").write_text(REPORT)
    with (tmp_path / "b.xml").open("wb") as sparse:
        sparse.truncate(2000)
    with pytest.raises(Invalid, match="more than 1 KiB together"):
        await JunitReports().read(str(tmp_path), ("*.xml",))


async def test_names_that_are_no_utf8_can_be_told(tmp_path: Path) -> None:
    """Python keeps such bytes as surrogates, which no JSON holds."""
    (tmp_path / os.fsdecode(b"x\xff.xml")).write_text("<broken")
    (warning,) = (await JunitReports().read(str(tmp_path), ("*.xml",))).warnings
    assert warning.encode().startswith("x\N{REPLACEMENT CHARACTER}.xml".encode())
