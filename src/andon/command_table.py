"""Every command of `andon`, gathered from the tools; none is imported by it."""

from __future__ import annotations

from dataclasses import replace

from andon.config import DEFAULT_URL
from andon.tool import OPERATE, Command
from andon.wiring.tools import TOOLS

ABOUT = "Software delivery on one line: from git push to production, and back to the next commit."
FOR_EVERY_COMMAND = f"""\
With every command: --json prints JSON for programs; --url names the server,
else ANDON_URL, else the server started or signed in to last, else {DEFAULT_URL}.
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
