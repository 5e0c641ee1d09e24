"""How senders of webhooks prove who they are; every comparison takes the same time, whatever is wrong.

Sources: docs.github.com "Validating webhook deliveries"; developer.pagerduty.com "Verifying signatures";
docs.gitlab.com "Webhooks"; standardwebhooks.com, specification 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from andon.kernel.errors import Forbidden

_STANDARD_PREFIX = "whsec_"


def verify_hub_signature(header: str, body: bytes, secret: str) -> None:
    """GitHub's X-Hub-Signature-256: "sha256=" and 64 hexadecimal digits. Errors: Forbidden."""
    if not header:
        raise _missing("X-Hub-Signature-256", "Set this connection's secret in the webhook's settings.")
    if not _same(header, "sha256=" + _hex(body, secret)):
        raise _wrong("X-Hub-Signature-256")


def verify_versioned_signatures(header: str, body: bytes, secret: str) -> None:
    """PagerDuty's X-PagerDuty-Signature: one "v1=" and hexadecimal digits for each secret that is valid now.

    Errors: Forbidden.
    """
    if not header:
        raise _missing("X-PagerDuty-Signature", "Give this connection the secret of the webhook subscription.")
    wanted = "v1=" + _hex(body, secret)
    if not _any_same((part.strip() for part in header.split(",")), wanted):
        raise _wrong("X-PagerDuty-Signature")


def verify_standard_webhook(message_id: str, timestamp: str, header: str, body: bytes, secret: str) -> None:
    """Standard Webhooks: "v1," and base64 for each secret that is valid now, over id, time and body.

    The time is part of what is signed and is not judged: a delivery sent again says nothing new here.
    Errors: Forbidden.
    """
    if not (message_id and timestamp and header):
        raise _missing("webhook-id, webhook-timestamp and webhook-signature", "Send all three.")
    signed = b".".join((_bytes(message_id), _bytes(timestamp), body))
    given, made = header.split(), [hmac.new(key, signed, hashlib.sha256).digest() for key in _standard_keys(secret)]
    right = [_any_same(given, "v1," + base64.b64encode(each).decode()) for each in made]
    if not any(right):
        raise _wrong("webhook-signature")


def verify_token(header: str, name: str, secret: str) -> None:
    """A header that is the secret itself. Errors: Forbidden."""
    if not header:
        raise _missing(name, "Set this connection's secret in the sender's settings.")
    if not _same(header, _known(secret)):
        raise _wrong(name, "secret")


def verify_authorization(header: str, secret: str) -> None:
    """Authorization with the secret as bearer token, or as the password of any user. Errors: Forbidden."""
    if not header:
        raise _missing("Authorization", 'Send "Authorization: Bearer" and this connection\'s secret.')
    scheme, _, credentials = header.partition(" ")
    given = _password(credentials) if scheme.lower() == "basic" else credentials.strip()
    if not _same(given, _known(secret)) or scheme.lower() not in {"basic", "bearer"}:
        raise _wrong("Authorization", "secret")


def _hex(body: bytes, secret: str) -> str:
    return hmac.new(_bytes(_known(secret)), body, hashlib.sha256).hexdigest()


def _standard_keys(secret: str) -> tuple[bytes, ...]:
    """The key is base64 behind "whsec_"; some senders sign with the text as it stands."""
    text = _known(secret)
    if not text.startswith(_STANDARD_PREFIX):
        return (_bytes(text),)
    try:
        return (base64.b64decode(text.removeprefix(_STANDARD_PREFIX), validate=True), _bytes(text))
    except (binascii.Error, ValueError):
        return (_bytes(text),)


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(_bytes(credentials), validate=True).decode(errors="replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _known(secret: str) -> str:
    """An empty secret proves nothing, so nothing is let in by it."""
    if not secret:
        raise Forbidden("This connection has no secret, so nobody can prove that they may use it; give it one.")
    return secret


def _any_same(given: Iterable[str], wanted: str) -> bool:
    """All are compared, so that the time does not tell which one was right."""
    right = [_same(each, wanted) for each in given]
    return any(right)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(wanted))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _missing(header: str, remedy: str) -> Forbidden:
    return Forbidden(f"The request has no {header}, so nobody knows who sent it. {remedy}")


def _wrong(header: str, what: str = "signature") -> Forbidden:
    return Forbidden(
        f"{header}: the {what} is not the one that this connection's secret makes of this body. "
        "Either the secrets differ, or something between the sender and here changed the body."
        if what == "signature"
        else f"{header}: this is not the connection's secret. Set the same on both sides."
    )
