"""Prints the path of a uv to work with; fetches one from PyPI into .bootstrap when the machine has none.

Needs nothing but Python itself: Debian's python3 comes without pip and venv.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".bootstrap"
TIMEOUT_S = 60


def main() -> int:
    found = shutil.which("uv") or _installed()
    if found is None and not (_with_pip() or _without_pip()):
        print("uv could not be installed: PyPI was not reached. Install uv yourself and try again.", file=sys.stderr)
        return 1
    print(found or _installed())
    return 0


def _installed() -> str | None:
    uv = HOME / "bin" / "uv"
    return str(uv) if uv.exists() else None


def _with_pip() -> bool:
    """In a virtual environment, with whatever index and certificates pip is set up for."""
    made = subprocess.run([sys.executable, "-m", "venv", str(HOME)], capture_output=True, check=False)
    if made.returncode != 0:
        return False
    pip = [
        str(HOME / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "uv",
    ]
    return subprocess.run(pip, check=False, timeout=300, stdout=sys.stderr).returncode == 0


def _without_pip() -> bool:
    """The program out of uv's wheel, its digest checked."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    wheel = _newest_wheel(f"{index}/uv/")
    with urllib.request.urlopen(wheel["url"], timeout=TIMEOUT_S) as answer:
        data = answer.read()
    if hashlib.sha256(data).hexdigest() != wheel["hashes"]["sha256"]:
        print(f"{wheel['filename']} is not what the index says it is; nothing was installed.", file=sys.stderr)
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        target = HOME / "bin" / "uv"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(member))
        target.chmod(0o755)
    return True


def _newest_wheel(url: str) -> dict:
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    request = urllib.request.Request(url, headers=accept)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        index = json.load(answer)
    released = [v for v in index["versions"] if v.replace(".", "").isdecimal()]
    newest = max(released, key=lambda version: [int(part) for part in version.split(".")])
    names = f"uv-{newest}-py3-none-manylinux", f"{platform.machine()}.whl"
    return next(f for f in index["files"] if f["filename"].startswith(names[0]) and names[1] in f["filename"])


if __name__ == "__main__":
    sys.exit(main())
