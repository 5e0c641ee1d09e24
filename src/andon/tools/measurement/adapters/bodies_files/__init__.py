"""Deliveries that nobody understands yet, each a file called by its digest."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

from andon.kernel.errors import NotFound, PortError
from andon.machine.files import make_private_folder, write_whole
from andon.tools.measurement.ports import Headers

#: of one connection: deliveries, and bytes of all of them; the oldest go when another one comes
MOST_KEPT = 1_000
MOST_BYTES = 256 * 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class FileBodies:
    """The port KeptBodies over `folder`/<connection>/<digest>: the headers as JSON, an empty line, the body."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, connection: str, headers: Headers, body: bytes) -> str:
        """The digest that it is found by again. Errors: PortError."""
        digest = hashlib.sha256(body).hexdigest()
        folder = self._folder / connection
        file = folder / digest
        try:
            if not file.exists():
                make_private_folder(folder)
                write_whole(file, json.dumps(dict(headers), sort_keys=True).encode() + b"\n\n" + body)
                _forget_oldest(folder)
        except OSError as error:
            raise PortError(f"The delivery could not be kept: {error.strerror}.") from None
        return f"sha256:{digest}"

    def read(self, connection: str, digest: str) -> bytes:
        """Headers and body as they are kept. Errors: NotFound, PortError."""
        file = self._folder / connection / digest.removeprefix("sha256:")
        try:
            if not _DIGEST.fullmatch(digest) or not _NAME.fullmatch(connection):
                raise FileNotFoundError
            return file.read_bytes()
        except FileNotFoundError:
            raise NotFound(f"Nothing is kept of {connection[:80]} with that digest, or no more.") from None
        except OSError as error:
            raise PortError(f"The delivery cannot be read: {error.strerror}.") from None


def _forget_oldest(folder: Path) -> None:
    kept: list[tuple[int, int, Path]] = []
    for file in folder.glob("[!.]*"):
        with suppress(FileNotFoundError):  # a delivery that comes at the same time forgets too
            status = file.stat()
            kept.append((status.st_mtime_ns, status.st_size, file))
    taken = 0
    for number, (_, size, file) in enumerate(sorted(kept, reverse=True)):
        taken += size
        if number and (number >= MOST_KEPT or taken > MOST_BYTES):
            file.unlink(missing_ok=True)
