"""Disk is counted by what is really occupied, and a part of it stays free."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import NoSpace
from andon.kernel.limits import Limits
from andon.kernel.sizes import GIBIBYTE, MEBIBYTE, TEBIBYTE
from andon.machine.disk import Reserve, is_full, nameless_bytes, occupied


def written(file: Path, size_bytes: int) -> Path:
    file.write_bytes(os.urandom(size_bytes))
    return file


def test_a_file_counts_by_its_blocks(tmp_path: Path) -> None:
    written(tmp_path / "a", MEBIBYTE)
    assert MEBIBYTE <= occupied([tmp_path]).size_bytes < MEBIBYTE + 64 * 1024


def test_a_sparse_file_counts_by_what_is_written_in_it(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(GIBIBYTE)
    assert occupied([tmp_path]).size_bytes < MEBIBYTE


def test_hard_links_to_one_file_count_once_also_between_folders(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    one = written(tmp_path / "work" / "one", MEBIBYTE)
    for number in range(8):
        (tmp_path / "home" / str(number)).hardlink_to(one)
    found = occupied([tmp_path / "home", tmp_path / "work"])
    assert MEBIBYTE <= found.size_bytes < 2 * MEBIBYTE
    assert found.files == 3


def test_links_are_not_followed_and_circles_end(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "etc").symlink_to("/etc")
    assert occupied([tmp_path]).files == 3


def test_what_is_not_there_or_not_readable_is_not_counted(tmp_path: Path) -> None:
    assert occupied([tmp_path / "nothing"]).files == 0


def test_folders_deeper_than_a_path_are_told(tmp_path: Path) -> None:
    """What is in them cannot be counted."""
    opened = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=opened)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=opened)
        os.close(opened)
        opened = deeper
    os.close(opened)
    found = occupied([tmp_path])
    assert found.is_too_deep
    assert found.beyond(Limits()).startswith("made folders that lie deeper")
    subprocess.run(["rm", "-rf", "--", tmp_path / ("d" * 200)], check=True)


def test_open_files_without_a_name_are_counted_once(tmp_path: Path) -> None:
    """Those in memory are not: they are no disk."""
    before = nameless_bytes((os.getpid(),))
    with (tmp_path / "file").open("wb") as opened, os.fdopen(os.memfd_create("x"), "wb") as memory:
        for each in (opened, memory):
            each.write(b"x" * MEBIBYTE)
            each.flush()
        os.fsync(opened.fileno())
        assert nameless_bytes((os.getpid(),)) == before
        again = os.dup(opened.fileno())
        (tmp_path / "file").unlink()
        assert MEBIBYTE <= nameless_bytes((os.getpid(), os.getpid())) - before < 2 * MEBIBYTE
        os.close(again)
    assert nameless_bytes((os.getpid(),)) == before


def test_counting_stops_soon_after_the_limit(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).touch()
    assert occupied([tmp_path], Limits(files=10)).files == 11


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(), ""),
        (Limits(disk=MEBIBYTE), "wrote more than 1 MiB to disk (limit: 1 MiB); raise `limits.disk` or write less"),
        (Limits(files=2), "made more than 2 files (limit: 2); raise `limits.files` or make fewer"),
    ],
)
def test_what_is_exceeded_is_named_with_the_number(tmp_path: Path, limits: Limits, why: str) -> None:
    written(tmp_path / "a", 2 * MEBIBYTE)
    written(tmp_path / "b", 1)
    assert occupied([tmp_path], limits).beyond(limits) == why


def test_a_reserve_larger_than_what_is_free_refuses_and_says_both_numbers(tmp_path: Path) -> None:
    reserve = Reserve(folder=tmp_path, size_bytes=1000 * TEBIBYTE)
    with pytest.raises(
        NoSpace, match=r"nearly full: .* are free, and 1000 TiB are reserved for the server\. Make room"
    ):
        reserve.check()


def test_what_does_not_fit_beside_the_reserve_is_refused(tmp_path: Path) -> None:
    reserve = Reserve(folder=tmp_path, size_bytes=1)
    reserve.check(MEBIBYTE)
    with pytest.raises(NoSpace, match="1000 TiB do not fit"):
        reserve.check(1000 * TEBIBYTE)


def test_the_reserve_of_a_small_disk_is_a_part_of_it(tmp_path: Path) -> None:
    assert 0 < Reserve(folder=tmp_path).kept_bytes <= GIBIBYTE


def test_a_full_disk_is_told_from_other_troubles() -> None:
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_full(OSError(errno.EACCES, "Permission denied"))
