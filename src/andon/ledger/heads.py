"""Signed heads: one line an hour in a file beside the ledger, which proves that its end was not cut off since.

Who can write this file and read the signing key can forge it: a head that is kept elsewhere proves more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from andon.kernel.errors import Invalid
from andon.ledger.ledger import LedgerHead

HEADS_FILE = "ledger.heads"  #: in the data folder
MOST_HEADS = 2000  #: kept, the newest; almost three months of one an hour
_HASH = re.compile(r"[0-9a-f]{64}")
_DOMAIN = "andon ledger head 1"  #: says what was signed; another encoding gets another name


class HeadSigner(Protocol):
    """The server's signing key."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...

    def verify(self, message: bytes, signature: bytes) -> bool: ...


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head, when it was signed, and with which key."""

    at: datetime
    position: int
    #: of the entry at that position, in hex
    hash: str
    key_id: str
    #: in hex
    signature: str

    @property
    def head(self) -> LedgerHead:
        return LedgerHead(position=self.position, hash=self.hash)


def sign_head(head: LedgerHead, at: datetime, signer: HeadSigner) -> SignedHead:
    """The head, signed."""
    signature = signer.sign(_message(head, at)).hex()
    return SignedHead(at=at, position=head.position, hash=head.hash, key_id=signer.key_id, signature=signature)


def is_genuine(signed: SignedHead, signer: HeadSigner) -> bool:
    """Was it signed with this key, and not changed since?"""
    try:
        signature = bytes.fromhex(signed.signature)
    except ValueError:
        return False
    return signer.verify(_message(signed.head, signed.at), signature)


def parse_head(text: str) -> LedgerHead:
    """A head as people keep it, "POSITION:HASH". Errors: Invalid."""
    position, _, digest = text.strip().partition(":")
    if not (position.isascii() and position.isdecimal() and len(position) < 19 and _HASH.fullmatch(digest)):
        raise Invalid(f'"{text[:80]}" is no head of a ledger: expected POSITION:HASH, as andon ledger head prints it.')
    return LedgerHead(position=int(position), hash=digest)


def _message(head: LedgerHead, at: datetime) -> bytes:
    return f"{_DOMAIN}\n{head.position}\n{head.hash}\n{at.isoformat()}\n".encode()


class HeadFile:
    """The signed heads of one ledger, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[SignedHead, ...]:
        """Every line that is whole. Errors: OSError."""
        return tuple(self._lines())

    def append(self, signed: SignedHead) -> None:
        """Add one, on the disk when this returns; the oldest go when there are too many. Errors: OSError."""
        kept = self.read()
        if len(kept) >= 2 * MOST_HEADS:
            draft = self._path.with_suffix(".making")
            draft.write_bytes(b"".join(_line(one) for one in kept[-MOST_HEADS:]))
            draft.replace(self._path)
        with self._path.open("ab") as file:
            file.write(_line(signed))
            file.flush()
            os.fsync(file.fileno())

    def set_aside(self, position: int) -> None:
        """Keep the heads of a history that was given up under another name. Errors: OSError."""
        if self._path.exists():
            self._path.replace(self._path.with_name(f"{self._path.name}.until-{position}"))

    def _lines(self) -> Iterator[SignedHead]:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=SignedHead)
            except msgspec.MsgspecError:
                continue  # a line that a crash left unfinished


def _line(signed: SignedHead) -> bytes:
    return msgspec.json.encode(signed) + b"\n"
