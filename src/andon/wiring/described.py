"""What of this machine a task's result depends on, in words that differ when it does."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from andon.config import ServerConfig

#: files that change when programs or libraries of the system do
_SYSTEM = ("/etc/os-release", "/var/lib/dpkg/status", "/var/lib/rpm", "/lib/apk/db/installed", "/etc/ld.so.cache")


def described(config: ServerConfig) -> str:
    """The system, the folders of the search path as they are now, and what the operator gives to every task."""
    about = repr((platform.uname(), [*_times(config)], sorted(dict(config.task_env).items())))
    return hashlib.sha256(about.encode(errors="surrogateescape")).hexdigest()


def _times(config: ServerConfig) -> Iterator[tuple[str, int]]:
    """When each was changed: a folder is when a program in it is put in place, replaced or removed."""
    for name in (*config.search_path.split(os.pathsep), *_SYSTEM):
        path = Path(name)
        yield name, path.stat().st_mtime_ns if path.exists() else 0
