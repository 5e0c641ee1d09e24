"""The commit that somebody means: HEAD, a branch and a tag mean what git here says they mean."""

from __future__ import annotations

import re
import subprocess

_DIGITS = re.compile(r"[0-9a-f]{4,40}")
_TIMEOUT_S = 10


def commit_meant(name: str) -> str:
    """The commit's digits; the name as it is where git knows no commit by it, so that the server says so."""
    if _DIGITS.fullmatch(name) or name.startswith("-"):
        return name
    command = ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return name
    return done.stdout.decode(errors="replace").strip() or name
