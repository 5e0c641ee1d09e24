"""Both ledgers do what every ledger must do."""

from __future__ import annotations

import pytest

from andon.testing.ledger_suite import LEDGER_SUITE, Behaviour, Opened


@pytest.mark.anyio
@pytest.mark.parametrize("behaviour", LEDGER_SUITE, ids=lambda behaviour: behaviour.__name__)
async def test_every_ledger(behaviour: Behaviour, opened: Opened) -> None:
    """Each behaviour of the shipped suite, in each kind of store."""
    await behaviour(opened)
