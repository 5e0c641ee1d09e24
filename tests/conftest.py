"""What every test shares."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# a busy machine is no failure of the model
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"
