"""Why measurement refuses what it refuses, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "check-before-keep": (
        "An improvement is kept because its number moved, not because it was made. Source: W. E. Deming, The New "
        "Economics: plan, do, study, act."
    ),
    "one-number": "One number is one improvement, on pages and in the ledger.",
    "one-tool-a-connection": "The facts of a connection carry its name: two tools under it would be one.",
    "one-way-round": "Plan, do, check and act follow each other; a step that was taken is history.",
}
