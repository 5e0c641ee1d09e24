"""Lines out of bytes that come in pieces, however they were cut; one line that never ends is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

#: bytes; no line of data that a person or a tool writes is longer
LONGEST = 4 * 1024 * 1024


def lines_of(pieces: Iterable[bytes], longest: int = LONGEST) -> Iterator[bytes | None]:
    """Each line without its end, LF or CR LF; None for one that is too long. The last may have no end."""
    kept = bytearray()
    skipping = False
    for piece in pieces:
        *ends, rest = piece.split(b"\n")
        for end in ends:
            is_too_long = skipping or len(kept) + len(end) > longest
            yield None if is_too_long else bytes(kept + end).removesuffix(b"\r")
            kept.clear()
            skipping = False
        if not skipping:
            kept += rest
        if len(kept) > longest:
            kept.clear()
            skipping = True
    if skipping:
        yield None
    elif kept:
        yield bytes(kept).removesuffix(b"\r")
