"""A server that is going to be killed: keeps promoting and restarting as fast as it can, on the folder it is given."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from andon.kernel.ids import Digest

from .site import Site


async def main(data: Path) -> None:
    """Promote one version after another, beginning after those that were asked for before."""
    site = Site(data=data)
    site.find_images()
    digests = sorted(site.images)
    async with site.engine() as engine:
        print("started", flush=True)  # noqa: T201  (whoever kills it waits for this)
        while True:
            state = await site.state(engine)
            number = state.count + 1
            digest = Digest(digests[number // 2 % len(digests)])
            if state.current is None and state.queued is None:
                live = state.verified.request if state.verified else None
                if live and number % 2 == 0:
                    await site.promote(engine, live.digest, live.version, restart=True)
                else:
                    await site.promote(engine, digest, f"1.{number}")
                print("asked", flush=True)  # noqa: T201
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
