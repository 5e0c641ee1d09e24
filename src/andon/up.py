"""`andon up`: starts the server on a folder and says how to get in."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import structlog
from cyclopts import Parameter

from andon.app import build_app
from andon.config import ServerConfig, server_config
from andon.console.session import Session
from andon.kernel.errors import AndonError, Invalid, PortError
from andon.standards.web_origin import Network
from andon.web.asgi import App
from andon.web.edge import server_of
from andon.wiring.house import House, open_house
from andon.wiring.occupancy import occupied, unusable

Here = Annotated[Session, Parameter(parse=False)]
BACKLOG = 1024
STDERR = 2


def up(
    folder: Path | None = None,
    *,
    port: int | None = None,
    tools: str = "",
    accept_older_ledger: bool = False,
    session: Here,
) -> None:
    """Start the server.

    Parameters
    ----------
    folder:
        Where it keeps everything. Without one: ANDON_DATA, else ~/.local/share/andon.
    port:
        Port to listen on; 0 takes a free one. Without one: ANDON_PORT, else 8600.
    tools:
        Tools that it runs, comma separated, with what they need. Without: ANDON_TOOLS, else all.
    accept_older_ledger:
        Start although the ledger ends before what this folder has seen, because the newer one is lost.
    """
    config = replace(server_config(data=folder), accept_older_ledger=accept_older_ledger)
    if tools:
        config = replace(config, tools=tuple(name.strip() for name in tools.split(",") if name.strip()))
    keep_what_is_open()
    _log_plainly()
    asyncio.run(_serve(config if port is None else replace(config, port=port), session))


def keep_what_is_open() -> None:
    """What whoever starts the server had open is no business of tasks and services."""
    for number in [int(found.name) for found in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):  # the one that listed them is closed by now
            if number > STDERR:
                os.set_inheritable(number, False)  # noqa: FBT003  (it takes no keyword)


async def _serve(config: ServerConfig, session: Session) -> None:
    with occupied(config.data) as here:
        listening = _listen(config)
        config = replace(config, port=listening.getsockname()[1])
        try:
            house, app = await _begun(config)
            here.say(config.url)
        except OSError as error:
            raise unusable(config.data, error) from error
        await _welcome(house, session)
        await _run(app, listening, config.trusted_proxies)


async def _begun(config: ServerConfig) -> tuple[House, App]:
    """The house at work, and its doors.

    Code and history stay: looking for garbage among them would be a good part of the start, and later pauses for all.
    """
    gc.disable()
    try:
        house = await open_house(config)
        app = build_app(house)
        await house.start()
    finally:
        gc.freeze()
        gc.enable()
    return house, app


async def _welcome(house: House, session: Session) -> None:
    """Say where the server is and how to get in; keep the local user's token."""
    url = house.config.url
    welcome = await house.welcome(session.find_token(url))
    _remember(session, url)
    session.say(f"andon is up at {session.paint.accent(url)}   (data in {house.config.data})")
    if house.config.tools:
        session.say(f"  runs {', '.join(tool.name for tool in house.tools)}")
    if welcome is None:
        session.say("  to sign in with a browser:  andon login")
        return
    session.keep_token(url, welcome.token.secret)
    session.say(f"  sign in as {welcome.account}, once:  {session.paint.accent(f'{url}/login/{welcome.link.secret}')}")
    session.say("  then, in a git repository:  andon init")


def _remember(session: Session, url: str) -> None:
    """Later commands here ask this server; a file that cannot be written does not keep the server from starting."""
    try:
        session.remember_server(url)
    except AndonError as error:
        session.terminal.note(f"{error}\n  Name the server with each command instead:  --url {url}")


def _listen(config: ServerConfig) -> socket.socket:
    """The socket, before anything is built: the port may be any, and must be free."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # asyncio turns Nagle's wait off only for sockets that say they are TCP: without it each small answer takes 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((config.host, config.port))
    except OverflowError:
        listening.close()
        raise Invalid(f"{config.port} is no port: expected a number from 0 to 65535.") from None
    except OSError as error:
        listening.close()
        raise PortError(
            f"{config.host}:{config.port} cannot be listened on: {error.strerror}. "
            "Is a server running already? Another port:  andon up --port 8601"
        ) from None
    listening.listen(BACKLOG)
    listening.settimeout(0)  # uvicorn's loop waits, the socket does not
    return listening


async def _run(app: App, listening: socket.socket, trusted: Sequence[Network]) -> None:
    """Serve until SIGINT or SIGTERM."""
    await server_of(app, trusted=trusted).serve(sockets=[listening])


def _log_plainly() -> None:
    """One line an event, without local variables, which may hold secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
