"""Removing folders that programs of strangers filled."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from andon.kernel.errors import PortError

#: for one `rm`; what is left after it is removed here, and says what is wrong
_REMOVE_WITHIN_S = 600


def remove_quickly(parts: Sequence[Path]) -> None:
    """As far as `rm` can, in a process of its own."""
    command = ["rm", "-rf", "--", *map(str, parts)]
    try:
        subprocess.run(command, capture_output=True, timeout=_REMOVE_WITHIN_S, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return


def remove_tree(path: Path) -> None:
    """Remove a file or folder, also where folders were made unreadable. Errors: PortError."""
    try:
        try:
            _remove(path)
        except PermissionError:
            _open_folders(path)
            _remove(path)
    except FileNotFoundError:
        if os.path.lexists(path):  # somebody else is removing it, too
            remove_tree(path)
    except OSError as error:
        raise PortError(f"{path} could not be removed: {error}", permanent=True) from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _open_folders(path: Path) -> None:
    """Overlayfs leaves folders without permissions, and so do tasks."""
    path.chmod(0o700)
    for folder, names, _ in os.walk(path):
        for name in names:
            below = Path(folder, name)
            if not below.is_symlink():
                below.chmod(0o700)
