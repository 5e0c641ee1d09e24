"""What a newcomer runs first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def test_the_demo_shows_the_whole_line_and_leaves_nothing(tmp_path: Path) -> None:
    """`make demo ARGS=--once` ends well, says that no request failed, and removes what it made."""
    done = subprocess.run(
        [sys.executable, "examples/demo.py", "--once", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path / "untouched"), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[\d,]{2,} requests to production meanwhile, 0 failed", done.stdout)
    assert "✗ test" in done.stdout
    assert "production is as it was" in done.stdout
    assert list(tmp_path.iterdir()) == []
