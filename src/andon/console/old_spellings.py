"""Options that had another name: still accepted, with a hint that names the new one."""

from __future__ import annotations

from collections.abc import Sequence

#: (command, or command and the one below it, old option) -> new option
RENAMED: dict[tuple[str, str], str] = {
    ("promote", "--to"): "--env",
    ("rollback", "--to"): "--version",
    ("rollback", "--environment"): "--env",
    ("measure", "--environment"): "--env",
    ("availability", "--environment"): "--env",
    ("secret list", "--environment"): "--env",
    ("runs", "again"): "rerun",
    ("log", "--last"): "--limit",
    ("ledger", "--last"): "--limit",
}


def with_new_spellings(arguments: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The command line with today's options, and a hint for each old one."""
    if not arguments:
        return [], ()
    command, words = arguments[0], [arguments[0]]
    hints: list[str] = []
    for at, word in enumerate(arguments[1:], start=1):
        if word == "--":
            return [*words, *arguments[at:]], tuple(hints)
        option, equals, value = word.partition("=")
        # a word without dashes is a command only where one stands
        new = RENAMED.get((command, option)) or RENAMED.get((f"{command} {arguments[1]}", option))
        new = new if at == 1 or option.startswith("-") else None
        if new is not None:
            hints.append(f"{option} is now {new}.")
        words.append(f"{new or option}{equals}{value}")
    return words, tuple(hints)
