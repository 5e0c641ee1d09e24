"""The shield before every door: known host names only, no orders from other sites, headers that keep pages closed.

The cross-site check is the algorithm of Go 1.25's net/http CrossOriginProtection: Sec-Fetch-Site decides where a
browser sends it, else Origin must name this host; a request with neither does not come from a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from andon.kernel.errors import Forbidden
from andon.standards.web_origin import LOOPBACK
from andon.web.asgi import SAFE, App, Message, Receive, Scope, Send, answer, headers_of
from andon.web.errors import WrongHost, answer_of

_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::\d{1,5})?")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# same-origin, not no-referrer: with the latter browsers send "Origin: null" from our own forms
HEADERS = (
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
HSTS = ("strict-transport-security", "max-age=31536000")
CACHE = ("cache-control", "no-store")


class Shield:
    """The outermost layer of the server."""

    def __init__(self, app: App, *, host: str = "", https: bool = False) -> None:
        self._app = app
        self._hosts = LOOPBACK | ({host} if host else set())
        more = (HSTS, CACHE) if https else (CACHE,)
        self._headers = tuple((name.encode(), value.encode()) for name, value in (*HEADERS, *more))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_ours(tuple(message.get("headers", ())))
            await send(message)

        headers = headers_of(scope)
        try:
            self._check_host(headers)
            check_same_site(str(scope["method"]), headers)
        except (WrongHost, Forbidden) as no:
            what, body, media_type = answer_of(no, str(scope["path"]), headers)
            await answer(send_shielded, what.status, (*what.headers, ("Content-Type", media_type)), body)
            return
        await self._app(scope, receive, send_shielded)

    def _with_ours(self, headers: tuple[tuple[bytes, bytes], ...]) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in headers}
        return [*headers, *(ours for ours in self._headers if ours[0] not in given)]

    def _check_host(self, headers: Mapping[str, str]) -> None:
        """Against DNS rebinding: another site's name that was made to point here is not ours."""
        name = host_name(headers.get("host", ""))
        if name not in self._hosts:
            raise WrongHost(
                f'This server is not called "{name[:80]}". Use its own address; whoever runs it sets that with '
                "ANDON_PUBLIC_URL, and a proxy in front must pass the Host header on."
            )


def host_name(host: str) -> str:
    """The name in a Host header without its port, in lower case; "" when it is not a host at all."""
    found = _HOST.fullmatch(host.lower())
    return (found["ipv6"] or found["name"]).rstrip(".") if found else ""


def check_same_site(method: str, headers: Mapping[str, str]) -> None:
    """Let an order pass that did not come from another site's page. Errors: Forbidden.

    A Bearer token is never sent by a browser on its own, so whoever sends it means it.
    """
    if method in SAFE or headers.get("authorization", "").lower().startswith("bearer "):
        return
    site = headers.get("sec-fetch-site", "")
    if site in ("same-origin", "none"):
        return
    origin = headers.get("origin", "")
    if not site and (not origin or _same_host(origin, headers.get("host", ""))):
        return
    raise Forbidden(
        "This order came from a page of another site and was not carried out. Open Andon itself and repeat it."
    )


def _same_host(origin: str, host: str) -> bool:
    return urlsplit(origin).netloc.lower() == host.lower() != ""
