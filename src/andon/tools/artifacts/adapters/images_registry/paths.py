"""Paths inside an image's file system: whatever an image says, nothing is read or written outside of its folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from andon.kernel.errors import PortError

#: more links in one path are a circle, as in the kernel
MOST_LINKS = 40


def parts_of(path: str) -> tuple[str, ...]:
    """The parts of an archive's path. Errors: PortError when it climbs."""
    parts = tuple(part for part in PurePosixPath(path).parts if part not in {"/", "."})
    if ".." in parts:
        raise PortError(f'The image has the path "{path[:200]}", which leads out of it.', permanent=True)
    return parts


def inside(root: Path, parts: tuple[str, ...]) -> Path:
    """Where the parts lead, links followed as if `root` were the whole file system. Nothing need exist there."""
    here: list[str] = []
    todo = list(reversed(parts))
    links = 0
    while todo:
        part = todo.pop()
        if part == "..":
            # as in a real file system, ".." of the root is the root
            here = here[:-1]
            continue
        place = root.joinpath(*here, part)
        if not place.is_symlink():
            here.append(part)
            continue
        links += 1
        if links > MOST_LINKS:
            raise PortError(f"The image has a circle of links at {'/'.join(parts)[:200]}.", permanent=True)
        target = PurePosixPath(place.readlink())
        if target.is_absolute():
            here = []
        todo += reversed([each for each in target.parts if each not in {"/", "."}])
    return root.joinpath(*here)
