"""Starting the server."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from andon.kernel.errors import PortError
from andon.tools.artifacts.registry import RegistryStorage
from andon.up import keep_what_is_open
from andon.wiring.occupancy import occupied, unusable


def test_what_was_open_at_the_start_goes_no_further() -> None:
    """A descriptor that a shell left open does not reach tasks and services; the three streams do."""
    read, write = os.pipe()
    try:
        for each in (read, write):
            os.set_inheritable(each, True)  # noqa: FBT003  (it takes no keyword)
        keep_what_is_open()
        assert not os.get_inheritable(read)
        assert not os.get_inheritable(write)
        assert os.get_inheritable(2)
    finally:
        os.close(read)
        os.close(write)


AS_NOBODY = """
import os, sys
from pathlib import Path
from andon.wiring.occupancy import occupied
os.setgroups([]); os.setgid(65534); os.setuid(65534)
with occupied(Path(sys.argv[1])):
    pass
"""


@pytest.mark.parametrize("below", ["file", "file/below"])
def test_a_place_that_is_no_folder_is_named_with_what_to_do(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(PortError, match=r"file.* cannot hold a server's data: .*Name a folder that"),
        occupied(tmp_path / below),
    ):
        pass


def test_a_folder_of_somebody_else_is_named_with_who_may_not_write_it() -> None:
    """As an ordinary user: one sentence and no traceback of anything but it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        command = [sys.executable, "-c", AS_NOBODY, made]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said = done.stderr.strip().splitlines()[-1]
    assert f"{made} cannot hold a server's data: Permission denied at {made}/server.json." in said
    assert said.endswith("Name a folder that nobody may write (andon up FOLDER), or change its owner (chown).")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 KiB; skips for those who may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False, timeout=10).returncode:
        pytest.skip("LOUD: no disk of its own can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True, timeout=10)


def test_a_full_disk_is_said_in_one_sentence_and_the_folder_can_still_be_taken_down(tiny_disk: Path) -> None:
    for command, code, says in (
        ("up", 1, f"✗ the disk of {tiny_disk}/ledger.db is full. Make room, then start again.\n"),
        ("down", 0, f"nothing of {tiny_disk} is running\n"),
    ):
        arguments = [sys.executable, "-m", "andon", command, str(tiny_disk)]
        environ = {"PATH": os.environ["PATH"], "HOME": str(tiny_disk.parent), "ANDON_PORT": "0"}
        done = subprocess.run(arguments, env=environ, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr + done.stdout) == (code, says)


def test_a_full_disk_is_named_as_what_it_is(tmp_path: Path) -> None:
    failure = unusable(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    assert str(failure).startswith(f"the disk of {tmp_path} is full. Make room")


def test_a_damaged_index_of_the_registry_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.db").write_bytes(b"no database" * 1000)
    with pytest.raises(PortError, match=r"the registry's index .*index\.db cannot be opened: file is not a database"):
        RegistryStorage(tmp_path)
