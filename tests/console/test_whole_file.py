"""Files that commands write are whole or not there, and nothing else changes about the place they are written to."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from andon.console.whole_file import whole_file, why_not
from andon.kernel.errors import PortError


def write(file: Path, text: str) -> None:
    """As a command does."""
    with whole_file(file) as draft:
        draft.write_text(text)


def mode(file: Path) -> int:
    """Who may do what with it."""
    return stat.S_IMODE(file.stat().st_mode)


def test_a_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    """Until then the old one is there, and nothing stays beside it."""
    file = tmp_path / "r.html"
    write(file, "old")
    with pytest.raises(UnicodeEncodeError), whole_file(file) as draft:
        draft.write_text("half \ud800")
    assert file.read_text() == "old"
    write(file, "new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_as_open_as_any(tmp_path: Path) -> None:
    """By the umask."""
    before = os.umask(0o027)
    try:
        write(tmp_path / "r.html", "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "r.html") == 0o640


@pytest.mark.parametrize("before", [0o600, 0o664, 0o755])
def test_permissions_stay(tmp_path: Path, before: int) -> None:
    """What was private does not become public, and what was shared stays shared."""
    file = tmp_path / "r.html"
    file.write_text("old")
    file.chmod(before)
    write(file, "new")
    assert (file.read_text(), mode(file)) == ("new", before)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Its file is written where it is; a link to nothing yet makes the file."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "old.html").write_text("old")
    for name in ("old.html", "new.html"):
        link = tmp_path / name
        link.symlink_to(Path("there") / name)
        write(link, "new")
        assert link.is_symlink()
        assert (tmp_path / "there" / name).read_text() == "new"
    assert len(list((tmp_path / "there").iterdir())) == 2


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    """It is no file to be replaced: whoever reads it gets the words, and it stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe, "words")
    reader.join(10)
    assert read == ["words"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    """A folder, such as a disk or a socket, is not written to."""
    with pytest.raises(PortError, match="neither a file nor a pipe"):
        write(tmp_path, "words")
    assert why_not(tmp_path) == "is a folder."


def test_the_name_beside_cannot_be_foreseen(tmp_path: Path) -> None:
    """So nobody can have put a link there; and a file's name may be as long as names can be."""
    file = tmp_path / ("r" * 255)
    with whole_file(file) as one, whole_file(file) as other:
        assert one != other
        assert str(os.getpid()) not in one.name.split("-")
        assert mode(one) & 0o077 == mode(other) & 0o077
    assert file.exists()


def test_a_link_in_a_circle_is_named(tmp_path: Path) -> None:
    """It leads nowhere."""
    link = tmp_path / "round"
    link.symlink_to(link)
    with pytest.raises(PortError, match="could not be written"):
        write(link, "words")
