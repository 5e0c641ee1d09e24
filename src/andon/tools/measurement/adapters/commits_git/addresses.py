"""Addresses of repositories: which are some, how they are shown, and where people look at them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
#: "git@host:path"; a folder of that name is more likely written "./git@host:path"
_HOST_AND_PATH = re.compile(r"(?P<who>[\w.-]+@)(?P<host>[\w][\w.-]*):(?P<path>(?!/)[^\s].*)")


def is_address(where: str) -> bool:
    """Is it one, and no folder here?"""
    return bool(_SCHEME.match(where) or _HOST_AND_PATH.fullmatch(where))


def without_password(where: str) -> str:
    """The address without user, password, query and fragment, where secrets may be; a path as it is."""
    if not _SCHEME.match(where):
        return where
    try:
        parts = urlsplit(where)
    except ValueError:  # no host could be called so
        return f"{where.partition('://')[0]}://…"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def web_address(where: str) -> str:
    """Where a browser finds what is cloned from there; "" when that cannot be told."""
    if found := _HOST_AND_PATH.fullmatch(where):
        return _page(found["host"], found["path"])
    if not _SCHEME.match(where):
        return ""
    parts = urlsplit(where)
    if parts.scheme not in {"https", "http", "ssh", "git"} or not parts.hostname:
        return ""
    return _page(parts.hostname, parts.path)


def _page(host: str, path: str) -> str:
    path = path.strip("/").removesuffix(".git")
    return f"https://{host}/{path}" if re.fullmatch(r"[\w./~-]+", path) and "." in host else ""
