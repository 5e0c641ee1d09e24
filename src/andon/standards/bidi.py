"""Characters that turn the direction of writing, and may make a text look like another one.

Source: Unicode Standard Annex 9, explicit directional formatting characters.
"""

from __future__ import annotations

import re

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def unturned(text: str) -> str:
    """The text with a sign in place of each of them."""
    return _TURNS.sub("�", text) if _TURNS.search(text) else text
