"""Reads the ledger as CDEvents, a piece at a time."""

from __future__ import annotations

from typing import Any

from andon.engine.codec import Codec
from andon.ledger.ledger import Ledger
from andon.line.cdevents import Exporter
from andon.standards.cdevents_out import print_cloudevent

MOST = 1000  #: events in one answer
PIECE = 50  #: entries that are read at once; one that holds many facts is large
ENOUGH_BYTES = 4 * 1024 * 1024  #: of entries; an answer that has so many ends early


class CDEvents:
    """The whole ledger, for other tools to read."""

    def __init__(self, ledger: Ledger, codec: Codec, url: str) -> None:
        self._ledger = ledger
        self._codec = codec
        self._exporter = Exporter(url)

    async def after(self, position: int, limit: int = MOST) -> tuple[list[dict[str, Any]], int]:
        """Events after a position of the ledger, as CloudEvents, and the position of the last one.

        There may be fewer than were asked for; there are none only where the ledger ends. The events of one entry
        stay together, so the last entry may bring more.
        """
        told: list[dict[str, Any]] = []
        size = 0
        while len(told) < limit and size < ENOUGH_BYTES:
            entries = await self._ledger.read(after=position, limit=min(PIECE, limit - len(told)))
            if not entries:
                break
            for entry in entries:
                told += [print_cloudevent(each) for each in self._exporter.export_all(self._codec.decode(entry))]
                size += len(entry.data)
                position = entry.position
                if len(told) >= limit:
                    break
        return told, position
