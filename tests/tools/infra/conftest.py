"""A server with the doors of infra."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.doors import Doors, open_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    """A server with nobody in it."""
    async with open_doors(tmp_path) as opened:
        yield opened
