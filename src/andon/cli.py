"""The `andon` command: a table of the tools' commands, each imported only when it is used."""

from __future__ import annotations

import inspect
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    Group,
    MissingArgumentError,
    Parameter,
    UnknownCommandError,
    UnusedCliTokensError,
)

from andon.config import DEFAULT_URL, ClientConfig, client_config
from andon.console.failures import WRONG_USE, exit_code, failure_of, show_failure
from andon.console.help_page import HelpPage
from andon.console.old_spellings import renewed
from andon.console.paint import Paint
from andon.console.session import Session
from andon.console.terminal import terminal_of
from andon.kernel.errors import AndonError
from andon.tool import OPERATE, PLACES, Command
from andon.wiring.tools import TOOLS

if TYPE_CHECKING:
    from andon.console.credentials import Credentials

_INTERRUPTED = 130  #: as shells count SIGINT


_ABOUT = "Software delivery on one line: from git push to production, and back to the next commit."
_SAID_EVERYWHERE = """\
With every command: --json prints JSON for programs; --url names the server (else ANDON_URL, \
else the server started or signed in to last, else {url}).
Ends with 0: done, 1: failed, 2: refused, 64: wrong use."""

#: of the server itself, which is no tool
_SERVER = (
    Command("up", "up:up", "Start the server.", OPERATE),
    Command("down", "down:down", "Stop a server and everything it runs.", OPERATE),
)
#: every command with the whole name of what it runs
COMMANDS: dict[str, Command] = {
    command.name: replace(command, target=f"{package}.{command.target}")
    for package, commands in (("andon", _SERVER), *((tool.package, tool.commands) for tool in TOOLS))
    for command in commands
}
#: what commands ask for by the name of a parameter, and who makes it when it is asked for
_GIVEN = {
    "workshop": "andon.wiring.here:local_workshop",
    "commits": "andon.wiring.commits:commits",
    "table_files": "andon.wiring.exporting:table_files",
}


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code: 0 done, 1 failed, 2 refused, 64 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no ✓ shows ? and goes on
    session = _session(client_config(), "", json=False)
    try:
        return _dispatch(list(arguments))
    except CycloptsError as error:
        session.terminal.note(f"{Paint(session.terminal.err_colour).bad('✗')} {_wrong_use(error)}")
        return WRONG_USE
    except KeyboardInterrupt:
        session.terminal.note("stopped.")
        return _INTERRUPTED
    except BrokenPipeError:
        # whoever read has enough; nothing is left to say, not even at the interpreter's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    """Finds the command that is meant and runs it."""
    said, rest = read_everywhere(arguments)
    rest, hints = renewed(rest)
    session = _session(client_config(), said.url, json=said.json)
    for hint in (*hints, *client_config().warnings):
        session.terminal.note(hint)
    function, bound, ignored = _app().parse_args(rest or ["--help"], exit_on_error=False, print_error=False)
    if "session" in ignored:
        bound.arguments["session"] = session
    for name in _GIVEN.keys() & ignored.keys():
        module, _, attribute = _GIVEN[name].partition(":")
        bound.arguments[name] = getattr(import_module(module), attribute)(client_config())
    return _call(function, bound, session)


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


def _wrong_use(error: CycloptsError) -> str:
    """What was wrong with the command line, and where to read on."""
    here = " ".join(("andon", *(error.command_chain or ())))
    return f"{_no_command(error, here) or _in_our_words(error)}\n  See: {here} --help"


def _no_command(error: CycloptsError, here: str) -> str:
    """That a word stands where only a command can, and which may be meant; "" when something else is wrong."""
    from andon.standards.known import meant
    from andon.standards.shapes import nearest, quoted

    if not isinstance(error, UnknownCommandError | UnusedCliTokensError) or not error.unused_tokens:
        return ""
    word, below = error.unused_tokens[0], _commands_below(error.command_chain or ())
    if not below or word.startswith("-"):
        return ""
    far = "" if nearest(word, below) else nearest(word, COMMANDS)
    hint = f"Did you mean {quoted(f'andon {far}')}?" if far else meant(word, below, "command")
    return f"There is no command {quoted(f'{here} {word}')}. {hint}"


def _commands_below(chain: Sequence[str]) -> list[str]:
    """The commands where the wrong word stands; none below one that does something itself."""
    app = _app()
    for word in chain:
        app = app[word]
    return [name for name in app if not name.startswith("-")]


def _in_our_words(error: CycloptsError) -> str:
    """The parser's own sentences name its parts; ours name what the person typed, or did not."""
    from andon.standards.shapes import quoted

    match error:
        case UnusedCliTokensError() if error.unused_tokens:
            return f"There is no use for {quoted(error.unused_tokens[0])} here."
        case MissingArgumentError() if type(error) is MissingArgumentError and error.argument:
            name = error.argument.name
            if error.keyword or error.argument.field_info.is_keyword_only:
                return f"{name} needs a value."
            return f"{name.lstrip('-').upper()} is missing."
        case CoercionError() if error.target_type is int and error.token and error.argument:
            name = error.token.keyword or error.argument.name.lstrip("-").upper()
            return f"{name} is a whole number, not {quoted(error.token.value)}."
    return str(error)


def _call(function: Any, bound: inspect.BoundArguments, session: Session) -> int:
    """Runs the command, and says its failure."""
    try:
        result = function(*bound.args, **bound.kwargs)
        if inspect.iscoroutine(result):
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


def _version() -> str:
    from importlib.metadata import version

    return f"andon {version('andon')}"


def _default_in_words(value: object) -> str | None:
    """What a parameter is when it is not given; nothing for those that are then simply off or empty."""
    if not value:
        return None
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _app() -> App:
    """The commands as the parser knows them; none is imported yet."""
    app = App(
        name="andon",
        version=_version,
        help=_ABOUT,
        help_epilogue=_SAID_EVERYWHERE.format(url=DEFAULT_URL),
        help_format="plaintext",
        help_formatter=HelpPage(),
        default_parameter=Parameter(negative="", show_default=_default_in_words),
    )
    app["--help"].group = app["--version"].group = Group("Help", sort_key=9)
    groups = {name: Group(name, sort_key=number) for number, name in enumerate(PLACES)}
    for number, (name, command) in enumerate(COMMANDS.items()):
        shown = {"group": groups[command.place], "sort_key": number} if command.place else {"show": False}
        app.command(command.target, name=name, help=command.says, **shown)
    return app
