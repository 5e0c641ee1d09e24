"""What may leave the house: everything but what a key, a token or a secret could be guessed or proven from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: fields of events that tell something about a secret (hashes of tokens and links, fingerprints of values), and who
#: gave which answer to the pulse
KEPT_BACK = frozenset({"sha256", "fingerprint", "secret", "token", "password", "headers", "body", "voice", "score"})
#: who signs in by an address: "https://ada:secret@git.example"
_SIGNED_IN = re.compile(r"(?<=://)[^/@\s]+@")


def without_secrets(data: Any) -> Any:
    """The data, as JSON has it, without the fields that are kept back and the names in addresses, however deep."""
    if isinstance(data, Mapping):
        return {name: without_secrets(value) for name, value in data.items() if name not in KEPT_BACK}
    if isinstance(data, list | tuple):
        return [without_secrets(value) for value in data]
    return _SIGNED_IN.sub("", data) if isinstance(data, str) else data
