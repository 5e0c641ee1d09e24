"""Why delivery refuses what it refuses, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "nothing-to-restart": "A restart changes only when something starts; what does not serve is promoted.",
    "one-at-a-time": "Two changes at once in one place cannot be told apart when one of them fails.",
}
