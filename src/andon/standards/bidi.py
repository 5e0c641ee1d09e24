"""Characters that are no text: they turn the direction of writing, make a text look like another, control a device.

Source: Unicode Standard Annex 9, explicit directional formatting characters; Unicode block "Control Pictures".
"""

from __future__ import annotations

import re

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


#: what no page shows and some terminals obey, each as its own picture ("␛"); not the tab and the ends of lines
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def pictured(text: str) -> str:
    """The text with a picture in place of each control character."""
    return _CONTROLS.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def unturned(text: str) -> str:
    """The text with a sign in place of each of them."""
    return _TURNS.sub("�", text) if _TURNS.search(text) else text
