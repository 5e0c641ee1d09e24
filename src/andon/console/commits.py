"""The commit that somebody means: HEAD, a branch and a tag mean what git here says they mean."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.git.git import Git

_DIGITS = re.compile(r"[0-9a-f]{4,40}")
_GIT = Git(search_path=None, folder=Path(), timeout=timedelta(seconds=10))


def resolve_commit(name: str) -> str:
    """The commit's digits; the name as it is where git knows no commit by it, so that the server says so."""
    if _DIGITS.fullmatch(name) or name.startswith("-"):
        return name
    try:
        printed = _GIT.output_now("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except PortError:
        return name
    return printed.decode(errors="replace").strip()
