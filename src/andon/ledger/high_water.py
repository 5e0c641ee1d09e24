"""How far this data folder has seen the ledger go: what notices a ledger that is older than the world it runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from andon.kernel.errors import PortError
from andon.ledger.ledger import EMPTY, Ledger, LedgerHead

HIGH_WATER_FILE = "ledger.seen"  #: in the data folder


class HighWater(msgspec.Struct, frozen=True, kw_only=True):
    """The furthest point that was seen."""

    position: int = EMPTY.position
    #: of the entry at that position
    hash: str = EMPTY.hash
    #: the highest number that a run has had
    last_run: int = 0
    #: the latest time that the server has known, in the ledger or by its clock; None from an earlier version
    latest: datetime | None = None

    @property
    def head(self) -> LedgerHead:
        return LedgerHead(position=self.position, hash=self.hash)


class HighWaterFile:
    """Keeps it; not on the disk at once, so that a crash of the machine may lose the last seconds."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> HighWater:
        """What was seen; nothing when there is no file, or none that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=HighWater)
        except (FileNotFoundError, msgspec.MsgspecError):
            return HighWater()

    def write(self, seen: HighWater) -> None:
        """Replace what was kept. Errors: OSError."""
        draft = self._path.with_suffix(".making")
        draft.write_bytes(msgspec.json.encode(seen))
        draft.replace(self._path)


async def difference(ledger: Ledger, seen: HighWater) -> str:
    """How the ledger is not the one that was seen; "" when it is that one, or goes on from it."""
    head = await ledger.head()
    if head.position < seen.position:
        return f"this ledger ends at entry {head.position:,}, and this data folder has seen entry {seen.position:,}."
    entries = await ledger.read(after=seen.position - 1, limit=1) if seen.position else ()
    if entries and entries[0].hash != seen.hash:
        return f"entry {seen.position:,} of this ledger is not the one that this data folder has seen."
    return ""


def older_ledger(words: str) -> PortError:
    """What a server says that does not start on it."""
    return PortError(
        f"The server was not started: {words} Nothing was stopped; services and their routers go on.\n"
        "  Put the newer ledger back (the newest backup that verifies:  andon ledger verify --file FILE).\n"
        "  When it is lost, go on with this one:  andon up --accept-older-ledger\n"
        "  Then what runs and is not in this ledger is stopped, and no run number is given a second time.",
        permanent=True,
    )
