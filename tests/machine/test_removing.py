"""What removing a folder says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.kernel.errors import PortError
from andon.machine.removing import remove_tree


def test_what_cannot_be_removed_is_named() -> None:
    """The caller knows what is left."""
    with pytest.raises(PortError, match="could not be removed"):
        remove_tree(Path("/proc/self"))
