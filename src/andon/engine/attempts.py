"""Counts the effects that no server lived to end, so that one which kills it is set aside and not met for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from andon.engine.dispatch import Performer, Tell

#: servers that may die of an effect before it is set aside
MOST_DEATHS = 2


class Attempts:
    """A file for each guarded effect that is being done, as long as it is: one byte for each time that it was begun.

    For short effects over what strangers send. A long one would be set aside for deaths that it has nothing to do with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def guard(self, performer: Performer) -> Performer:
        """The performer, which fails an effect that servers died of before."""

        async def perform(effect: Any, tell: Tell) -> None:
            mark = self._folder / hashlib.sha256(effect.key.encode()).hexdigest()
            deaths = self._begin(mark)
            try:
                if deaths >= MOST_DEATHS:
                    await tell(effect.failed(f"set aside: the server ended {deaths} times while it did {effect.key}."))
                else:
                    await performer(effect, tell)
            finally:
                mark.unlink(missing_ok=True)

        return perform

    def _begin(self, mark: Path) -> int:
        """Mark that it is begun; how often it was before, without an end."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with mark.open("ab") as file:
            before = file.tell()
            file.write(b".")
        return before
