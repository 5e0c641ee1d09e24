"""The page of storage."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency

from andon.kernel.sizes import print_size
from andon.machine.disk import Reserve
from andon.tools.storage.api import storage_shown
from andon.tools.storage.showing import StorageShown
from andon.tools.storage.sweeping import Sweeper
from andon.web.pages import Asked, Pages


@get("/storage", include_in_schema=False, opt={"permission": "promote"})
async def storage_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    sweeper: NamedDependency[Sweeper],
    reserve: NamedDependency[Reserve],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What is kept, and what goes next."""
    storage = await storage_shown(sweeper, reserve, now)
    is_low = storage.free_bytes < storage.reserve_bytes
    return pages.show(
        "storage/storage.html",
        asked,
        live=("storage/",),
        storage=storage,
        colour="red" if is_low else "green",
        sentence=sentence(storage),
        going=sum(bool(one.why) for one in storage.next),
    )


def sentence(storage: StorageShown) -> str:
    """What matters most, in one sentence."""
    free, reserve = print_size(storage.free_bytes), print_size(storage.reserve_bytes)
    if storage.free_bytes < storage.reserve_bytes:
        return f"The disk is nearly full: {free} are free, {reserve} are reserved. No task starts, nothing is pushed."
    return f"{free} of disk are free; {print_size(storage.size_bytes)} are kept that may be deleted one day."


HANDLERS = (storage_page,)
