"""The `andon` command: a table of the tools' commands, each imported only when it is used."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Group, Parameter, UnknownCommandError

from andon.config import ClientConfig, client_config
from andon.console.failures import WRONG_USE, exit_code, show_failure
from andon.console.help_page import help_page
from andon.console.session import Session
from andon.console.terminal import terminal_of
from andon.kernel.errors import AndonError
from andon.standards.shapes import did_you_mean, quoted

_INTERRUPTED = 130  #: as shells count SIGINT


@dataclass(frozen=True, slots=True)
class Command:
    """One line of `andon --help`."""

    #: "module:function" or "module:app"
    target: str
    #: one sentence
    says: str
    group: str


_EVERYWHERE = Group("With every command", sort_key=9)
_START, _WATCH, _ACT, _SETTLE = "Begin", "Go and see", "Act", "Settle"

#: what the command has, in the order of the help
COMMANDS: dict[str, Command] = {
    "up": Command("andon.commands:up", "Start the server.", _START),
    "login": Command("andon.tools.access.commands:login", "Sign in here, or make a link for the browser.", _START),
    "init": Command("andon.tools.pipelines.init:init", "Write a first andon.toml and add the git remote.", _START),
    "check": Command("andon.tools.pipelines.check:check", "Say everything that is wrong with a pipeline file.", _START),
    "run": Command("andon.tools.pipelines.commands_run:run", "Run the pipeline here, without a server.", _START),
    "status": Command("andon.line.commands:status", "The line as it is now.", _WATCH),
    "trace": Command("andon.line.commands:trace", "Follow a commit to everywhere it went.", _WATCH),
    "runs": Command("andon.tools.pipelines.commands:runs", "The last runs.", _WATCH),
    "log": Command("andon.tools.pipelines.commands:log", "What a task printed.", _WATCH),
    "artifacts": Command("andon.tools.artifacts.commands:artifacts", "What was published.", _WATCH),
    "line": Command("andon.tools.delivery.commands:line", "Environments and what runs in them.", _WATCH),
    "ledger": Command("andon.line.commands:ledger", "Everything that happened, and the proof of it.", _WATCH),
    "promote": Command("andon.tools.delivery.commands:promote", "Let an artifact into the next environment.", _ACT),
    "rollback": Command("andon.tools.delivery.commands:rollback", "Go back to an artifact that worked.", _ACT),
    "cord": Command("andon.tools.delivery.commands:cord", "Stop the line, or let it go on.", _ACT),
    "account": Command("andon.tools.access.commands:account", "People, machines and their roles.", _SETTLE),
    "token": Command("andon.tools.access.commands:token", "Tokens for people and machines.", _SETTLE),
    "secret": Command("andon.tools.infra.commands:secret", "Secrets of a service in an environment.", _SETTLE),
    "credential": Command("andon.tools.access.commands:credential", "Asked by git for a password.", ""),
}


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code: 0 done, 1 failed, 2 refused, 64 wrong use."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that has no ✓ shows ? and goes on
    sys.stderr.reconfigure(errors="replace")
    session = _session(client_config(), "", json=False)
    try:
        return _dispatch(list(arguments))
    except CycloptsError as error:
        session.terminal.note(f"{session.paint.bad('✗')} {_wrong_use(error)}")
        return WRONG_USE
    except KeyboardInterrupt:
        session.terminal.note("stopped.")
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # type: ignore[assignment]  # whoever read has enough; nothing is left to flush
        return 0


def _dispatch(arguments: list[str]) -> int:
    """Reads what is said to every command, and hands the rest to the one that is meant."""
    app = _app()

    @app.meta.default
    def launch(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        json: Annotated[bool, Parameter(negative="", group=_EVERYWHERE)] = False,
        url: Annotated[str, Parameter(group=_EVERYWHERE)] = "",
    ) -> int:
        """Software delivery on one line: from git push to production, and back to the next commit.

        Parameters
        ----------
        json:
            Print JSON for programs.
        url:
            Address of the server; else ANDON_URL, else http://127.0.0.1:8600.
        """
        session = _session(client_config(), url, json=json)
        function, bound, ignored = app.parse_args(tokens or ["--help"], exit_on_error=False, print_error=False)
        if "session" in ignored:
            bound.arguments["session"] = session
        return _call(function, bound, session)

    result = app.meta(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    return result if isinstance(result, int) else 0


def _wrong_use(error: CycloptsError) -> str:
    """What was wrong with the command line, and where to read on."""
    if isinstance(error, UnknownCommandError) and error.unused_tokens and not error.command_chain:
        word = error.unused_tokens[0]
        return f"There is no command {quoted(word)}. {did_you_mean(word, COMMANDS) or 'See: andon --help'}"
    return f"{error}\n  See: {' '.join(('andon', *(error.command_chain or ()), '--help'))}"


def _call(function: Any, bound: inspect.BoundArguments, session: Session) -> int:
    """Runs the command, and says its failure."""
    try:
        result = function(*bound.args, **bound.kwargs)
        if inspect.iscoroutine(result):
            import asyncio

            result = asyncio.run(result)
    except AndonError as error:
        show_failure(session, error)
        return exit_code(error)
    return result if isinstance(result, int) else 0


def _session(config: ClientConfig, url: str, *, json: bool) -> Session:
    return Session(
        url=(url or config.url).rstrip("/"),
        find_token=lambda server: config.token or _kept_token(config, server),
        json=json,
        terminal=terminal_of(sys.stdout, sys.stderr, no_color=config.no_color),
    )


def _kept_token(config: ClientConfig, server: str) -> str:
    from andon.console.credentials import Credentials

    return Credentials(config.credentials_file).token(server)


def _version() -> str:
    from importlib.metadata import version

    return f"andon {version('andon')}"


def _app() -> App:
    """The commands as the parser knows them; none is imported yet."""
    app = App(
        name="andon",
        version=_version,
        help_format="plaintext",
        help_formatter=help_page,
        default_parameter=Parameter(negative="", show_default=lambda value: value or None),
    )
    app["--help"].group = app["--version"].group = _EVERYWHERE
    groups = {name: Group(name, sort_key=place) for place, name in enumerate((_START, _WATCH, _ACT, _SETTLE))}
    for place, (name, command) in enumerate(COMMANDS.items()):
        shown = {"group": groups[command.group], "sort_key": place} if command.group else {"show": False}
        app.command(command.target, name=name, help=command.says, **shown)
    return app
