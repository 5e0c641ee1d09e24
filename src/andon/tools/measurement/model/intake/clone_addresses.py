"""Where a connection may have git walk: addresses that begin so, with no way out of there."""

from __future__ import annotations

import re
from urllib.parse import unquote

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
#: no user, no query, no fragment: those are secrets or choices of whoever sends a delivery
_ADDRESS = re.compile(rf"(?:(?:https?|ssh|git)://{_HOST}|file://)(?P<path>/[^?#]*)")
#: spaces, what is not printed, what only looks like a slash to some
_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\\%\u2028\u2029\ufffd]")


def is_beginning(text: str) -> bool:
    """Can addresses begin so: "https://git.example.org/ours/"?"""
    return text.endswith("/") and _is_plain(text)


def lies_under(address: str, beginning: str) -> bool:
    """Does the address begin so and stay there, whoever reads it?"""
    return is_beginning(beginning) and address.startswith(beginning) and _is_plain(address)


def _is_plain(address: str) -> bool:
    found = _ADDRESS.fullmatch(address)
    if not found:
        return False
    path = unquote(found["path"])
    if found["path"].count("/") != path.count("/"):  # one that was written in another way
        return False
    return not _NEVER.search(path) and not {".", ".."} & set(path.split("/"))
