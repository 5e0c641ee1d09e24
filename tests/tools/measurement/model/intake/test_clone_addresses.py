"""A delivery cannot send git anywhere but to where the connection may walk."""

from __future__ import annotations

import pytest

from andon.tools.measurement.model.intake.clone_addresses import is_beginning, lies_under

OURS = "https://git.example.org/ours/"


@pytest.mark.parametrize(
    "beginning",
    [OURS, "http://127.0.0.1:8080/", "https://[::1]:8/", "ssh://host/", "git://h/", "file:///srv/", "https://h/größe/"],
)
def test_a_beginning_has_a_host_and_ends_with_a_slash(beginning: str) -> None:
    """Or is a folder of this machine."""
    assert is_beginning(beginning)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "https:///",
        "http://-x/",
        "http://x-/",
        "http://x",
        "http://x:/",
        "https://a@b/",
        "https://a:b@c/",
        "HTTPS://x/",
        "ext::sh -c id/",
        "file://host/srv/",
        "file://",
        "https://x/\n/",
        "https://x/?a=/",
        "https://x/#/",
        "https://x/../",
        "https://x/%2e%2e/",
        "https://x y/",
        "https://exämple.org/",
    ],
)
def test_what_is_no_beginning(text: str) -> None:
    """Nothing may follow from it."""
    assert not is_beginning(text)


def test_what_begins_so_lies_there() -> None:
    """Names in any script, and dots in names."""
    for rest in ("shop.git", "a/b/c", "a..b", "...", ".github", "größe", "gr%C3%B6%C3%9Fe"):
        assert lies_under(f"{OURS}{rest}", OURS), rest


@pytest.mark.parametrize(
    "address",
    [
        "https://git.example.org/theirs/shop",
        "https://git.example.org/ours",
        f"{OURS}../theirs",
        f"{OURS}a/../../theirs",
        f"{OURS}..",
        f"{OURS}./x",
        f"{OURS}%2e%2e/theirs",
        f"{OURS}%2E./theirs",
        f"{OURS}..%2ftheirs",
        f"{OURS}%252e%252e/theirs",
        f"{OURS}..\\theirs",
        f"{OURS}..%5ctheirs",
        f"{OURS}a\nb",
        f"{OURS}a%00b",
        f"{OURS}a%0ab",
        f"{OURS}a\x7fb",
        f"{OURS}a\u2028b",
        f"{OURS}shop?token=1",
        f"{OURS}shop#x",
        f"{OURS}a b",
        f"{OURS}%ff%2e",
    ],
)
def test_no_way_leads_out(address: str) -> None:
    """Whatever a server or git itself makes of the signs."""
    assert not lies_under(address, OURS)
    assert not lies_under(address, "")
