"""Why the line refuses what its rules do not judge, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "busy": "Two answers to one question at the same moment would be two truths; the desk takes one at a time.",
    "engine-health": "Rules that judge by facts which stand still would let anything through.",
    "inputs-match-files": (
        "A pattern that matches nothing means a file that was moved or misspelt: its task would never run again "
        "when it changes."
    ),
    "line-file": "A line that cannot be read is a line that nobody can deliver on.",
    "protected": (
        "What decides how everything else is delivered is looked at by a second person. Source: SLSA v1.2, Source "
        "track, level 4."
    ),
}
