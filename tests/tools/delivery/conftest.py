"""A site that is cleared away after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .site import Site


@pytest.fixture
async def site(tmp_path: Path, sandbox: None) -> AsyncIterator[Site]:
    made = Site(data=tmp_path)
    try:
        yield made
    finally:
        await made.close()
