"""What of this machine a sandbox may see: its system, and tools on the search path, but no homes and no data."""

from __future__ import annotations

import shutil
from pathlib import Path

#: top folders of a system; whatever is not named is not there
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu")
#: readable by root only for a reason
PRIVATE = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/security/opasswd")
PRIVATE_FOLDERS = ("/etc/ssl/private", "/etc/ssh", "/etc/sudoers.d", "/etc/letsencrypt", "/etc/NetworkManager")
#: whose real places count too: they are often links into a home
INTERPRETERS = ("python3", "python", "node")

_SYSTEM_FOLDERS = tuple(Path("/") / name for name in SYSTEM)


def system_binds() -> list[str]:
    """bubblewrap's arguments for the machine's system, read-only."""
    arguments: list[str] = []
    for folder in _SYSTEM_FOLDERS:
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    for name in PRIVATE:
        if Path(name).exists():
            arguments += ["--ro-bind", "/dev/null", name]
    for name in PRIVATE_FOLDERS:
        if Path(name).is_dir():
            arguments += ["--tmpfs", name]
    return arguments


def tool_binds(search_path: str) -> list[str]:
    """bubblewrap's arguments for tools on the search path that are elsewhere: a pyenv, a virtual environment."""
    return [part for prefix in tool_prefixes(search_path) for part in ("--ro-bind", str(prefix), str(prefix))]


def tool_prefixes(search_path: str) -> tuple[Path, ...]:
    """Folders to show so that what is on the search path works; outer ones before those inside them."""
    found = {_prefix(Path(entry)) for entry in search_path.split(":") if entry.startswith("/")}
    for name in INTERPRETERS:
        program = shutil.which(name, path=search_path)
        if program:
            found.add(Path(program).resolve().parent.parent)
    return tuple(sorted(p for p in found if p.is_dir() and not _is_system(p) and p != Path("/")))


def _prefix(folder: Path) -> Path:
    """The tools' own tree when the folder is the bin of one; else only the folder: a home is more than its tools."""
    parent = folder.parent
    if folder.name == "shims" or (parent / "pyvenv.cfg").exists():
        return parent
    return parent if (parent / "lib").is_dir() and parent.name != ".local" else folder


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _SYSTEM_FOLDERS)
