"""A file is whole or not there, and open to nobody else, whatever the umask is and whoever writes beside."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from andon.machine.files import make_private_folder, write_once, write_whole


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The widest and a narrow one."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_made_and_replaced(tmp_path: Path, umask: int, durable: bool) -> None:
    """With its own permissions, and nothing stays beside it."""
    file = tmp_path / "f"
    for content, permissions in ((b"one", 0o600), (b"two", 0o755)):
        write_whole(file, content, mode=permissions, durable=durable)
        assert (file.read_bytes(), mode(file)) == (content, permissions)
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room, for one."""
    file = tmp_path / "f"
    write_whole(file, b"old")

    def full(handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_whole(file, b"new", durable=True)
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])


def test_a_link_that_somebody_prepared_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """What it names stays as it was."""
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "f").symlink_to("theirs")
    write_whole(tmp_path / "f", b"ours")
    assert ((tmp_path / "theirs").read_bytes(), (tmp_path / "f").is_symlink()) == (b"theirs", False)


def test_of_many_who_make_a_file_once_one_is_first(tmp_path: Path) -> None:
    """The others find that one, whole."""
    file = tmp_path / "key"

    def make(number: int) -> bytes:
        write_once(file, bytes([number]) * 32)
        return file.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(make, range(32)))
    assert found == {file.read_bytes()}
    assert (len(set(file.read_bytes())), mode(file), list(tmp_path.iterdir())) == (1, 0o600, [file])


def test_every_folder_that_is_made_is_private(tmp_path: Path, umask: int) -> None:
    """Those that are there stay as they are."""
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    assert [mode(path) for path in (tmp_path, tmp_path / "a", tmp_path / "a/b")] == [0o755, 0o700, 0o700]
