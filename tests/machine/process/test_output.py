"""Copying what a process prints into its log."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.machine.process.finding import first_marked, marked
from andon.machine.process.output import HOLDER_MARK, Copying, Output, Unchanged
from andon.testing.waiting import until


class Upper:
    """A filter that keeps the last byte back."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> bytes:
        data = self._kept + data
        self._kept = data[-1:]
        return data[:-1].upper()

    def end(self) -> bytes:
        return self._kept.upper()

    def leave(self) -> bytes:
        return b""


def printed(tmp_path: Path, data: bytes, most_bytes: int = 1000) -> Copying:
    """A log of this size after a process printed the data and ended."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.write(writing, data)
    os.close(writing)
    copying = Copying(reading, tmp_path / "log", Upper(), most_bytes)
    copying.close(is_over=True)
    os.close(reading)
    return copying


def test_all_goes_through_the_filter(tmp_path: Path) -> None:
    """Also what it kept back; what stood in the log before stays."""
    (tmp_path / "log").write_text("before\n")
    printed(tmp_path, b"words\n")
    assert (tmp_path / "log").read_text() == "before\nWORDS\n"


def test_a_log_has_at_most_its_size(tmp_path: Path) -> None:
    """What stood in it before counts, as after a restart."""
    (tmp_path / "log").write_text("12345")
    assert printed(tmp_path, b"abcdefgh", most_bytes=10).is_full
    assert (tmp_path / "log").read_text() == "12345ABCDE"


def test_a_full_log_is_not_too_full(tmp_path: Path) -> None:
    """Exactly as much as it may have."""
    assert not printed(tmp_path, b"abcde", most_bytes=5).is_full


def test_a_disk_that_takes_nothing_does_not_stop_the_process(tmp_path: Path) -> None:
    """The trouble is known, and the rest is read."""
    (tmp_path / "log").symlink_to("/dev/full")
    copying = printed(tmp_path, b"words", most_bytes=1000)
    assert copying.trouble == "its log could not be written: No space left on device"


@pytest.mark.anyio
async def test_a_pipe_is_held_without_a_reader(tmp_path: Path) -> None:
    """Writing neither fails nor is lost; dropping it ends the shell that held it."""
    output = Output(tmp_path)
    with output.made() as writing:
        os.write(writing, b"words")
    with output.read() as reading:
        assert reading is not None
        copying = Copying(reading, tmp_path / "log", Unchanged(), 1000)
        copying.close(is_over=True)
    assert (tmp_path / "log").read_text() == "words"
    await output.drop()
    assert sorted(os.listdir(tmp_path)) == ["log", "log.times"]  # noqa: PTH208  (a path would block)
    with output.read() as reading:
        assert reading is None


def test_a_start_that_fails_leaves_no_pipe_and_nobody_who_holds_it(tmp_path: Path) -> None:
    """Nothing will print."""
    with pytest.raises(OSError, match="no such program"), Output(tmp_path).made():
        raise OSError("no such program")
    assert os.listdir(tmp_path) == []  # noqa: PTH208  (as above)
    assert first_marked(f"{HOLDER_MARK}={tmp_path}") is None


@pytest.mark.anyio
async def test_a_pipe_that_is_made_again_has_one_holder(tmp_path: Path) -> None:
    """A server that was killed before the process began leaves one behind; the next one ends it."""
    output = Output(tmp_path)
    for _ in range(3):
        with output.made():
            pass
    await until(lambda: len([*marked(f"{HOLDER_MARK}={tmp_path}")]) == 1, what="one holder")
    await output.drop()
