"""Applies an image's layers to a folder: files, folders, links and whiteouts; no devices, no owners, no way out."""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.artifacts.adapters.images_registry.paths import inside, parts_of

#: in front of a name: the layer deletes it
WHITEOUT = ".wh."
#: the layer deletes everything that lower layers had in this folder
OPAQUE = ".wh..wh..opq"
COPY_BYTES = 1024 * 1024


def apply_layer(archive: Path, root: Path, *, gzip: bool) -> None:
    """Unpack one layer over those below. Errors: PortError(permanent) when it is no layer."""
    own: set[Path] = set()
    try:
        with tarfile.open(archive, "r|gz" if gzip else "r|") as tar:
            for member in tar:
                _apply(tar, member, root, own)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise PortError(f"A layer of the image cannot be unpacked: {error}.", permanent=True) from error


def _apply(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, own: set[Path]) -> None:
    """`own` is what this layer has written, which its own whiteouts leave alone."""
    parts = parts_of(member.name)
    if not parts:
        return
    parent = inside(root, parts[:-1])
    _make_parents(root, parent)
    if parts[-1] == OPAQUE:
        _clear(parent, own)
        return
    if parts[-1].startswith(WHITEOUT):
        _white_out(parent, parts[-1].removeprefix(WHITEOUT), own)
        return
    place = parent / parts[-1]
    if make := _MAKERS.get(member.type):
        make(tar, member, root, place)
        own.update((place, *place.parents))


def _make_folder(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, place: Path) -> None:
    if place.is_symlink() or not place.is_dir():
        _remove(place)
        place.mkdir()
    # its owner must be able to fill it, whatever the image says
    place.chmod(member.mode & 0o777 | 0o700)


def _make_file(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, place: Path) -> None:
    _remove(place)
    content = tar.extractfile(member)
    assert content is not None  # noqa: S101 tarfile has content for every regular member
    # set-uid and set-gid are not for a sandbox
    mode = member.mode & 0o777
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(content, file, COPY_BYTES)
    place.chmod(mode)
    os.utime(place, (member.mtime, member.mtime))


def _make_symlink(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, place: Path) -> None:
    _remove(place)
    # may point anywhere: inside the sandbox it is followed there, and `inside` never follows it out
    place.symlink_to(member.linkname)


def _make_hard_link(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, place: Path) -> None:
    parts = parts_of(member.linkname)
    target = inside(root, parts[:-1]) / parts[-1] if parts else root
    if target.is_symlink() or not target.is_file():
        message = f"The image links {member.name[:200]} to {member.linkname[:200]}, which is no file of it."
        raise PortError(message, permanent=True)
    if target != place:
        _remove(place)
        place.hardlink_to(target)


Maker = Callable[[tarfile.TarFile, tarfile.TarInfo, Path, Path], None]
#: what is made of which member; devices, pipes and sockets are nothing an artifact brings along
_MAKERS: dict[bytes, Maker] = {
    tarfile.DIRTYPE: _make_folder,
    tarfile.REGTYPE: _make_file,
    tarfile.AREGTYPE: _make_file,
    tarfile.GNUTYPE_SPARSE: _make_file,
    tarfile.SYMTYPE: _make_symlink,
    tarfile.LNKTYPE: _make_hard_link,
}


def _make_parents(root: Path, parent: Path) -> None:
    """Folders that a layer leaves out. Errors: PortError when a file is in the way."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        message = f"The image has a file where it needs the folder /{parent.relative_to(root)}."
        raise PortError(message, permanent=True) from error


def _clear(folder: Path, own: set[Path]) -> None:
    for each in folder.iterdir():
        if each not in own:
            _remove(each)
        elif each.is_dir() and not each.is_symlink():
            _clear(each, own)


def _white_out(parent: Path, name: str, own: set[Path]) -> None:
    if name in {"", ".", ".."}:
        raise PortError(f'A layer of the image deletes "{name}", which is no name.', permanent=True)
    if parent / name not in own:
        _remove(parent / name)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
