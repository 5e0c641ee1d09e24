"""Stores that are a folder with one entry a thing: the folders of runs, the folders of unpacked images."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from andon.machine.disk import occupied
from andon.tools.storage.model.retention import KeptItem

_HIDDEN, _GOING = ".", ".going"


class FolderStore:
    """storage.Store over a folder; what begins with a dot is being made, or belongs to all."""

    def __init__(self, kind: str, folder: Path, held: Callable[[str], str]) -> None:
        self._kind = kind
        self._folder = folder
        #: why an entry may not be deleted; "" when it may
        self._held = held

    def kept(self) -> tuple[KeptItem, ...]:
        """See Store. What an earlier server had begun to delete goes now."""
        if not self._folder.is_dir():
            return ()
        for going in self._folder.glob(f"{_HIDDEN}*{_GOING}"):
            shutil.rmtree(going)
        return tuple(self._item(path) for path in self._folder.iterdir() if not path.name.startswith(_HIDDEN))

    def remove(self, name: str) -> None:
        """See Store. It is out of the way at once, so that nobody finds a half of it; what is held by now stays."""
        path, going = self._folder / name, self._folder / f"{_HIDDEN}{name}{_GOING}"
        if path.is_dir() and not self._held(name):
            path.rename(going)
            shutil.rmtree(going)

    def _item(self, path: Path) -> KeptItem:
        return KeptItem(
            kind=self._kind,
            name=path.name,
            size_bytes=occupied([path]).size_bytes,
            last_used=_last_used(path),
            held=self._held(path.name),
        )


def _last_used(path: Path) -> datetime:
    """The newest of the times of the folder and of what is directly in it and below that."""
    times = [path.stat().st_mtime]
    for folder in (path, *(entry for entry in path.iterdir() if entry.is_dir() and not entry.is_symlink())):
        with os.scandir(folder) as entries:
            times += [entry.stat(follow_symlinks=False).st_mtime for entry in entries]
    return datetime.fromtimestamp(max(times), UTC)
