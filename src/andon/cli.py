"""The `andon` command: a table of the tools' commands, each imported only when it is used."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from andon.config import DEFAULT_URL, ClientConfig, client_config
from andon.console.failures import WRONG_USE, WrongUse, exit_code, failure_of, show_failure
from andon.console.old_spellings import with_new_spellings
from andon.console.paint import Paint
from andon.console.session import Session
from andon.console.terminal import terminal_of
from andon.kernel.errors import AndonError
from andon.overview import overview

if TYPE_CHECKING:
    from andon.console.credentials import Credentials

_INTERRUPTED = 130  #: as shells count SIGINT


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code: 0 done, 1 failed, 2 refused, 64 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no ✓ shows ? and goes on
    said, rest = read_everywhere(arguments)
    config = client_config()
    session = _session(config, said.url, json=said.json)
    try:
        return _run(rest, session, config)
    except WrongUse as error:
        session.terminal.note(f"{Paint(session.terminal.err_colour).bad('✗')} {error}")
        return WRONG_USE
    except KeyboardInterrupt:
        session.terminal.note("stopped.")
        return _INTERRUPTED
    except BrokenPipeError:
        # whoever read has enough; nothing is left to say, not even at the interpreter's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(given: list[str], session: Session, config: ClientConfig) -> int:
    """Finds the command that is meant and runs it."""
    arguments, hints = with_new_spellings(given)
    for hint in (*hints, *config.warnings):
        session.terminal.note(hint)
    if arguments in ([], ["--help"], ["-h"]):
        session.terminal.print(overview(session.terminal))
        return 0
    from andon.command_line import parse

    return _call(parse(arguments, session, config), session)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What may be said to every command."""

    json: bool = False
    url: str = ""


def read_everywhere(arguments: Sequence[str]) -> tuple[Everywhere, list[str]]:
    """What is said to every command, wherever it stands, and the rest, which is for the one that is meant.

    (Read here and not by a second parser around the first: that costs every command a tenth of its time.)
    """
    said, rest = Everywhere(), []
    left = list(arguments)
    while left and left[0] != "--":
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if word == "--json":
            said = replace(said, json=True)
        elif name == "--url" and (equals or left):
            said = replace(said, url=value if equals else left.pop(0))
        else:
            rest.append(word)
    return said, rest + left


def _call(command: Callable[[], Any], session: Session) -> int:
    """Runs the command, and says its failure."""
    try:
        result = command()
        if isinstance(result, Coroutine):
            import asyncio

            result = asyncio.run(result)
    except BrokenPipeError:
        raise
    except (AndonError, OSError, UnicodeError) as error:
        failure = error if isinstance(error, AndonError) else failure_of(error)
        show_failure(session, failure)
        return exit_code(failure)
    return result if isinstance(result, int) else 0


def _session(config: ClientConfig, said: str, *, json: bool) -> Session:
    known = said or config.url or _kept_server(config)
    url = (known or DEFAULT_URL).rstrip("/")
    return Session(
        url=url,
        is_known=bool(known),
        # a token from the environment is meant for the server that this command talks to, and for no other
        find_token=lambda server: (config.token if server == url else "") or _credentials(config).token(server),
        keep_token=lambda server, token: _credentials(config).keep(server, token),
        remember_server=lambda server: _credentials(config).remember(server),
        json=json,
        terminal=terminal_of(sys.stdout, sys.stderr, no_color=config.no_color),
    )


def _credentials(config: ClientConfig) -> Credentials:
    from andon.console.credentials import Credentials

    return Credentials(config.credentials_file)


def _kept_server(config: ClientConfig) -> str:
    """The server used last; a damaged file is said by whatever needs a token out of it."""
    try:
        return _credentials(config).server()
    except AndonError:
        return ""
