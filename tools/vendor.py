"""Copies the few files the pages load from npm into the package, and checks that they are still those.

python tools/vendor.py           fetch what web/package-lock.json names (needs npm), copy, write VENDOR.json
python tools/vendor.py --check   hash the copies again and compare with VENDOR.json (needs nothing)
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
VENDOR = ROOT / "src" / "andon" / "web" / "static" / "vendor"
RECORD = "VENDOR.json"

#: package -> {file in the package: name of the copy}
WANTED = {
    "htmx.org": {
        "dist/htmx.min.js": "htmx.min.js",
        "dist/ext/hx-sse.min.js": "hx-sse.min.js",
        "LICENSE": "htmx.LICENSE.txt",
    },
    "uplot": {
        "dist/uPlot.iife.min.js": "uPlot.iife.min.js",
        "dist/uPlot.min.css": "uPlot.min.css",
        "LICENSE": "uPlot.LICENSE.txt",
    },
}


class Vendored(TypedDict):
    """Where one copied file is from, and what it must hash to."""

    file: str
    name: str
    version: str
    licence: str
    source: str
    sha256: str


def copy(modules: Path, vendor: Path) -> list[Vendored]:
    """Copies what is wanted out of an installed node_modules folder."""
    vendor.mkdir(parents=True, exist_ok=True)
    record: list[Vendored] = []
    for package, files in WANTED.items():
        about = json.loads((modules / package / "package.json").read_text())
        for source, name in files.items():
            shutil.copyfile(modules / package / source, vendor / name)
            record.append(
                Vendored(
                    file=name,
                    name=package,
                    version=about["version"],
                    licence=about["license"],
                    source=source,
                    sha256=sha256(vendor / name),
                )
            )
    return record


def differences(vendor: Path) -> list[str]:
    """What is not as VENDOR.json says: changed, missing, or not recorded at all."""
    record: list[Vendored] = json.loads((vendor / RECORD).read_text())
    found = [compare(vendor, entry) for entry in record]
    known = {entry["file"] for entry in record} | {RECORD}
    strangers = sorted(path.name for path in vendor.iterdir() if path.name not in known)
    return [text for text in found if text] + [f"{name}: is not in {RECORD}" for name in strangers]


def compare(vendor: Path, entry: Vendored) -> str:
    """What is wrong with one recorded file; empty when nothing is."""
    path = vendor / entry["file"]
    if not path.is_file():
        return f"{entry['file']}: is missing"
    return "" if sha256(path) == entry["sha256"] else f"{entry['file']}: is not {entry['name']} {entry['version']}"


def sha256(path: Path) -> str:
    """The file's hash, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Fetches and copies, or with --check compares; the exit code says whether all is well."""
    if "--check" in arguments:
        found = differences(VENDOR)
        print("\n".join(found) or "vendored files are what VENDOR.json says")
        return 1 if found else 0
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WEB, check=True, timeout=300)
    record = copy(WEB / "node_modules", VENDOR)
    (VENDOR / RECORD).write_text(json.dumps(record, indent=2) + "\n")
    shutil.rmtree(WEB / "node_modules")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
