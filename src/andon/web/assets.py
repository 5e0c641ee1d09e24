"""The files every page loads: read once, named by their content so that browsers keep them for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import ClassVar

from andon.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One static file."""

    #: "vendor/htmx.min.js"
    name: str
    media_type: str
    #: twelve digits of the content's sha256
    mark: str
    content: bytes

    @property
    def url(self) -> str:
        """The address that changes with the content."""
        return f"/static/{self.mark}/{self.name}"

    def is_current(self, mark: str) -> bool:
        """Was it asked for by the address of this very content?"""
        return mark == self.mark


class Assets:
    """All static files of the web kit."""

    MEDIA_TYPES: ClassVar[dict[str, str]] = {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
        "json": "application/json",
        "txt": "text/plain; charset=utf-8",
    }

    def __init__(self, folder: Traversable | None = None) -> None:
        root = folder if folder is not None else files("andon.web") / "static"
        self._assets = {name: self._read(name, file) for name, file in _walk(root)}

    def find(self, name: str) -> Asset:
        """The file of this name. Errors: NotFound."""
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound(f'There is no file "{name[:80]}".')
        return asset

    def url(self, name: str) -> str:
        """The address to put into a page."""
        return self.find(name).url

    def names(self) -> tuple[str, ...]:
        """Every file there is."""
        return tuple(sorted(self._assets))

    @classmethod
    def _read(cls, name: str, file: Traversable) -> Asset:
        content = file.read_bytes()
        return Asset(
            name=name,
            media_type=cls.MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
            mark=hashlib.sha256(content).hexdigest()[:12],
            content=content,
        )


def _walk(folder: Traversable, before: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{before}{entry.name}/")
        else:
            yield f"{before}{entry.name}", entry
