"""Asking for a secret: hidden at a terminal, else from standard input; never as an argument, which others can see."""

from __future__ import annotations

import sys
from getpass import getpass

from andon.kernel.errors import Invalid

LIMIT = 1_000_000  #: characters; whatever is longer was not meant


def read_secret(prompt: str) -> str:
    """What is typed or piped in; one newline at its end is not part of it. Errors: Invalid when there is nothing."""
    text = getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.read(LIMIT)
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise Invalid('Nothing came in. Type it at the prompt, or pipe it in: printf %s "$VALUE" | andon …')
    return secret
