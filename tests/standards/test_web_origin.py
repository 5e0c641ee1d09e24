"""Addresses of servers and networks as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.web_origin import parse_networks, parse_origin


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://andon.example", "https://andon.example"),
        ("HTTPS://Andon.Example/", "https://andon.example"),
        ("https://andon.example:443", "https://andon.example"),
        ("http://127.0.0.1:8600", "http://127.0.0.1:8600"),
        ("http://[::1]:8600/", "http://[::1]:8600"),
        ("https://andon.example.", "https://andon.example"),
        ("https://ci_1.example:8443", "https://ci_1.example:8443"),
    ],
)
def test_an_address_has_one_form(written: str, read: str) -> None:
    """However it is written, clients compare it with what they kept."""
    assert parse_origin(written) == read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("andon.example", '"https://andon.example"'),
        ("//andon.example", '"https://andon.example"'),
        ("127.0.0.1:8600", '"http://127.0.0.1:8600"'),
        ("localhost", '"http://localhost"'),
        ("htps://andon.example", '"https://andon.example"'),
        ("ftp://andon.example", '"http'),
        ("https://andon.example/andon", '"https://andon.example"'),
        ("https://andon.example/?a=1", '"https://andon.example"'),
        ("https://andon.example#top", '"https://andon.example"'),
        ("https://ada:secret@andon.example", '"https://andon.example"'),
    ],
)
def test_what_was_meant_is_said(written: str, meant: str) -> None:
    """The usual mistakes are answered with the right address, and never with a password."""
    with pytest.raises(Invalid) as refused:
        parse_origin(written)
    assert f"Did you mean {meant}" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["", "https://", "https:///x", "https://a b", "https://a:0", "https://a:65536", "https://a:x", "https://a:",
     "https://[::1", "https://a..b", "https://-", "https://ä.example", "https://a\r\nb", "https://a%20b"],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    """With a sentence, never a traceback."""
    with pytest.raises(Invalid):
        parse_origin(written)


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    """Whatever people write; and what is read is read again as the same."""
    for written in (text, f"https://{text}"):
        try:
            read = parse_origin(written)
        except Invalid:
            continue
        assert parse_origin(read) == read


def test_networks_are_addresses_or_networks() -> None:
    """One address is a network of one."""
    assert [str(each) for each in parse_networks(["10.0.0.7", "10.1.2.3/16", "fd00::/8"])] == [
        "10.0.0.7/32",
        "10.1.0.0/16",
        "fd00::/8",
    ]


@pytest.mark.parametrize("written", ["*", "proxy", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0.1,10.0.0.2"])
def test_proxies_are_named(written: str) -> None:
    """Not by a name that somebody else answers for, and not everybody."""
    with pytest.raises(Invalid):
        parse_networks([written])
