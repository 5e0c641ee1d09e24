"""The writer of logs: whatever an instance prints, the log stays bounded, masked, and made of whole lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.masking import Needles
from andon.machine.log.reading import read_lines
from andon.machine.log.segments import segments
from andon.machine.log.starting import StartedWriter, is_written_to, start_writer, written
from andon.machine.log.writer import Lines, LogWriter

TIME = b"2026-12-01T02:00:00.123Z"
NOTE = "started: version 1.3, start 1"


def in_lines(pieces: Iterable[bytes], longest: int = 20) -> bytes:
    lines = Lines(longest)
    return b"".join(part for piece in pieces for part in lines.feed(piece, TIME)) + b"".join(lines.close())


def is_in_a_file(text: bytes, folder: Path) -> bool:
    return any(text in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def collect(*writers: StartedWriter) -> None:
    for writer in writers:
        os.waitpid(writer.pid, 0)


@given(st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\r", b"\0", b"\xff", b"c" * 30]), max_size=40), st.data())
def test_lines_are_the_same_however_they_are_cut(parts: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(parts)
    cut = data.draw(st.integers(0, len(whole)))
    assert in_lines([whole[:cut], whole[cut:]]) == in_lines([whole]) == in_lines(parts)


def test_every_line_has_its_time_and_an_end() -> None:
    assert in_lines([b"one\n\ntw", b"o"]) == b"%b out one\n%b out \n%b out two\n" % (TIME, TIME, TIME)


def test_a_line_without_an_end_is_cut_with_a_mark() -> None:
    """Thirty megabytes cost what they cost to read."""
    said = in_lines((b"x" * 65536 for _ in range(480)), longest=100)
    assert said == f"{TIME.decode()} out {'x' * 100} … 31,457,180 bytes cut off\n".encode()


def test_segments_end_with_a_line_and_the_oldest_go(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path, segment_bytes=1000, most=3)
    for number in range(400):
        writer.write(b"%b out line %d\n" % (TIME, number))
        writer.turn()
    kept = segments(tmp_path)
    assert len(kept) == 3
    assert all(one.end == after.start for one, after in pairwise(kept))
    assert all(one.path.read_bytes().endswith(b"\n") and one.size < 1100 for one in kept)
    assert read_lines(tmp_path, 0, most=1000).lines[-1].text == "line 399"


def test_a_log_goes_on_where_a_killed_writer_left_it(tmp_path: Path) -> None:
    LogWriter(tmp_path).write(TIME + b" out torn")
    LogWriter(tmp_path).note("started again")
    assert [line.text for line in read_lines(tmp_path, 0, most=9).lines] == ["torn", "started again"]


def test_a_full_disk_loses_lines_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, real = LogWriter(tmp_path), os.write

    def full(handle: int, data: bytes) -> int:
        real(handle, data[:3])
        raise OSError(28, "No space left on device")

    writer.write(TIME + b" out one\n")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        writer.write(TIME + b" out lost\n")
        writer.write(TIME + b" out lost\n")
    writer.write(TIME + b" out two\n")
    texts = [line.text for line in read_lines(tmp_path, 0, most=9).lines]
    assert texts == ["one", "68 bytes were lost: the disk took nothing", "two"]


@pytest.mark.anyio
async def test_the_process_masks_what_an_instance_prints_and_ends_with_it(tmp_path: Path) -> None:
    """The value stands in no argument, no environment and no file; nobody who reads sees an unfinished log."""
    started = start_writer(tmp_path / "log", Needles.of([b"hunter22"]), NOTE)
    assert is_written_to(tmp_path / "log")
    process = Path(f"/proc/{started.pid}")
    assert b"hunter22" not in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    os.write(started.descriptor, b"cannot sign in with hunt")
    os.write(started.descriptor, b"er22\nbye")
    os.close(started.descriptor)
    assert await written(tmp_path / "log", 30.0)
    lines = read_lines(tmp_path / "log", 0, most=9).lines
    assert [(line.text, line.is_note) for line in lines] == [
        (NOTE, True),
        ("cannot sign in with ***", False),
        ("bye", False),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.at) for line in lines)
    assert not is_in_a_file(b"hunter22", tmp_path)
    collect(started)


@pytest.mark.anyio
async def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    """What the instance before printed last stands before what the next one prints."""
    first, second = (start_writer(tmp_path, Needles(), name) for name in ("first", "second"))
    os.write(second.descriptor, b"two\n")
    os.close(second.descriptor)
    os.write(first.descriptor, b"one\n")
    os.close(first.descriptor)
    assert await written(tmp_path, 30.0)
    texts = [line.text for line in read_lines(tmp_path, 0, most=9).lines]
    assert texts in (["first", "one", "second", "two"], ["second", "two", "first", "one"])
    collect(first, second)
