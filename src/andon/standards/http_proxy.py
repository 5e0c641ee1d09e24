"""The variables that name an HTTP proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as curl and its like read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from andon.kernel.errors import Invalid

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")
_LIKE = "expected an address like http://proxy.example:3128"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpProxy:
    """A proxy that this machine's programs are told to use."""

    host: str
    port: int
    #: it is spoken to over TLS
    is_tls: bool = False
    #: "user:password", which it asks for; "" when it does not
    credentials: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """Which proxy leads to a host."""

    #: for https, and for everything else that needs a tunnel
    tunnels: HttpProxy | None = None
    #: for plain http
    plain: HttpProxy | None = None
    #: hosts that are reached without one: "*", "example.org", "example.org:8443", "10.0.0.0/8"
    direct: tuple[str, ...] = ()

    def leading_to(self, host: str, port: int, *, is_tunnel: bool) -> HttpProxy | None:
        """The proxy for a host in lower case; None for the direct way."""
        if any(_covers(entry, host, port) for entry in self.direct):
            return None
        return self.tunnels if is_tunnel else self.plain


def parse_http_proxy(text: str) -> HttpProxy:
    """The proxy that a variable names. Errors: Invalid, without the text, which may hold a password."""
    scheme, separator, rest = text.strip().partition("://")
    scheme, rest = (scheme.lower(), rest) if separator else ("http", text.strip())
    if scheme not in _PORTS:
        raise Invalid(f'"{scheme[:20]}" is not the scheme of an HTTP proxy: {_LIKE}.')
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid(f"This is not the address of a proxy: {_LIKE}.") from None
    if not _HOST.fullmatch(host) or port == 0:
        raise Invalid(f"The proxy's address has no usable host and port: {_LIKE}.")
    named = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return HttpProxy(host=host, port=port or _PORTS[scheme], is_tls=scheme == "https", credentials=named)


def parse_no_proxy(text: str) -> tuple[str, ...]:
    """The entries of NO_PROXY, in lower case."""
    return tuple(text.lower().replace(",", " ").split())


def variable(environ: Mapping[str, str], name: str) -> str:
    """A variable by its name in upper case; the one in lower case comes first, as with curl."""
    return environ.get(name.lower()) or environ.get(name, "")


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _is_in(entry, host)
    name, _, of_port = entry.partition(":") if entry.count(":") == 1 else (entry.strip("[]"), "", "")
    if of_port and of_port != str(port):
        return False
    name = name.removeprefix("*").removeprefix(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _is_in(network: str, host: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:  # a name, or an entry that means nothing
        return False
