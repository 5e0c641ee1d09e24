"""What a process reads from memory; by itself, because commands that start git load it and must begin fast."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_memory(content: bytes) -> Iterator[int]:
    """A descriptor from which a process can read this content; it has no place on a disk."""
    handle = os.memfd_create("andon")
    try:
        os.pwrite(handle, content, 0)
        yield handle
    finally:
        os.close(handle)
