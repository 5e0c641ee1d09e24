"""What may be recorded, and what may leave the house: nothing that a key, a token or a secret could be told from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

#: fields of events that tell something about a secret (hashes of tokens and links, fingerprints of values), and who
#: gave which answer to the pulse
KEPT_BACK = frozenset({"sha256", "fingerprint", "secret", "token", "password", "headers", "body", "voice", "score"})
#: fields of events that hold words of people and programs; the others name things, and a name must stay as it is
WORDS = frozenset(
    {
        *("reason", "remedy", "why", "subject", "title", "note", "notes", "because", "learned", "question", "label"),
        *("troubles", "failures", "message", "messages", "lines", "failing_lines", "warnings"),
    }
)
#: who signs in by an address: "https://ada:secret@git.example"
_SIGNED_IN = re.compile(r"(?<=://)[^/@\s]+@")


def without_secrets(data: Any) -> Any:
    """The data, as JSON has it, without the fields that are kept back and the names in addresses, however deep."""
    if isinstance(data, Mapping):
        return {name: without_secrets(value) for name, value in data.items() if name not in KEPT_BACK}
    if isinstance(data, list | tuple):
        return [without_secrets(value) for value in data]
    return _SIGNED_IN.sub("", data) if isinstance(data, str) else data


def masked(data: Any, mask: Callable[[str], str], *, is_words: bool = False) -> Any:
    """The data, as JSON has it, with the mask over every text in a field of words, however deep."""
    if isinstance(data, Mapping):
        return {name: masked(value, mask, is_words=is_words or name in WORDS) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [masked(value, mask, is_words=is_words) for value in data]
    return mask(data) if is_words and isinstance(data, str) else data
