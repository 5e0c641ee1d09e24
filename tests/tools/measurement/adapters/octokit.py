"""The webhook payloads that GitHub's own clients are tested with: a pinned package of npm, fetched once."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PACKAGE, VERSION = "@octokit/webhooks-examples", "7.6.1"
#: as npm's own lock files have it
INTEGRITY = "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ=="
FILE = "package/api.github.com/index.json"


def examples() -> Iterator[tuple[str, bytes]]:
    """Every event with its payload. Skips the test aloud where the package cannot be had; in CI that is a failure."""
    for event in _index():
        for payload in event["examples"]:
            yield event["name"], json.dumps(payload).encode()


@cache
def _index() -> Any:
    with tarfile.open(_archive()) as archive:
        member = archive.extractfile(FILE)
        assert member is not None
        return json.load(member)


def _archive() -> Path:
    """Where the package is kept between runs."""
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = cache_home / "andon-tests" / f"octokit-webhooks-examples-{VERSION}.tgz"
    if not kept.exists():
        _fetch(kept)
    assert _integrity(kept) == INTEGRITY, f"{kept} is not the package that was pinned; remove it"
    return kept


def _fetch(kept: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        _untested("there is no npm on this machine")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        command = [str(npm), "pack", "--silent", "--pack-destination", folder, f"{PACKAGE}@{VERSION}"]
        got = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
        found = list(Path(folder).glob("*.tgz"))
        if got.returncode or not found:
            _untested(f"npm cannot be reached: {got.stderr.strip()[-300:]}")
        found[0].replace(kept)


def _integrity(file: Path) -> str:
    return base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def _untested(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"In CI nothing is skipped: {PACKAGE} {VERSION} is needed, and {why}")
    pytest.skip(f"NOT TESTED: GitHub's real payloads; {why}")
