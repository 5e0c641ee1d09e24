"""What a server keeps beside its ledger, from one start to the next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from andon.engine.codec import Codec
from andon.kernel.ids import RunNumber
from andon.ledger.heads import HeadFile
from andon.ledger.high_water import HighWaterFile
from andon.ledger.proof import LedgerProver
from andon.tools.access.views import Accounts
from andon.web.gate import sha256_of
from andon.wiring.ledger_watch import LedgerWatch
from tests.doors import START, Doors, SetClock, open_doors
from tests.ledger.test_heads import Key

pytestmark = pytest.mark.anyio


def watch_of(doors: Doors, accounts: Accounts, clock: SetClock) -> LedgerWatch:
    """The watch of a server over this ledger."""
    folder, ledger = doors.folder, doors.engine._ledger
    return LedgerWatch(
        prover=LedgerProver(ledger=ledger, heads=HeadFile(folder / "heads"), signer=Key(), now=clock.now),
        kept=HighWaterFile(folder / "ledger.seen"),
        codec=Codec(()),
        reached=lambda: (doors.engine.views.position, RunNumber(0)),
        latest=accounts.latest,
    )


async def test_a_link_does_not_revive_when_the_clock_is_set_back_over_a_restart(tmp_path: Path) -> None:
    """It was never used, and nothing happened after it: only the time that passed is known of it."""
    async with open_doors(tmp_path) as doors:
        ada = await doors.account("ada", "admin")
        link = await doors.keys.login_link(ada, actor=ada)  # type: ignore[arg-type]  # an account is an actor
        watch = watch_of(doors, doors.accounts, doors.clock)
        watch.begin()
        doors.clock.forward(timedelta(days=1))
        await watch.stop()
        doors.clock.time = START
        for kept, is_good in ((False, True), (True, False)):
            accounts = Accounts()
            for happened in doors.seen.happened:
                accounts.apply(happened)
            if kept:
                await watch_of(doors, accounts, doors.clock).check(accept_older=False)
            assert (accounts.of_link(sha256_of(link.secret), START) == ada) == is_good
