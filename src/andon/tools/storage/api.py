"""The API of storage: what is kept, and what goes next."""

from __future__ import annotations

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency

from andon.machine.disk import Reserve
from andon.tools.storage.showing import Room, StorageShown, shown
from andon.tools.storage.sweeping import Sweeper


@get("/api/v1/storage", opt={"permission": "promote"})
async def storage(
    sweeper: NamedDependency[Sweeper],
    reserve: NamedDependency[Reserve],
    now: NamedDependency[datetime],
) -> StorageShown:
    """What is kept, by kind, and what would be deleted next and when."""
    return await storage_shown(sweeper, reserve, now)


async def storage_shown(sweeper: Sweeper, reserve: Reserve, now: datetime) -> StorageShown:
    """The storage as it is now."""
    room = Room(free_bytes=reserve.free_bytes(), reserve_bytes=reserve.kept_bytes)
    return shown(await sweeper.kept(), sweeper.policy, room, now)


HANDLERS = (storage,)
