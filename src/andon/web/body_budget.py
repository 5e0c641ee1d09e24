"""Bodies that strangers send: read before anybody has proven who they are, so all of them together have a size."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException

from andon.kernel.errors import PortError
from andon.web.asgi import Scope, address_of
from andon.web.errors import Busy

_MIB = 1024 * 1024
BUSY_FOR_S = 5  #: after which it is worth trying again


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBodies:
    """How much is held in memory, and for how long it may come."""

    #: of all bodies that are being read or worked on
    total_bytes: int = 128 * _MIB
    #: of those from one address, so that one cannot keep the others out
    each_bytes: int = 64 * _MIB
    #: for one body, from its first byte to its last
    within_s: float = 60


class BodyBudget:
    """Counts what has come, not what was announced: who announces much and sends nothing holds nothing."""

    def __init__(self, held: HeldBodies = HeldBodies()) -> None:
        self._held = held
        #: address -> bytes in memory
        self._now: Counter[str] = Counter()

    @property
    def held_bytes(self) -> int:
        """Of every address."""
        return self._now.total()

    @asynccontextmanager
    async def body(self, request: Request[Any, Any, State]) -> AsyncIterator[bytes]:
        """The body; it counts until it is let go. Errors: Busy, PortError, HTTPException (too large, too slow)."""
        address = address_of(cast(Scope, request.scope))
        read = BytesIO()  # one piece of memory, which goes back to the system as one
        try:
            await self._read(request, address, read)
            yield read.getvalue()
        finally:
            self._now[address] -= read.tell()
            if self._now[address] <= 0:
                del self._now[address]

    async def _read(self, request: Request[Any, Any, State], address: str, into: BytesIO) -> None:
        try:
            async with asyncio.timeout(self._held.within_s):
                async for chunk in request.stream():
                    self._take(address, len(chunk))
                    into.write(chunk)
        except TimeoutError:
            raise HTTPException(status_code=408, detail="The body came too slowly. Send it again.") from None
        except InternalServerException:  # how the framework says that whoever sent it has gone
            raise PortError("The other end went away before all was sent.") from None

    def _take(self, address: str, size: int) -> None:
        """Errors: Busy."""
        if self._now[address] + size > self._held.each_bytes or self.held_bytes + size > self._held.total_bytes:
            raise Busy(BUSY_FOR_S)
        self._now[address] += size
