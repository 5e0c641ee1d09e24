"""Why source refuses what it refuses, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "branches-and-tags-only": "Other refs are read by nobody: what stands there is neither built nor shown.",
    "file-size": "Git keeps every version of every file for ever; a large file slows down every clone from then on.",
    "one-trunk": (
        "Changes that are integrated into one trunk are found to fit, or not, while they are small. Source: DORA, "
        "Trunk-based development."
    ),
    "push-judged": "What could not be judged is not let in.",
    "push-limits": "One push must not keep the server from everybody else.",
    "readable-names": "A name that git, a terminal or a page reads as something else is mistaken for it.",
    "repository-archived": "An archived repository is read, and changed by nobody, until an admin opens it.",
    "repository-deleted": "The ledger names the repository for ever, so that its name is never another one's.",
    "trunk-moves-forward": (
        "What was built, tested and delivered stays in the history of the trunk. Source: SLSA v1.2, Source track, "
        "level 2: history is kept."
    ),
    "whole-history": "Without its history a commit can be compared with nothing, and its lead time is not known.",
}
