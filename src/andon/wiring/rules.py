"""Every rule that can say no, by its name in refusals: those of the line, and those of each tool."""

from __future__ import annotations

from andon.kernel.refusal import KnownRule
from andon.line.rules import RULES
from andon.wiring.tools import TOOLS


def known_rules() -> tuple[KnownRule, ...]:
    """All of them, by their names."""
    judged = (KnownRule(id=rule.id, why=rule.why, of="line") for rule in RULES)
    own = (
        KnownRule(id=rule, why=why, of=tool.name)
        for tool in TOOLS
        if tool.refusals
        for rule, why in tool.load(tool.refusals).items()
    )
    return tuple(sorted((*judged, *own), key=lambda rule: rule.id))
