"""A trend as a line of blocks: as wide as it has points, a gap where there is no data."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
#: no data is no height
_GAP = "·"


def sparks(values: Sequence[float | None], most: int = 36) -> str:
    """The last values, from 0 to the greatest of them."""
    shown = values[-most:]
    known = [value for value in shown if value is not None]
    if not known:
        return ""
    top = max(known)
    return "".join(_GAP if value is None else _block(value / top if top > 0 else 0.0) for value in shown)


def _block(share: float) -> str:
    return _BLOCKS[min(int(share * len(_BLOCKS)), len(_BLOCKS) - 1)]
