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


def thinned(values: Sequence[float | None], most: int) -> Sequence[float | None]:
    """As many as fit, evenly spread; the first and the last among them."""
    if len(values) <= most or most < 2:
        return values
    return [values[round(at * (len(values) - 1) / (most - 1))] for at in range(most)]
