"""What servers leave behind that die in the middle of guarded work."""

from __future__ import annotations

import hashlib
from pathlib import Path

from andon.engine.attempts import MOST_DEATHS, Attempts


def died(folder: Path, work: str, deaths: int = MOST_DEATHS) -> Attempts:
    """The guard of the next server."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(work.encode()).hexdigest()).write_bytes(b"." * deaths)
    return Attempts(folder)
