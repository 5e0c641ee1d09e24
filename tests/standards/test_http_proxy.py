"""The variables that name a proxy."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.standards.http_proxy import HttpProxy, ProxySettings, parse_http_proxy, parse_no_proxy, variable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://proxy.example:3128", HttpProxy(host="proxy.example", port=3128)),
        ("proxy.example:3128/", HttpProxy(host="proxy.example", port=3128)),
        ("HTTPS://Proxy.example", HttpProxy(host="proxy.example", port=443, is_tls=True)),
        ("http://ada:p%40ss@[fd00::7]:80", HttpProxy(host="fd00::7", port=80, credentials="ada:p@ss")),
    ],
)
def test_an_address_is_read_as_other_programs_read_it(text: str, expected: HttpProxy) -> None:
    """With and without a scheme, a port and credentials."""
    assert parse_http_proxy(text) == expected


@pytest.mark.parametrize(
    "text", ["socks5://ada:secret@p:1080", "http://ada:secret@p:0", "http://ada:secret@p:x", "http://ada:secret@", "[x"]
)
def test_what_is_no_proxy_is_refused_without_its_password(text: str) -> None:
    """The message says what is expected."""
    with pytest.raises(Invalid, match=r"http://proxy\.example:3128") as caught:
        parse_http_proxy(text)
    assert "secret" not in str(caught.value)


def test_a_password_is_not_in_its_words() -> None:
    """Neither in what people see nor in what programmers see."""
    proxy = parse_http_proxy("http://ada:secret@proxy.example:3128")
    assert "secret" not in f"{proxy} {proxy!r} {ProxySettings(tunnels=proxy)!r}"


@pytest.mark.parametrize(
    ("host", "port", "is_direct"),
    [
        ("example.org", 443, True), ("git.example.org", 443, True), ("anexample.org", 443, False),
        ("dot.example.com", 443, True), ("port.example", 8443, True), ("port.example", 443, False),
        ("10.2.3.4", 443, True), ("11.2.3.4", 443, False), ("::1", 443, True), ("other.example", 443, False),
    ],
)  # fmt: skip
def test_what_no_proxy_lists_is_reached_without_one(host: str, port: int, *, is_direct: bool) -> None:
    """Names with what lies below them, ports, addresses and networks."""
    direct = parse_no_proxy("Example.org, .example.com,port.example:8443 10.0.0.0/8,[::1],nonsense/8")
    settings = ProxySettings(tunnels=HttpProxy(host="p", port=1), direct=direct)
    assert (settings.leading_to(host, port, is_tunnel=True) is None) == is_direct
    assert settings.leading_to(host, port, is_tunnel=False) is None


def test_a_star_means_no_proxy_at_all() -> None:
    """As with curl."""
    settings = ProxySettings(plain=HttpProxy(host="p", port=1), direct=parse_no_proxy("*"))
    assert settings.leading_to("a.example", 80, is_tunnel=False) is None


def test_the_name_in_lower_case_comes_first() -> None:
    """An empty one does not count."""
    assert variable({"http_proxy": "a", "HTTP_PROXY": "b"}, "HTTP_PROXY") == "a"
    assert variable({"http_proxy": "", "HTTP_PROXY": "b"}, "HTTP_PROXY") == "b"
