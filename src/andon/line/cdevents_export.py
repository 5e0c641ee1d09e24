"""Reads the ledger as CDEvents, a piece at a time."""

from __future__ import annotations

from typing import Any

from andon.engine.codec import Codec
from andon.ledger.ledger import Ledger
from andon.line.cdevents import Exporter
from andon.standards.cdevents_out import print_cloudevent

MOST = 1000  #: events in one piece


class CDEvents:
    """The whole ledger, for other tools to read."""

    def __init__(self, ledger: Ledger, codec: Codec, url: str) -> None:
        self._ledger = ledger
        self._codec = codec
        self._exporter = Exporter(url)

    async def after(self, position: int, limit: int = MOST) -> tuple[tuple[dict[str, Any], ...], int]:
        """Events after a position of the ledger, as CloudEvents, and the position of the last one."""
        entries = await self._ledger.read(after=position, limit=limit)
        told = tuple(print_cloudevent(self._exporter.export(self._codec.decode(entry))) for entry in entries)
        return told, entries[-1].position if entries else position
