"""Secrets from the operating system's random source."""

from __future__ import annotations

import secrets
from base64 import b32encode

BYTES = 20  # 160 bits: 32 letters and digits


class OsRandomness:
    """The operating system's own."""

    def secret(self) -> str:
        """160 random bits as 32 of a-z and 2-7: easy to select, safe in an address and in a header."""
        return b32encode(secrets.token_bytes(BYTES)).decode().lower()
