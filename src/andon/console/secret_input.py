"""Asking for a secret: hidden at a terminal, else from standard input; never as an argument, which others can see."""

from __future__ import annotations

import sys
from getpass import getpass

from andon.kernel.errors import Invalid

LIMIT = 1_000_000  #: bytes; whatever is longer was not meant


def read_secret(prompt: str) -> str:
    """What is typed or piped in; one newline at its end is not part of it. Errors: Invalid when it is no text."""
    text = getpass(f"{prompt}: ") if sys.stdin.isatty() else _piped()
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise Invalid('Nothing came in. Type it at the prompt, or pipe it in: printf %s "$VALUE" | andon …')
    return secret


def _piped() -> str:
    content = sys.stdin.buffer.read(LIMIT)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Invalid(
            f"Byte {error.start + 1} of the input is no UTF-8, and a secret is text. Encode it first: base64 -w0 < FILE"
        ) from None
