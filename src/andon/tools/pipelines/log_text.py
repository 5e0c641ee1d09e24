"""A log's line as it is read: what a terminal would do with it is taken out."""

from __future__ import annotations

import re

#: colours, cursor movements, titles and other orders to a terminal
_ORDERS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
#: also C1, whose U+009B begins an order as ESC [ does, and what turns the direction of writing
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def readable(text: str) -> str:
    """The line without orders to a terminal; of a line that was written over again and again, the last state."""
    plain = _ORDERS.sub("", text).rstrip("\r")
    return _UNSEEN.sub("", plain.rpartition("\r")[2])
