"""Sizes as people write and read them: 512MiB, 2 GiB."""

from __future__ import annotations

import re

from andon.kernel.errors import Invalid

KIBIBYTE, MEBIBYTE, GIBIBYTE, TEBIBYTE = 1024, 1024**2, 1024**3, 1024**4
#: for editors
PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})?(KiB|MiB|GiB|TiB)$"

_UNITS = {"KiB": KIBIBYTE, "MiB": MEBIBYTE, "GiB": GIBIBYTE, "TiB": TEBIBYTE}
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(KiB|MiB|GiB|TiB)")


def parse_size(text: str) -> int:
    """Bytes of "512MiB" or "1.5 GiB". Errors: Invalid."""
    found = _SIZE.fullmatch(text.replace(" ", ""))
    if found is None:
        raise Invalid('expected a size such as "512MiB" or "2GiB".')
    size = int(float(found[1]) * _UNITS[found[2]])
    if size == 0:
        raise Invalid("expected more than nothing.")
    return size


def print_size(size_bytes: int) -> str:
    """How much, exact where it is a whole number of a unit: "812 B", "2 GiB", "1.4 GiB"."""
    for unit, factor in reversed(_UNITS.items()):
        if size_bytes >= factor:
            amount = size_bytes / factor
            return f"{amount:.0f} {unit}" if amount >= 99.5 or amount == int(amount) else f"{amount:.1f} {unit}"
    return f"{size_bytes} B"
