"""Reading logs: the same lines, whatever segments they stand in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.machine.log.reading import offset_of_last, offset_since, read_lines, size
from andon.machine.log.writer import LogWriter

START = datetime(2026, 12, 1, tzinfo=UTC)


def time_of(number: int) -> bytes:
    return f"{START + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S.000}Z".encode()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand lines, one a second, in segments; one line is longer than a block."""
    folder = tmp_path_factory.mktemp("log")
    writer = LogWriter(folder, segment_bytes=100_000, most=100)
    for number in range(1000):
        text = b"x" * 100_000 if number == 700 else b"line %d " % number + b"." * (number % 300)
        writer.write(b"%b out %b\n" % (time_of(number), text))
        writer.turn()
    return folder


def all_texts(folder: Path) -> list[str]:
    texts, offset = [], 0
    while (printed := read_lines(folder, offset, most=77)).lines:
        texts += [line.text for line in printed.lines]
        offset = printed.next_offset
    assert offset == size(folder)
    return texts


def test_reading_on_gives_every_line_once(log: Path) -> None:
    texts = all_texts(log)
    assert len(texts) == 1000
    assert texts[999].startswith("line 999")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 1100))
def test_the_last_lines_begin_where_they_should(log: Path, count: int) -> None:
    assert len(read_lines(log, offset_of_last(log, count), most=2000, most_bytes=10**7).lines) == min(count, 1000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(second=st.integers(-5, 1005))
def test_lines_since_a_time_begin_with_the_first_of_it(log: Path, second: int) -> None:
    found = read_lines(log, offset_since(log, START + timedelta(seconds=second)), most=1).lines
    expected = max(second, 0)
    assert [line.at for line in found] == ([time_of(expected).decode()] if expected < 1000 else [])


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none", 0, most=5).lines == ()
    assert offset_of_last(tmp_path / "none", 5) == size(tmp_path) == offset_since(tmp_path, START) == 0


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    LogWriter(tmp_path).write(time_of(0) + b" out a\xffb\0c\r\n")
    assert read_lines(tmp_path, 0, most=5).lines[0].text == "a�b\0c"


def test_a_line_that_is_being_written_is_not_read_yet(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path)
    writer.write(time_of(0) + b" out one\n" + time_of(1) + b" out tw")
    before = read_lines(tmp_path, 0, most=5)
    writer.write(b"o\n")
    assert [line.text for line in read_lines(tmp_path, before.next_offset, most=5).lines] == ["two"]
    assert [line.text for line in before.lines] == ["one"]
