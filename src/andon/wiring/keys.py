"""Keys of the server's own, each in a file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def random_key(file: Path) -> bytes:
    """A key of 256 bits that only its owner can read, made at its first use."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
    return file.read_bytes()
