"""DSSE, the Dead Simple Signing Envelope: what is signed, and how the envelope is written.

Source: github.com/secure-systems-lab/dsse, protocol 1.0.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from andon.kernel.errors import Invalid
from andon.standards.oci import parse_object, print_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature and the key it was made with."""

    #: names the key; a hint, never trusted alone
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DsseEnvelope:
    """A payload, its type and who signed both."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """What a signature is made over: type and payload with their lengths, so that neither can be read as the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def print_envelope(envelope: DsseEnvelope) -> bytes:
    """The envelope as JSON."""
    return print_json(
        {
            "payloadType": envelope.payload_type,
            "payload": base64.b64encode(envelope.payload).decode(),
            "signatures": [
                {"keyid": each.key_id, "sig": base64.b64encode(each.signature).decode()} for each in envelope.signatures
            ],
        }
    )


def parse_envelope(content: bytes) -> DsseEnvelope:
    """An envelope from its JSON; nothing is verified here. Errors: Invalid."""
    raw = parse_object(content, "signing envelope")
    signatures = raw.get("signatures")
    payload_type = raw.get("payloadType")
    if not isinstance(signatures, list) or not isinstance(payload_type, str):
        raise Invalid("The signing envelope needs payloadType, payload and signatures.")
    return DsseEnvelope(
        payload_type=payload_type,
        payload=_bytes(raw.get("payload")),
        signatures=tuple(_signature(each) for each in signatures),
    )


def _signature(raw: object) -> Signature:
    if not isinstance(raw, dict) or not isinstance(key_id := raw.get("keyid", ""), str):
        raise Invalid("A signature of the signing envelope must be an object with keyid and sig.")
    return Signature(key_id=key_id, signature=_bytes(raw.get("sig")))


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(value if isinstance(value, str) else "!", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The signing envelope holds something that is not base64.") from error
