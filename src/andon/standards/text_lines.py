"""Lines out of bytes that come in pieces, however they were cut; one line that never ends is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

#: bytes; no line of data that a person or a tool writes is longer
LONGEST = 4 * 1024 * 1024


def lines_of(pieces: Iterable[bytes], longest: int = LONGEST) -> Iterator[bytes | None]:
    """Each line without its end, LF or CR LF; None for one that is too long. The last may have no end."""
    kept = b""
    skipping = False
    for piece in pieces:
        *whole, rest = (kept + piece).split(b"\n") if not skipping else piece.split(b"\n")
        if whole and skipping:
            del whole[0]
            skipping = False
            yield None
        for line in whole:
            yield line.removesuffix(b"\r") if len(line) <= longest else None
        kept = b"" if skipping else rest
        if len(kept) > longest:
            kept, skipping = b"", True
    if skipping:
        yield None
    elif kept:
        yield kept.removesuffix(b"\r")
