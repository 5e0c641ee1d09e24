"""What of the host a sandbox may see: the system, read-only, and the tools on the search path; no homes, no data.

It is an allow-list: what is not named here does not exist in a sandbox.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu")
#: an installation has one of these beside its bin
_PREFIX_MARKS = ("lib", "libexec", "pyvenv.cfg")
#: of a prefix that is also a home's or the system's drawer, only these are shown
_DRAWER_PARTS = ("bin", "lib", "libexec")
_BIN_NAMES = frozenset({"bin", "sbin", "shims"})
_MOST_LINKS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """The host's files as every sandbox has them."""

    #: shown read-only at the same path, parents before children
    shown: tuple[str, ...]
    #: links at the root: target and place ("usr/bin", "/bin")
    links: tuple[tuple[str, str], ...]
    #: below those shown: what no sandbox may see
    hidden: tuple[str, ...]
    #: below those shown: what only the server's user may read, when it is root. A sandbox of another user cannot
    secret_files: tuple[str, ...]
    secret_folders: tuple[str, ...]
    #: search path inside
    search_path: str


def look_around(search_path: str, hidden: Iterable[Path], root: Path = Path("/")) -> HostView:
    """The host as sandboxes may see it; `hidden` are folders that they may not, such as the data folder."""
    covered = [folder.resolve() for folder in hidden]
    system = [root / name for name in _SYSTEM]
    links = tuple((str(path.readlink()), str(path)) for path in system if path.is_symlink())
    shown = [path for path in system if path.is_dir() and not path.is_symlink()]
    entries = [Path(part) for part in search_path.split(os.pathsep) if part.startswith("/")]
    seen: set[Path] = set()
    for entry in entries:
        shown += [path for path in _needed_for(entry, seen) if not _is_below(path, shown) and not _holds(path, covered)]
    secrets = list(_secrets(root / "etc"))
    return HostView(
        shown=tuple(str(path) for path in sorted(set(shown))),
        links=links,
        hidden=tuple(str(path) for path in covered if _is_below(path, shown)),
        secret_files=tuple(str(path) for path in secrets if not path.is_dir()),
        secret_folders=tuple(str(path) for path in secrets if path.is_dir()),
        search_path=os.pathsep.join(str(entry) for entry in entries if entry.is_dir()) or os.defpath,
    )


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _holds(path: Path, covered: Iterable[Path]) -> bool:
    return any(folder.is_relative_to(path) or path.is_relative_to(folder) for folder in covered)


def _needed_for(entry: Path, seen: set[Path]) -> Iterator[Path]:
    """What a folder of commands needs: itself, its installation, and what its links lead to, and theirs in turn."""
    if entry in seen or not entry.is_dir():
        return
    seen.add(entry)
    yield from _installation(entry)
    with os.scandir(entry) as found:
        links = [Path(one.path) for one in found if one.is_symlink()]
    for link in links[:_MOST_LINKS]:
        target = link.resolve()
        if target.parent.name in _BIN_NAMES:
            yield from _needed_for(target.parent, seen)
        elif target.is_file():
            yield target


def _installation(bin_folder: Path) -> Iterator[Path]:
    prefix = bin_folder.parent
    if prefix in {Path("/"), Path("/usr"), Path("/usr/local")}:
        return
    if not any((prefix / mark).exists() for mark in _PREFIX_MARKS):
        yield bin_folder
    elif _is_drawer(prefix):
        yield from (prefix / part for part in _DRAWER_PARTS if (prefix / part).is_dir())
    else:
        yield prefix


def _is_drawer(prefix: Path) -> bool:
    """A home, or ~/.local and ~/.cargo, where secrets lie beside programs."""
    return prefix.name in {".local", ".cargo"} or (prefix / ".local").exists() or (prefix / ".profile").exists()


def _secrets(etc: Path) -> Iterator[Path]:
    """What the system keeps from ordinary users; a server that runs as root would show it to tasks."""
    if os.geteuid() != 0:
        return
    for folder, names, files in os.walk(etc):
        for name in (*names, *files):
            path = Path(folder, name)
            if not path.is_symlink() and not path.stat().st_mode & stat.S_IROTH:
                yield path
        names[:] = [name for name in names if Path(folder, name).stat().st_mode & stat.S_IROTH]
