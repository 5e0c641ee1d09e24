"""Signing envelopes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OracleEnvelope

from andon.kernel.errors import Invalid
from andon.standards.dsse import DsseEnvelope, Signature, parse_envelope, print_envelope, signed_bytes

SIGNATURES = st.builds(Signature, key_id=st.text(max_size=10), signature=st.binary(max_size=64))


@given(st.text(max_size=40), st.binary(max_size=200), st.lists(SIGNATURES, max_size=3).map(tuple))
def test_an_envelope_is_read_as_it_was_written(kind: str, payload: bytes, signatures: tuple[Signature, ...]) -> None:
    """Nothing is lost, whatever is in it."""
    envelope = DsseEnvelope(payload_type=kind, payload=payload, signatures=signatures)
    assert parse_envelope(print_envelope(envelope)) == envelope


@given(st.text(max_size=40), st.binary(max_size=200))
def test_what_is_signed_is_what_others_sign(kind: str, payload: bytes) -> None:
    """The bytes are those of securesystemslib, also when the type is not ASCII."""
    assert signed_bytes(kind, payload) == OracleEnvelope(payload, kind, {}).pae()


def test_the_protocols_own_example() -> None:
    """From the DSSE specification."""
    assert signed_bytes("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"payloadType":"x","payload":"","signatures":{}}',
        b'{"payloadType":"x","payload":"!","signatures":[]}',
        b'{"payloadType":"x","payload":7,"signatures":[]}',
        b'{"payloadType":"x","payload":"","signatures":["x"]}',
        b'{"payloadType":"x","payload":"","signatures":[{"keyid":"k"}]}',
        b'{"payloadType":"x","payload":"","signatures":[{"keyid":7,"sig":""}]}',
    ],
)
def test_what_is_no_envelope_is_invalid(content: bytes) -> None:
    """Each wrong part alone."""
    with pytest.raises(Invalid):
        parse_envelope(content)
