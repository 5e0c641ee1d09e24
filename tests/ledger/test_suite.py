"""All ledgers do what every ledger must do."""

from __future__ import annotations

import pytest

from andon.ledger.ledger import Ledger
from andon.ledger.memory import Memory, MemoryLedger
from andon.testing.ledger_suite import LEDGER_SUITE, Behaviour, Opened


@pytest.mark.anyio
@pytest.mark.parametrize("behaviour", LEDGER_SUITE, ids=lambda behaviour: behaviour.__name__)
async def test_every_ledger(behaviour: Behaviour, opened: Opened) -> None:
    """Each behaviour of the shipped suite, in each kind of store."""
    await behaviour(opened)


@pytest.mark.anyio
@pytest.mark.parametrize("behaviour", LEDGER_SUITE, ids=lambda behaviour: behaviour.__name__)
async def test_the_ledger_in_memory(behaviour: Behaviour) -> None:
    """The same of the one that is stored nowhere."""
    memory = Memory()

    async def opened() -> Ledger:
        return MemoryLedger(memory)

    await behaviour(opened)
