"""Which tools a server runs: those that it is told, with what they need."""

from __future__ import annotations

from collections.abc import Iterable

from andon.kernel.errors import Invalid, Problem
from andon.standards.shapes import did_you_mean
from andon.tool import Tool
from andon.wiring.tools import TOOLS

#: what every server has: the line, and who may do what
ALWAYS = ("line", "access")


def chosen(names: Iterable[str]) -> tuple[Tool, ...]:
    """The tools of these names with all that they need; all tools when there are no names. Errors: Invalid."""
    known = {tool.name: tool for tool in TOOLS}
    left, wanted = [*names], {*ALWAYS}
    if not left:
        return TOOLS
    while left:
        name = left.pop()
        if name not in known:
            remedy = did_you_mean(name, known) or f"There are: {', '.join(known)}."
            raise Invalid(Problem(where="tools", message=f'there is no tool "{name}".', remedy=remedy))
        left += [need for need in known[name].needs if need not in wanted]
        wanted.add(name)
    return tuple(tool for tool in TOOLS if tool.name in wanted)
