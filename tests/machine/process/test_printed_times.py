"""When a line of a log was printed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from andon.machine.process.printed_times import PrintedTimes, TimeMarks

BEGIN = 1_780_000_000_000  #: ms


def test_each_byte_has_the_time_at_which_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a tenth of a second; the next server goes on with the marks, and half a mark is none."""
    log = tmp_path / "log"
    for lives in (((0, 0), (10, 50), (20, 150)), ((30, 5_000), (40, 2_000))):
        marks = TimeMarks(log)
        for offset, ms in lives:
            monkeypatch.setattr(time, "time_ns", lambda ms=ms: (BEGIN + ms) * 1_000_000)
            marks.reached(offset)
        marks.close()
    with (tmp_path / "log.times").open("ab") as file:
        file.write(b"half")
    times = PrintedTimes(log)
    found = [times.of(offset) for offset in (0, 19, 20, 29, 30, 1_000)]  # the clock was set back at 40
    assert found == [datetime.fromtimestamp((BEGIN + ms) / 1000, UTC) for ms in (0, 0, 150, 150, 5_000, 2_000)]
    assert PrintedTimes(tmp_path / "older").of(0) is None
