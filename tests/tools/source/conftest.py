"""A running git server, and a working copy that has it as its remote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .client import Copy, working_copy
from .house import House, house


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[House]:
    """A git server on an empty folder."""
    root = tmp_path / "data"
    root.mkdir()
    async with house(root) as running:
        yield running


@pytest.fixture
async def copy(server: House, tmp_path: Path) -> Copy:
    """A working copy of the repository shop, which the server does not have yet."""
    return await working_copy(tmp_path / "copy", server.remote())
