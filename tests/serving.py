"""An ASGI application on a real loopback socket, while a test runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn

from andon.testing.waiting import until
from andon.web.asgi import App


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    """The address of the application."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(cast(Any, app), lifespan="off", log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await until(lambda: server.started, what="the server to listen")
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
