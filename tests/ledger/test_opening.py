"""Opening: which URLs, which files, which versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, PortError
from andon.ledger.opening import open_ledger


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["ledger.db", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x", ""])
async def test_other_urls_are_invalid(url: str) -> None:
    """What is no ledger's URL is refused with what was expected."""
    with pytest.raises(Invalid, match="sqlite:///path"):
        await open_ledger(url)


@pytest.mark.anyio
async def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    """A file of another kind is not touched."""
    (tmp_path / "notes.txt").write_text("not a database\n" * 100)
    with pytest.raises(PortError, match=r"notes\.txt .*not a database.* Restore it from a backup, or move it away"):
        await open_ledger(f"sqlite:///{tmp_path}/notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "not a database\n" * 100


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A path through a file cannot be a ledger."""
    (tmp_path / "file").touch()
    with pytest.raises(PortError, match="cannot be opened"):
        await open_ledger(f"sqlite:///{tmp_path}/file/ledger.db")


@pytest.mark.anyio
async def test_an_absent_server_is_said() -> None:
    """A PostgreSQL server that does not answer is the world's failure."""
    with pytest.raises(PortError, match="cannot be opened"):
        await open_ledger("postgresql://nobody@127.0.0.1:1/nothing")


def test_sqlite_needs_no_psycopg(tmp_path: Path) -> None:
    """Everything but a postgresql:// URL works without its driver."""
    code = """
import asyncio, sys
sys.modules["psycopg"] = None
from andon.kernel.errors import Invalid
from andon.ledger.opening import open_ledger
async def main():
    await (await open_ledger("sqlite:///" + sys.argv[1])).close()
    try:
        await open_ledger("postgresql://x@/y")
    except Invalid as error:
        print(error)
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, f"{tmp_path}/ledger.db"], capture_output=True, text=True, check=True, timeout=30
    )
    assert "install andon[postgresql]" in done.stdout
