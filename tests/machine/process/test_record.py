"""Knowing a process again."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from andon.machine.process.record import read_record, record_of, write_record

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_process_is_alive_until_it_ends_and_exists_until_it_is_reaped() -> None:
    """A zombie is not alive."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        record = record_of(process.pid, NOW)
        assert (record.is_alive(), record.exists()) == (True, True)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert (record.is_alive(), record.exists()) == (False, True)
    assert (record.is_alive(), record.exists()) == (False, False)


def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    """Its start, and the start of the machine, tell them apart."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        record = record_of(process.pid, NOW)
        assert not msgspec.structs.replace(record, start_ticks=record.start_ticks - 1).exists()
        assert not msgspec.structs.replace(record, boot_id="another").exists()
        process.kill()


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What cannot be read is none."""
    path = tmp_path / "process"
    assert read_record(path) is None
    record = record_of(1, NOW)
    write_record(path, record)
    assert read_record(path) == record
    path.write_text("{")
    assert read_record(path) is None
