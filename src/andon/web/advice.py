"""Advice for the one who reads it: who may not do what it says learns who does."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

#: command -> the permission that it needs, and who has that
_NEEDS: Final = {
    "promote": ("promote", "an operator promotes it"),
    "rollback": ("promote", "an operator rolls it back"),
    "cord release": ("cord", "an operator releases it"),
}
_COMMAND = re.compile(rf"\bandon ({'|'.join(_NEEDS)})\b")


def addressed(advice: str, permissions: Collection[str]) -> str:
    """The advice as it is for those who may follow it; for others with "an operator promotes it" before the command."""

    def named(found: re.Match[str]) -> str:
        permission, who = _NEEDS[found[1]]
        return found[0] if permission in permissions else f"{who}: {found[0]}"

    return _COMMAND.sub(named, advice)
