"""The house with one tool more: its command, page, call, events and row in the reference, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import andon.wiring.tools as listed
from andon.testing.waiting import until
from tests.wiring.toy.tool import TOOL
from tests.wiring.toy.views import Bells

listed.TOOLS = (*listed.TOOLS, TOOL)  # this is the one line


async def main(folder: Path) -> None:
    """Ring by the command, then look at the page and into the ledger."""
    import httpx2

    from andon.app import build_app
    from andon.cli import run
    from andon.config import ServerConfig
    from andon.testing.serving import serving
    from andon.wiring.house import open_house

    house = await open_house(ServerConfig(data=folder / "data", port=0, search_path=os.environ["PATH"]))
    app = build_app(house)
    await house.start()
    welcome = await house.welcome("")
    assert welcome is not None
    try:
        async with serving(app) as base, httpx2.AsyncClient(base_url=base, timeout=20) as http:
            os.environ.update(ANDON_URL=base, ANDON_TOKEN=welcome.token.secret, HOME=str(folder))
            assert await asyncio.to_thread(run, ["bells"]) == 0
            await until(lambda: house.views[Bells].echoes == 1, what="the echo")
            headers = {"Authorization": f"Bearer {welcome.token.secret}"}
            for path in ("/bells", "/api/v1/ledger?newest_first=true"):
                print((await http.get(path, headers=headers)).text)  # noqa: T201
            house.live.close()
    finally:
        await house.stop()
    run(["--help"])


asyncio.run(main(Path(sys.argv[1])))
