"""Logs of any size, while they grow and after."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.errors import NotFound
from andon.kernel.ids import RunNumber, TaskName
from andon.kernel.masks import Masks
from andon.tools.pipelines.adapters.logs_files import line_index
from andon.tools.pipelines.adapters.logs_files.line_index import LineIndex
from andon.tools.pipelines.adapters.logs_files.logs import LONGEST_LINE_BYTES, FileLogs

pytestmark = pytest.mark.anyio

RUN, UNIT = RunNumber(1), TaskName("unit")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The file of an empty log."""
    path = tmp_path / "1" / "unit" / "log"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.fixture
def logs(tmp_path: Path) -> FileLogs:
    """The logs under test."""
    return FileLogs(tmp_path)


def write(log: Path, data: bytes) -> None:
    """As a task prints: at the end."""
    with log.open("ab") as more:
        more.write(data)


async def texts(logs: FileLogs, first: int, count: int) -> list[str]:
    window = await logs.window(RUN, UNIT, first=first, count=count)
    return [line.text for line in window.lines]


async def test_any_window_of_a_million_lines_is_found(log: Path, logs: FileLogs) -> None:
    """From either end and in the middle; how fast is measured by the benchmarks, beside a control."""
    write(log, b"".join(b"line %07d of this log, as long as lines are\n" % n for n in range(1, 1_000_001)))
    window = await logs.window(RUN, UNIT, first=1, count=1)
    assert window.total_lines == 1_000_000
    for first in (1, 333_333, 500_000, 999_001, -1000):
        window = await logs.window(RUN, UNIT, first=first, count=1000)
        number = first if first > 0 else 999_001
        assert [line.number for line in window.lines] == list(range(number, number + 1000))
        assert window.lines[0].text.startswith(f"line {number:07d} ")


async def test_a_line_of_100_mb_costs_no_memory(log: Path, logs: FileLogs) -> None:
    """It is cut in what is shown, and says how much was left out."""
    with log.open("wb") as written:
        written.write(b"before\n")
        for _ in range(100):
            written.write(b"x" * 1_000_000)
        written.write(b"\nafter\nlast without an end")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    window = await logs.window(RUN, UNIT, first=1, count=10)
    found = await logs.search(RUN, UNIT, text="after", after=0, limit=5)
    summary = await logs.summary(RUN, UNIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [line.text[:7] for line in window.lines] == ["before", "xxxxxxx", "after", "last wi"]
    assert window.lines[1].cut_bytes == 100_000_000 - LONGEST_LINE_BYTES
    assert [(line.number, line.text) for line in found.lines] == [(3, "after")]
    assert (summary.lines, window.total_lines) == (4, 4)
    assert peak < 8_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


async def test_windows_grow_with_the_log(log: Path, logs: FileLogs) -> None:
    """Only what was added is read; a line that was not whole is shown whole later."""
    write(log, b"one\ntw")
    assert await texts(logs, 1, 10) == ["one", "tw"]
    write(log, b"o\nthree\n")
    assert await texts(logs, 1, 10) == ["one", "two", "three"]
    assert await texts(logs, -2, 10) == ["two", "three"]
    assert await texts(logs, 9, 10) == []


async def test_bytes_that_are_no_text_are_shown_as_such(log: Path, logs: FileLogs) -> None:
    """Nothing a task prints can break the log."""
    write(log, b"caf\xe9 \xff\r\n\x1b[31mred\x1b[0m\n")
    assert await texts(logs, 1, 10) == ["caf\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}", "\x1b[31mred\x1b[0m"]


async def test_a_search_gives_pages_of_matches(log: Path, logs: FileLogs) -> None:
    """Each line once, however often it matches; the next page begins after the last line."""
    write(log, b"".join(b"line %d %s\n" % (n, b"hit hit" if n % 10 == 0 else b"") for n in range(1, 101)))
    found = await logs.search(RUN, UNIT, text="hit", after=0, limit=4)
    assert ([line.number for line in found.lines], found.has_more) == ([10, 20, 30, 40], True)
    found = await logs.search(RUN, UNIT, text="hit", after=90, limit=4)
    assert ([line.number for line in found.lines], found.has_more) == ([100], False)


async def test_the_digest_is_of_the_bytes(log: Path, logs: FileLogs) -> None:
    """Anyone can check it with sha256sum."""
    write(log, b"one\ntwo")
    summary = await logs.summary(RUN, UNIT)
    assert (summary.size_bytes, summary.lines) == (7, 2)
    assert summary.digest == hashlib.sha256(b"one\ntwo").hexdigest()


async def test_following_gives_every_byte_once(log: Path, logs: FileLogs) -> None:
    """From any offset, while it grows, until the task has ended."""
    ended = False
    write(log, b"old ")

    async def follow() -> bytes:
        pieces = [data async for _, data in logs.tail(RUN, UNIT, offset=1, ended=lambda: ended)]
        return b"".join(pieces)

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)
    for word in (b"new ", b"newer "):
        write(log, word)
        await asyncio.sleep(0)
    ended = True
    assert await following == b"ld new newer "


