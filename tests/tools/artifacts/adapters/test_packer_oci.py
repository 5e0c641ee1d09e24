"""The packer: the same content has the same digest, and what cannot be packed is told at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid, PortError
from andon.tools.artifacts.adapters.images_registry.unpack import apply_layer
from andon.tools.artifacts.adapters.packer_oci.base_image import base_name, read_layout
from andon.tools.artifacts.adapters.packer_oci.layer import Layer, make_layer
from andon.tools.artifacts.adapters.packer_oci.tree import TreeLimits, scan

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
)
PATHS = st.lists(NAMES.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=4).map("/".join)
#: path -> content, or where a link points; and is it executable
TREES = st.dictionaries(PATHS, st.tuples(st.binary(max_size=2000) | NAMES, st.booleans()), max_size=12)
MADE_AT = 1_764_000_000  #: seconds
Tree = dict[str, tuple[bytes | str, bool]]


def write(folder: Path, tree: Tree, order: int) -> None:
    """Write a tree; those files that are in the way of others are left out."""
    for path, (content, is_executable) in sorted(
        tree.items(), key=lambda item: (item[0], order)[:1], reverse=order < 0
    ):
        file = folder / path
        if any(f"{path}/" == other[: len(path) + 1] for other in tree) or len(file.name.encode()) > 200:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            file.symlink_to(content)
            continue
        file.write_bytes(content)
        file.chmod(0o700 if is_executable else 0o640 if order > 0 else 0o604)
        os.utime(file, (order + 100, order + 100))


def packed(folder: Path) -> Layer:
    """The layer of a folder."""
    return make_layer(folder, scan(folder, TreeLimits()), "app", MADE_AT)


def members(layer: Layer) -> list[tarfile.TarInfo]:
    """What a tar reader finds in a layer."""
    with tempfile.TemporaryFile() as file:
        for chunk in layer.chunks():
            file.write(chunk)
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            return tar.getmembers()


@given(TREES)
def test_the_same_tree_has_the_same_digest(tree: Tree) -> None:
    """In which order, when and by whom files were written does not matter."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        write(Path(one), tree, 1)
        write(Path(other), tree, -1)
        first, second = packed(Path(one)), packed(Path(other))
        assert (first.digest, first.size) == (second.digest, second.size)
        content = b"".join(first.chunks())
        assert hashlib.sha256(content).hexdigest() == first.digest.removeprefix("sha256:")
        assert len(content) == first.size


def seen(folder: Path) -> dict[str, tuple[object, bool]]:
    """What is in a folder: contents, targets, folders, and what is executable."""
    found: dict[str, tuple[object, bool]] = {}
    for each in folder.rglob("*"):
        name = str(each.relative_to(folder))
        if each.is_symlink():
            found[name] = (each.readlink(), False)
        elif each.is_dir():
            found[name] = (None, True)
        else:
            found[name] = (each.read_bytes(), bool(each.stat().st_mode & 0o100))
    return found


@given(TREES)
def test_what_is_packed_is_what_is_unpacked(tree: Tree) -> None:
    """Through the layer and the puller every tree comes back."""
    with tempfile.TemporaryDirectory() as one:
        write(Path(one), tree, 1)
        with tempfile.TemporaryDirectory() as other:
            root = Path(other) / "rootfs"
            root.mkdir()
            (Path(other) / "layer.tar").write_bytes(b"".join(packed(Path(one)).chunks()))
            apply_layer(Path(other) / "layer.tar", root, gzip=False)
            assert seen(root / "app") == seen(Path(one))


@given(TREES, st.data())
def test_another_tree_has_another_digest(tree: Tree, data: st.DataObject) -> None:
    """One byte more in one file is seen."""
    with tempfile.TemporaryDirectory() as one:
        write(Path(one), tree, 1)
        before = packed(Path(one)).digest
        files = sorted(each for each in Path(one).rglob("*") if each.is_file() and not each.is_symlink())
        file = data.draw(st.sampled_from([*files, Path(one) / "one more"]))
        with file.open("ab") as opened:
            opened.write(b"x")
        assert packed(Path(one)).digest != before


def example(folder: Path) -> Path:
    """A tree with one of everything."""
    (folder / "bin").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "bin" / "run").write_text("#!/bin/sh\n")
    (folder / "bin" / "run").chmod(0o775)
    (folder / "greeting").write_text("hello")
    (folder / "greeting").chmod(0o600)
    (folder / "link").symlink_to("../outside")
    (folder / "é").write_bytes(b"\0" * 512)
    return folder


def test_the_digest_is_pinned(tmp_path: Path) -> None:
    """An artifact's identity must survive new versions of Python, of tar and of ourselves."""
    layer = packed(example(tmp_path / "tree"))
    assert layer.size == 10240
    assert layer.digest == "sha256:8f59150721a4c25ee4b365f7dcbcca7a165f2b4dec99e5fed36d43f018c845cd"


