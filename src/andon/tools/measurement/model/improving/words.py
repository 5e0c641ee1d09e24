"""What people type: sentences, without orders to whatever shows them."""

from __future__ import annotations

import re

from andon.kernel.errors import Invalid, Problem

_ORDERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def words_in(text: str, where: str) -> str:
    """The words with one space between them. Errors: Invalid for what is no letter, number or sign."""
    if found := _ORDERS.search(text):
        message = f"it contains an invisible character (U+{ord(found[0]):04X})."
        raise Invalid(Problem(where=where, message=message, remedy="Leave it out."))
    return " ".join(text.split())
