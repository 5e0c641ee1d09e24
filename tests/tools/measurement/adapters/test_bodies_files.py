"""Deliveries that are kept as they came."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.kernel.errors import NotFound
from andon.tools.measurement.adapters import bodies_files
from andon.tools.measurement.adapters.bodies_files import FileBodies


def test_a_delivery_is_kept_once_and_whole(tmp_path: Path) -> None:
    """For its owner only."""
    bodies = FileBodies(tmp_path)
    digest = bodies.keep("ours", {"x-event": "new"}, b"\x00{}")
    assert bodies.keep("ours", {"x-event": "again"}, b"\x00{}") == digest
    assert bodies.read("ours", digest) == b'{"x-event": "new"}\n\n\x00{}'
    (file,) = (tmp_path / "ours").iterdir()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("connection", "digest"),
    [
        ("ours", "sha256:" + "0" * 64),
        ("ours", "sha256:../../../etc/passwd"),
        ("../ours", "sha256:" + "0" * 64),
        ("ours", "/etc/passwd"),
    ],
)
def test_no_name_leads_elsewhere(tmp_path: Path, connection: str, digest: str) -> None:
    """What is not kept is not found, and nothing outside of the folder is."""
    with pytest.raises(NotFound):
        FileBodies(tmp_path).read(connection, digest)


def test_the_oldest_go_when_they_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest is kept however large it is."""
    monkeypatch.setattr(bodies_files, "MOST_BYTES", 100)
    bodies = FileBodies(tmp_path)
    old = [bodies.keep("ours", {}, bytes([number]) * 40) for number in range(2)]
    large = bodies.keep("ours", {}, b"x" * 200)
    assert bodies.read("ours", large).endswith(b"x" * 200)
    for digest in old:
        with pytest.raises(NotFound):
            bodies.read("ours", digest)


def test_the_oldest_goes_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that sends what nobody reads does not fill the disk."""
    monkeypatch.setattr(bodies_files, "MOST_KEPT", 3)
    bodies = FileBodies(tmp_path)
    digests = []
    for number in range(5):
        digests.append(bodies.keep("ours", {}, str(number).encode()))
        os.utime(tmp_path / "ours" / digests[-1].removeprefix("sha256:"), (number, number))
    with pytest.raises(NotFound):
        bodies.read("ours", digests[0])
    assert [bodies.read("ours", digest)[-1:] for digest in digests[2:]] == [b"2", b"3", b"4"]
