"""The layers before every door, in their order: shield, gate, limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from andon.web.asgi import App
from andon.web.gate import Identified
from andon.web.limits import REQUESTS, WRONG_KEYS, Limit, Limited
from andon.web.pages import LOCALLY
from andon.web.security import Shield
from andon.web.who import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontSettings:
    """What a server decides about its front."""

    #: the address people use, "https://andon.example"
    url: str = LOCALLY
    #: may everyone read without logging in?
    public_read: bool = False
    wrong_keys: Limit = WRONG_KEYS
    requests: Limit = REQUESTS

    @property
    def https(self) -> bool:
        """Do people reach it over https? Cookies are then kept to it."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name it answers to besides the loopback ones."""
        return urlsplit(self.url).hostname or ""


def front(app: App, *, gate: Gate, settings: FrontSettings, seconds: Callable[[], float]) -> App:
    """The application behind all its layers; `seconds` is a clock that never goes back."""
    limited = Limited(app, seconds=seconds, wrong_keys=settings.wrong_keys, requests=settings.requests)
    identified = Identified(limited, gate, public_read=settings.public_read)
    return Shield(identified, host=settings.host, https=settings.https)
