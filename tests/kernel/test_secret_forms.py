"""Forms of secrets: what programs make of a value before they print it is known."""

from __future__ import annotations

import base64
import html
import json
import math
import shlex
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.masking import Needles
from andon.kernel.secret_forms import forms_of, forms_of_named, looks_secret, not_masked

VALUE = "hünter/2+2 'a\"b\\<&>?=~"
values = st.text(st.characters(codec="utf-8", exclude_characters="*\0\r\n"), min_size=8, max_size=40).filter(
    lambda value: not not_masked(value) and value.strip() == value
)


def masked(value: str, printed: str | bytes) -> bytes:
    return Needles.of(forms_of(value)).mask(printed if isinstance(printed, bytes) else printed.encode())


@pytest.mark.parametrize(
    "printed",
    [
        VALUE,
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
        quote(VALUE),
        quote(VALUE, safe="").lower().replace("h%c3%bcnter", "h%c3%bcnter"),
        quote_plus(VALUE),
        urlencode({"p": VALUE}).removeprefix("p="),
        json.dumps(VALUE)[1:-1],
        json.dumps(VALUE, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(VALUE))[3:-3],
        json.dumps(VALUE)[1:-1].replace("/", "\\/"),
        repr(VALUE)[1:-1],
        repr(VALUE.encode())[2:-1],
        html.escape(VALUE),
        quoteattr(VALUE)[1:-1],
        shlex.quote(VALUE)[1:-1],
    ],
)
def test_each_form_is_masked(printed: str) -> None:
    assert masked(VALUE, f"x={printed};") == b"x=***;"


@given(values, st.binary(max_size=7), st.binary(max_size=7))
def test_a_value_inside_any_base64_is_masked(value: str, before: bytes, after: bytes) -> None:
    inside = base64.b64encode(before + value.encode() + after)
    head, mask, tail = masked(value, inside).partition(b"***")
    # what is left opens nothing: at most the digits at both ends that hold a neighbour too
    assert mask
    assert len(head) <= math.ceil(len(before) * 8 / 6)
    assert len(tail.rstrip(b"=")) <= math.ceil(len(after) * 8 / 6) + 1
    assert b"***" in masked(value, base64.urlsafe_b64encode(before + value.encode() + after))


@given(values)
def test_no_form_of_any_value_is_left(value: str) -> None:
    for printed in forms_of(value):
        assert printed not in masked(value, b"<" + printed + b">")


def test_each_line_of_a_text_is_masked_but_not_the_frame_of_a_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
    assert masked(key, "read MIIEvQIBADANBgkq") == b"read ***"
    assert masked(key, "-----BEGIN PRIVATE KEY-----") == b"-----BEGIN PRIVATE KEY-----"
    assert masked(key, key) == b"***"
    assert b"MIIE" not in masked(key, json.dumps({"key": key}))


def test_the_password_in_an_address_is_masked_by_itself() -> None:
    value = "postgres://app:hunt%2Fer22@db/shop"
    assert masked(value, "cannot sign in with hunt/er22 or hunt%2Fer22") == b"cannot sign in with *** or ***"
    assert masked("Server=db;Password=hunter22x;", "hunter22x") == b"***"
    assert masked('{"user": "ada", "password": "hunter22x"}', "as ada with hunter22x") == b"as ada with ***"


@pytest.mark.parametrize("value", ["short", "Production", "xxxxxxxx", "true"])
def test_values_that_stand_in_every_log_are_not_masked_and_that_is_said(value: str) -> None:
    assert "not masked" in not_masked(value)
    assert forms_of(value) == frozenset()


def test_variables_are_secret_by_name_or_by_the_password_in_them() -> None:
    assert looks_secret("NPM_TOKEN")
    assert looks_secret("SIGNING_KEY")
    assert not looks_secret("KEYBOARD")
    assert forms_of_named("LANG", "en_GB.UTF-8") == frozenset()
    assert b"hunter22" in forms_of_named("PIP_INDEX_URL", "https://ci:hunter22@pypi.example/simple")
    assert b"https://ci" not in b"".join(forms_of_named("PIP_INDEX_URL", "https://ci:hunter22@pypi.example/simple"))
