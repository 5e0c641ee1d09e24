"""Keys of the server's own, each in a file."""

from __future__ import annotations

import secrets
from pathlib import Path

from andon.machine.files import make_private_folder, write_once

KEY_BYTES = 32


def random_key(file: Path) -> bytes:
    """A key of 256 bits that only its owner can read, made at its first use."""
    if not file.exists():
        make_private_folder(file.parent)
        write_once(file, secrets.token_bytes(KEY_BYTES))
    return file.read_bytes()
