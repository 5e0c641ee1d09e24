"""The install's signing key: Ed25519, made at the first start, kept in the data folder for its owner's eyes only."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from andon.machine.files import make_private_folder, write_once


class Ed25519Signer:
    """Signs, and tells its own signatures from others."""

    def __init__(self, private: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self._public = self._private.public_key()
        self._key_id = hashlib.sha256(self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()

    @classmethod
    def open(cls, file: Path) -> Ed25519Signer:
        """The key of this file, which is made when there is none."""
        if not file.exists():
            _write_new(file)
        return cls(file.read_bytes())

    @property
    def key_id(self) -> str:
        """sha256 of the public key, in hexadecimal."""
        return self._key_id

    @property
    def public_bytes(self) -> bytes:
        """The public key as it is, 32 bytes."""
        return self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """The signature over the message; the same message has the same signature."""
        return self._private.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Was the message signed with this key?"""
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _write_new(file: Path) -> None:
    make_private_folder(file.parent)
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    write_once(file, private)