async def test_a_log_that_is_not_there_is_not_found(logs: FileLogs) -> None:
    """A task that never started printed nothing."""
    with pytest.raises(NotFound):
        await logs.window(RUN, UNIT, first=1, count=1)
    assert (await logs.summary(RUN, UNIT)).size_bytes == 0


async def test_a_note_of_ours_is_told_from_the_tasks_own_lines(log: Path, logs: FileLogs) -> None:
    """It begins with our name."""
    await logs.note(RUN, UNIT, "no sandbox here")
    assert await texts(logs, 1, 10) == ["andon: no sandbox here"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.text(alphabet="ab\n", max_size=40), max_size=6), block=st.integers(1, 9))
def test_the_index_agrees_with_splitlines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str], block: int
) -> None:
    """Whatever the blocks, and however the file grows."""
    monkeypatch.setattr(line_index, "BLOCK_BYTES", block)
    path = tmp_path / "any"
    path.write_bytes(b"")
    index = LineIndex(path)
    content = ""
    for part in parts:
        with path.open("ab") as more:
            more.write(part.encode())
        content += part
        index.grow()
        lines = content.splitlines(keepends=True)
        assert index.lines == len(lines)
        starts = [len("".join(lines[:n])) for n in range(len(lines) + 1)]
        assert [index.offset(n) for n in range(len(lines) + 1)] == starts
        for offset in range(len(content)):
            end = content.find("\n", offset)
            assert index.next_end(offset) == (end if end >= 0 else len(content))


async def test_a_search_finds_coloured_and_plain_text_in_their_order(log: Path, logs: FileLogs) -> None:
    """Each line once, the colours wherever they are."""
    write(log, b"\x1b[1mx\x1b[0m er\x1b[31mro\x1b[0mr\nplain error\n\x1b[31merror\nerr\x1b[Kor\n")
    found = await logs.search(RUN, UNIT, text="error", after=0, limit=10)
    assert [line.number for line in found.lines] == [1, 2, 3]


async def test_a_search_finds_text_that_changes_its_colour(log: Path, logs: FileLogs) -> None:
    """People look for what they see."""
    write(
        log, b"\x1b[1;31mFAILED\x1b[0m \x1b[4mtest_total\x1b[0m\n" + b"x" * 2_000_000 + b"FAI\x1b[31mLED test_total\n"
    )
    found = await logs.search(RUN, UNIT, text="FAILED test_total", after=0, limit=5)
    assert [line.number for line in found.lines] == [1, 2]


async def test_what_became_a_secret_later_is_masked_when_it_is_read(log: Path, tmp_path: Path) -> None:
    """In lines, in what a search finds, and in the bytes."""
    masks = Masks()
    logs = FileLogs(log.parents[2], masks)
    write(log, b"sign in with hunter22\n")
    masks.learn("hunter22")
    assert await texts(logs, 1, 10) == ["sign in with ***"]
    assert (await logs.search(RUN, UNIT, text="sign", after=0, limit=1)).lines[0].text == "sign in with ***"
    pieces = [piece async for _, piece in logs.tail(RUN, UNIT, offset=0, ended=lambda: True)]
    assert b"".join(pieces) == b"sign in with ***\n"
