"""The hash chain: each entry carries sha256 over the hash before it and all of its own fields; pure."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

#: what a field of an entry may be in the store
Field = int | str | bytes | None

#: the hash before the first entry
NOTHING_BEFORE = "0" * 64

#: says which encoding was hashed; a new encoding gets a new name
DOMAIN = b"andon ledger 1\n"


def encode(fields: Iterable[Field]) -> bytes:
    """The fields as bytes that no other fields have: each with its kind and its length before it.

    Errors: TypeError when a field is of no kind that an entry has.
    """
    return b"".join(_encode_field(field) for field in fields)


def _encode_field(field: Field) -> bytes:
    if isinstance(field, str):
        text = field.encode()
        return b"s%d:%b" % (len(text), text)
    if isinstance(field, bytes):
        return b"b%d:%b" % (len(field), field)
    if isinstance(field, int):
        digits = b"%d" % field
        return b"i%d:%b" % (len(digits), digits)
    if field is None:
        return b"n0:"
    raise TypeError(f"an entry has no field of type {type(field).__name__}")


def link(before: str, fields: Iterable[Field]) -> str:
    """The hash of an entry with these fields (all columns but its hash) that stands after the hash `before`."""
    return sha256(DOMAIN + encode((before, *fields))).hexdigest()
