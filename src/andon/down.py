"""`andon down`: stops the server of a folder and everything it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from andon.config import ServerConfig, server_config
from andon.console.session import Session
from andon.wiring.ending import end_everything
from andon.wiring.occupancy import end_occupant, unoccupied

Here = Annotated[Session, Parameter(parse=False)]


def down(folder: Path | None = None, *, session: Here) -> None:
    """Stop the server of a folder, its services, their routers and its tasks.

    `andon up` on the same folder starts the services again. (Ctrl-C in `andon up` stops the server only.)

    Parameters
    ----------
    folder:
        The folder of the server. Without one: ANDON_DATA, else ~/.local/share/andon.
    """
    config = server_config(data=folder)
    stopped = asyncio.run(_down(config)) if config.data.is_dir() else ()
    session.show({"folder": str(config.data), "stopped": stopped}, lambda said: _in_words(said, session))


async def _down(config: ServerConfig) -> tuple[str, ...]:
    found = await end_occupant(config.data)
    with unoccupied(config.data):
        ended = await end_everything(config)
    return (f"server (process {found.pid})", *ended) if found else ended


def _in_words(said: dict[str, Any], session: Session) -> str:
    if not said["stopped"]:
        return f"nothing of {said['folder']} is running"
    return "\n".join(f"{session.paint.lamp('success')} stopped  {what}" for what in said["stopped"])
