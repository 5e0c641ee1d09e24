"""Addresses of servers and networks as people write them in settings: checked, and said in one form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import SplitResult, urlsplit

from andon.kernel.errors import Invalid

if TYPE_CHECKING:  # every command reads the settings; only the server needs these
    from ipaddress import IPv4Network, IPv6Network

Network: TypeAlias = "IPv4Network | IPv6Network"

SCHEMES = ("http", "https")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[0-9a-f:.]+:[0-9a-f:.]*|[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_WITH_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_LONGEST = 300  #: characters


def parse_origin(text: str) -> str:
    """The address of a server, "https://andon.example:8443", in lower case and without a needless port.

    Errors: Invalid, with the address that was probably meant.
    """
    found = _WITH_SCHEME.fullmatch(text)
    if not text.isprintable() or " " in text:  # urlsplit would leave some of them out
        raise Invalid(f"{text[:80]!r} has blanks or control characters in it. {_LIKE}")
    if found is None:
        raise Invalid(f'"{text[:80]}" does not begin with http:// or https://. Did you mean "{_with_scheme(text)}"?')
    scheme = found["scheme"].lower()
    if scheme not in SCHEMES:
        from difflib import get_close_matches

        meant = (get_close_matches(scheme, SCHEMES, n=1) or ["https"])[0]
        raise Invalid(f'"{scheme[:20]}" is not http or https. Did you mean "{meant}://{found["rest"][:80]}"?')
    try:
        return _origin(scheme, urlsplit(f"{scheme}://{found['rest']}"), text)
    except ValueError as error:  # what urlsplit says of brackets and ports
        raise Invalid(f'"{text[:80]}" is not an address of a server: {error}. {_LIKE}') from None


_LIKE = "Expected an address like https://andon.example or http://127.0.0.1:8600."


def _origin(scheme: str, parts: SplitResult, text: str) -> str:
    host, port = (parts.hostname or "").rstrip("."), parts.port
    if not host or not _HOST.fullmatch(host) or len(text) > _LONGEST or parts.netloc.endswith(":"):
        raise Invalid(f'"{text[:80]}" has no usable host name. {_LIKE}')
    name = f"[{host}]" if ":" in host else host
    origin = f"{scheme}://{name}" if port in {None, _PORTS[scheme]} else f"{scheme}://{name}:{port}"
    if port == 0:
        raise Invalid(f'"{text[:80]}" has the port 0: expected a number from 1 to 65535.')
    if "@" in parts.netloc:
        raise Invalid(f'A user name or password does not belong into this address. Did you mean "{origin}"?')
    if parts.path.strip("/") or "?" in text or "#" in text:
        raise Invalid(f'The server answers at the root of a host name, not below a path. Did you mean "{origin}"?')
    return origin


def _with_scheme(text: str) -> str:
    rest = text.lstrip(":/")[:80]
    name = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    return f"{'http' if name.strip('[]') in LOOPBACK else 'https'}://{rest or 'andon.example'}"


def parse_networks(texts: list[str]) -> tuple[Network, ...]:
    """Addresses and networks, "10.0.0.7" or "10.1.0.0/16". Errors: Invalid, for names, nonsense and everything."""
    return tuple(_network(text) for text in texts)


def _network(text: str) -> Network:
    from ipaddress import ip_network

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Invalid(
            f'"{text[:80]}" is not an address or a network: expected one like 10.0.0.7 or 10.1.0.0/16.'
        ) from None
    if network.prefixlen == 0:
        raise Invalid(f'"{text}" is every address there is. Name those of the proxies.')
    return network


def parse_host_ports(texts: list[str]) -> tuple[str, ...]:
    """Places such as "mirror.example.org:8443", in lower case. Errors: Invalid."""
    return tuple(_host_port(text) for text in texts)


def _host_port(text: str) -> str:
    host, _, port = text.lower().rpartition(":")
    name = host.removeprefix("[").removesuffix("]")
    if not _HOST.fullmatch(name) or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) <= 65535:
        raise Invalid(f'"{text[:80]}" is not a host with its port: expected one like mirror.example.org:443.')
    return f"{host}:{int(port)}"
