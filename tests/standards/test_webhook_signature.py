"""Who sent a webhook is proven, or refused in words."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Forbidden
from andon.standards.webhook_signature import (
    verify_authorization,
    verify_hub_signature,
    verify_standard_webhook,
    verify_token,
    verify_versioned_signatures,
)

#: published by GitHub for everybody who writes this check
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def signed(body: bytes, secret: str) -> str:
    """HMAC-SHA256 in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard(message: str, at: str, body: bytes, key: bytes) -> str:
    """A signature as Standard Webhooks has it."""
    made = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def test_githubs_own_example_is_let_in() -> None:
    """GitHub's published example verifies."""
    verify_hub_signature(SIGNATURE, BODY, SECRET)


@pytest.mark.parametrize(
    ("header", "body", "secret"),
    [
        (SIGNATURE, BODY + b"!", SECRET),
        (SIGNATURE, BODY, "another"),
        (SIGNATURE.removeprefix("sha256="), BODY, SECRET),
        (SIGNATURE.replace("sha256", "sha1"), BODY, SECRET),
        (SIGNATURE[:-1], BODY, SECRET),
        ("sha256=é", BODY, SECRET),
    ],
)
def test_another_body_secret_or_form_is_refused(header: str, body: bytes, secret: str) -> None:
    """Everything that is not exactly the signature of this body is refused with a remedy."""
    with pytest.raises(Forbidden, match="secrets differ, or something between"):
        verify_hub_signature(header, body, secret)


def test_of_several_signatures_one_is_enough() -> None:
    """While PagerDuty's secrets change there is one signature for each, separated by commas."""
    header = f"v1={signed(BODY, 'old')},v1={signed(BODY, 'new')}"
    verify_versioned_signatures(header, BODY, "old")
    verify_versioned_signatures(header, BODY, "new")
    verify_versioned_signatures(header.replace(",", ", "), BODY, "new")
    with pytest.raises(Forbidden):
        verify_versioned_signatures(header, BODY, "other")
    with pytest.raises(Forbidden):
        verify_versioned_signatures(header.replace("v1=", "v0="), BODY, "new")


def test_standard_webhooks_sign_id_time_and_body() -> None:
    """The key is base64 behind whsec_; id, time and body all count."""
    key = b"0123456789abcdef0123456789abcdef"
    secret = f"whsec_{base64.b64encode(key).decode()}"
    header = f"v1,other {standard('msg-1', '1700000000', BODY, key)}"
    verify_standard_webhook("msg-1", "1700000000", header, BODY, secret)
    for message, at, body in (
        ("msg-2", "1700000000", BODY),
        ("msg-1", "1700000001", BODY),
        ("msg-1", "1700000000", b""),
    ):
        with pytest.raises(Forbidden):
            verify_standard_webhook(message, at, header, body, secret)


@pytest.mark.parametrize("secret", ["plain text", "whsec_plain text", "whsec_MDEyMzQ1"])
def test_standard_webhooks_may_be_signed_with_the_text_itself(secret: str) -> None:
    """Some senders take the secret as it is written for the key."""
    verify_standard_webhook("m", "1", standard("m", "1", BODY, secret.encode()), BODY, secret)


def test_a_token_is_compared_whole() -> None:
    """GitLab's older way: the header is the secret."""
    verify_token("sésame", "X-Gitlab-Token", "sésame")
    with pytest.raises(Forbidden, match="X-Gitlab-Token: this is not"):
        verify_token("sésam", "X-Gitlab-Token", "sésame")


def test_authorization_is_a_bearer_token_or_a_password() -> None:
    """The secret may be a bearer token or the password of any user."""
    basic = base64.b64encode(b"anybody:open:sesame").decode()
    verify_authorization("Bearer open:sesame", "open:sesame")
    verify_authorization("bearer  open:sesame ", "open:sesame")
    verify_authorization(f"Basic {basic}", "open:sesame")
    for header in ("open:sesame", "Digest open:sesame", f"Basic {basic[:-2]}", "Bearer", "Basic é"):
        with pytest.raises(Forbidden):
            verify_authorization(header, "open:sesame")


CHECKS: list[Callable[[str, str], None]] = [
    lambda header, secret: verify_hub_signature(header, BODY, secret),
    lambda header, secret: verify_versioned_signatures(header, BODY, secret),
    lambda header, secret: verify_standard_webhook("m", "1", header, BODY, secret),
    lambda header, secret: verify_token(header, "X-Gitlab-Token", secret),
    verify_authorization,
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_missing_header_is_said(check: Callable[[str, str], None]) -> None:
    """Without the header nobody knows who sent it, and the refusal says what to set."""
    with pytest.raises(Forbidden, match="nobody knows who sent it"):
        check("", SECRET)


@pytest.mark.parametrize("check", CHECKS)
def test_an_empty_secret_lets_nobody_in(check: Callable[[str, str], None]) -> None:
    """A connection without a secret refuses even a header that fits an empty one."""
    for header in (f"sha256={signed(BODY, '')}", f"v1={signed(BODY, '')}", standard("m", "1", BODY, b""), "Bearer "):
        with pytest.raises(Forbidden):
            check(header, "")


@pytest.mark.parametrize("check", CHECKS)
@given(header=st.text(max_size=80), secret=st.text(max_size=20))
def test_nothing_but_a_refusal_comes_of_any_header(check: Callable[[str, str], None], header: str, secret: str) -> None:
    """Whatever stands in a header: it is right, or it is refused."""
    with contextlib.suppress(Forbidden):
        check(header, secret)
        assert secret
        assert secret in header
