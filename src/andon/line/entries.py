"""Entries of the ledger as people ask for them: of a stream, of a type, of a change; a name that has none is told."""

from __future__ import annotations

import msgspec

from andon.engine.codec import Codec
from andon.kernel.envelope import Entry
from andon.kernel.ids import ChainId, StreamId
from andon.ledger.ledger import Ledger
from andon.standards.known import known_name

NEWEST = 1000  #: entries whose names are suggested


class Chosen(msgspec.Struct, frozen=True):
    """What the reader of the ledger asked for."""

    stream: str = ""
    #: a type, or how types begin: "delivery."
    type: str = ""
    chain: str = ""

    @property
    def any(self) -> bool:
        """Is anything left out?"""
        return bool(self.stream or self.type or self.chain)


class Entries:
    """The ledger, asked by people and programs."""

    def __init__(self, ledger: Ledger, codec: Codec) -> None:
        self._ledger = ledger
        self._types = codec.types

    async def read(
        self, chosen: Chosen, *, limit: int, after: int = 0, before: int | None = None, newest_first: bool = False
    ) -> tuple[Entry, ...]:
        """Entries of what was chosen. Errors: NotFound when there is nothing of that name."""
        found = await self._ledger.read(
            after=after,
            before=before,
            limit=limit,
            stream=StreamId(chosen.stream) if chosen.stream else None,
            chain=ChainId(chosen.chain) if chosen.chain else None,
            type_prefix=chosen.type,
            newest_first=newest_first,
        )
        if not found and chosen.any:
            await self._require(chosen)
        return found

    async def _require(self, chosen: Chosen) -> None:
        """Each name has an entry, or might have one: a type of which nothing happened yet is one nevertheless."""
        newest = await self._ledger.read(limit=NEWEST, newest_first=True)
        if chosen.stream and not await self._ledger.read(limit=1, stream=StreamId(chosen.stream)):
            known_name(chosen.stream, dict.fromkeys(one.stream for one in newest), "stream")
        if chosen.chain and not await self._ledger.read(limit=1, chain=ChainId(chosen.chain)):
            known_name(chosen.chain, dict.fromkeys(one.chain for one in newest if one.chain), "change")
        if not any(one.startswith(chosen.type) for one in self._types):
            known_name(chosen.type, self._types, "type of entry")
