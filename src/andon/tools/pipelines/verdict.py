"""What a task's end counts as, in one word and a reason."""

from __future__ import annotations

import signal

from andon.tools.pipelines.model.run_state import Outcome
from andon.tools.pipelines.ports import Ended


def verdict(ended: Ended) -> tuple[Outcome, str]:
    """The outcome, and why it is not a success; with it what was denied to the task because of a limit."""
    if ended.exit_code is None:
        return "error", ended.why
    if ended.exit_code == 0:
        return "success", ""
    why = f"; {ended.why}" if ended.why else ""
    return "failure", f"{_exit_words(ended.exit_code)}{why}"


def _exit_words(code: int) -> str:
    try:
        name = signal.Signals(code - 128).name if code > 128 else ""
    except ValueError:
        name = ""
    return f"exit code {code} ({name})" if name else f"exit code {code}"
