"""One command line, read by cyclopts: which command is meant, with which values, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

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

from andon.command_table import ABOUT, COMMANDS, FOR_EVERY_COMMAND
from andon.config import ClientConfig
from andon.console.failures import WrongUse
from andon.console.help_page import HelpPage
from andon.console.session import Session
from andon.standards.known import meant
from andon.standards.shapes import nearest, quoted
from andon.tool import PLACES

#: what commands ask for by the name of a parameter, and who makes it when it is asked for
_GIVEN = {
    "workshop": "andon.wiring.here:local_workshop",
    "commits": "andon.wiring.commits:commits",
    "table_files": "andon.wiring.exporting:table_files",
}


def parse(arguments: Sequence[str], session: Session, config: ClientConfig) -> Callable[[], Any]:
    """What the command line asks for, ready to be called. Errors: WrongUse."""
    try:
        function, bound, ignored = _app().parse_args(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise WrongUse(_wrong_use(error)) from None
    if "session" in ignored:
        bound.arguments["session"] = session
    for name in _GIVEN.keys() & ignored.keys():
        module, _, attribute = _GIVEN[name].partition(":")
        bound.arguments[name] = getattr(import_module(module), attribute)(config)
    return partial(function, *bound.args, **bound.kwargs)


def _wrong_use(error: CycloptsError) -> str:
    """What was wrong with the command line, and where to read on."""
    here = " ".join(("andon", *(error.command_chain or ())))
    return f"{_no_command(error, here) or _in_our_words(error)}\n  See: {here} --help"


def _no_command(error: CycloptsError, here: str) -> str:
    """That a word stands where only a command can, and which may be meant; "" when something else is wrong."""
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
        help=ABOUT,
        help_epilogue=FOR_EVERY_COMMAND,
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