def test_modes_owners_and_times_are_normal(tmp_path: Path) -> None:
    """Everything lies under app/, belongs to root, has no time, and keeps only the executable bit."""
    found = members(packed(example(tmp_path / "tree")))
    assert [(each.name, oct(each.mode)) for each in found] == [
        ("app", "0o755"),
        ("app/bin", "0o755"),
        ("app/bin/run", "0o755"),
        ("app/empty", "0o755"),
        ("app/greeting", "0o644"),
        ("app/link", "0o777"),
        ("app/é", "0o644"),
    ]
    assert {(each.uid, each.gid, each.mtime, each.uname) for each in found} == {(0, 0, MADE_AT, "")}
    assert next(each.linkname for each in found if each.issym()) == "../outside"


def test_a_single_file_is_an_artifact_too(tmp_path: Path) -> None:
    """A wheel or a binary becomes the one file of /app."""
    (tmp_path / "shop.whl").write_text("wheel")
    assert [each.name for each in members(packed(tmp_path / "shop.whl"))] == ["app", "app/shop.whl"]


def test_long_names_and_large_files_are_packed(tmp_path: Path) -> None:
    """What does not fit into an old tar header is there as well."""
    deep = tmp_path / "tree" / Path(*["d" * 60] * 4)
    deep.mkdir(parents=True)
    (deep / ("f" * 120)).write_bytes(b"x" * 3_000_000)
    found = members(packed(tmp_path / "tree"))[-1]
    assert (len(found.name), found.size) == (4 + 4 * 61 + 120, 3_000_000)


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[Path]:
    """A folder with a socket and a pipe in it."""
    folder = tmp_path / "s"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        yield folder


def test_what_is_no_file_is_told_all_at_once(strange: Path) -> None:
    """Each with its path, and what to do."""
    with pytest.raises(Invalid) as invalid:
        scan(strange, TreeLimits())
    assert [problem.where for problem in invalid.value.problems] == ["pipe", "socket"]
    assert "Leave it out" in str(invalid.value)


def test_names_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    """Such names would be another's after the next copy."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).write_text("x")
    with pytest.raises(Invalid, match="not UTF-8"):
        scan(tmp_path, TreeLimits())


@pytest.mark.parametrize("limits", [TreeLimits(files=3), TreeLimits(file_bytes=500), TreeLimits(total_bytes=500)])
def test_too_much_is_refused(tmp_path: Path, limits: TreeLimits) -> None:
    """More than an artifact may hold is told with both numbers."""
    with pytest.raises(Invalid, match="may have"):
        scan(example(tmp_path / "tree"), limits)


def test_a_sparse_file_is_not_made_a_long_layer(tmp_path: Path) -> None:
    """Its holes would be filled with zeros; both sizes are said."""
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(700 * 1024**2)
    with pytest.raises(Invalid, match=r"files are 700 MiB long, but only 0 B of them are written: the rest are holes"):
        scan(tmp_path, TreeLimits())


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """What is not there cannot be packed."""
    with pytest.raises(Invalid, match="cannot be read"):
        scan(tmp_path / "nothing", TreeLimits())


@pytest.mark.parametrize("content", ["longer than before", "", "other"])
def test_a_file_that_changes_meanwhile_is_found(tmp_path: Path, content: str) -> None:
    """Another size while packing fails there; another content fails at the registry, which has the digest."""
    folder = example(tmp_path / "tree")
    layer = packed(folder)
    (folder / "greeting").write_text(content)
    if len(content) == 5:
        assert hashlib.sha256(b"".join(layer.chunks())).hexdigest() != layer.digest.removeprefix("sha256:")
        return
    with pytest.raises(PortError, match="changed while it was packed"):
        list(layer.chunks())


def test_a_file_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    """Nothing from outside of the folder gets into the artifact."""
    folder = example(tmp_path / "tree")
    layer = packed(folder)
    (folder / "greeting").unlink()
    (folder / "greeting").symlink_to("/etc/passwd")
    with pytest.raises(PortError, match="cannot be read"):
        list(layer.chunks())


@pytest.mark.parametrize("base", ["base", "base:", "base@sha256:1", "Base:1", "host:5000/base:1", "../x:1"])
def test_what_is_no_base_is_told(base: str) -> None:
    """The forms that a base may have are in the message."""
    with pytest.raises(Invalid, match="expected NAME:TAG"):
        base_name(base)


@pytest.mark.parametrize(
    ("base", "name"), [("", ""), ("/srv/base", ""), ("base:1", "base"), ("team/base@sha256:" + "1" * 64, "team/base")]
)
def test_which_name_a_base_is_read_from(base: str, name: str) -> None:
    """A base in the registry needs a token that may pull it."""
    assert base_name(base) == name


def test_a_folder_that_is_no_layout_is_told(tmp_path: Path) -> None:
    """An OCI layout has an index."""
    with pytest.raises(Invalid, match="no OCI layout"):
        read_layout(tmp_path)
    shutil.rmtree(tmp_path)
    with pytest.raises(Invalid, match="no OCI layout"):
        read_layout(tmp_path)
