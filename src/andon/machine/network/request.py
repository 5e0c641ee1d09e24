"""What a client asks a proxy for: a tunnel (CONNECT), or one plain request with an absolute address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from andon.machine.network.policy import Destination

_FIRST = re.compile(rb"([A-Z]{1,20}) (\S{1,8000}) HTTP/1\.[01]")
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")
#: of the connection between client and proxy, not of the request
_HOP = frozenset({b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"host"})


class NoRequest(Exception):
    """The bytes are no request to a proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRequest:
    """One request, read."""

    to: Destination
    #: to be sent on first; empty for a tunnel
    head: bytes

    @property
    def is_tunnel(self) -> bool:
        """Does the client want to speak with the host itself?"""
        return not self.head


def parse_request(head: bytes) -> ProxyRequest:
    """Read the bytes up to and with the empty line. Errors: NoRequest."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    found = _FIRST.fullmatch(first)
    if found is None:
        raise NoRequest("this is not a request to a proxy")
    method, target = found[1], found[2].decode("latin-1")
    if method == b"CONNECT":
        return ProxyRequest(to=_destination(f"//{target}", 443), head=b"")
    if not target.lower().startswith("http://"):
        raise NoRequest("expected http://… or CONNECT host:port")
    to, parts = _destination(target, 80), urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in _HOP]
    host = str(to) if to.port != 80 else str(to).rpartition(":")[0]
    start = [method + b" " + path.encode("latin-1") + b" HTTP/1.1", b"Host: " + host.encode(), b"Connection: close"]
    return ProxyRequest(to=to, head=b"\r\n".join([*start, *kept]) + b"\r\n\r\n")


def _destination(address: str, usual_port: int) -> Destination:
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NoRequest(str(error)) from None
    if not _HOST.fullmatch(host) or parts.username is not None or port == 0:
        raise NoRequest("the host is not a name or an address")
    return Destination(host=host, port=port or usual_port)
