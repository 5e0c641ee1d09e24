"""Groups for tests: those of one folder, removed with what runs in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from andon.kernel.limits import Limits
from andon.machine.limits.group import Groups, LimitSettings


def groups_of(data: Path, default: Limits | None = None) -> Groups:
    """The groups of a server with this data folder."""
    owner = hashlib.sha256(bytes(data)).hexdigest()[:12]
    return Groups(LimitSettings(owner=f"andon-test-{owner}", default=default or Limits()))
