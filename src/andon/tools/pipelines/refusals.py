"""Why pipelines refuses what it refuses, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "never-overwrite": "What a person wrote is not lost to a command that was given twice.",
    "run-finished": "A verdict is history: a run that ended is not ended once more.",
    "run-numbers": "One number is one run of one commit, on pages, in versions and in the ledger.",
}
