"""A base image for tests: a shell of this machine with its libraries, as an OCI layout folder."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from andon.standards.oci import (
    CONFIG,
    INDEX,
    LAYER_GZIP,
    MANIFEST,
    Descriptor,
    ImageConfig,
    Manifest,
    digest_of,
    hex_of,
    print_config,
    print_manifest,
)


def shell_files() -> list[tuple[str, Path]]:
    """Where a shell and cat lie in the image, and their files and libraries on this machine."""
    files = []
    for program in ("sh", "cat"):
        real = Path(str(shutil.which(program))).resolve()
        listed = subprocess.run(["ldd", str(real)], capture_output=True, text=True, check=True).stdout
        files.append((f"bin/{program}", real))
        files += [(path.lstrip("/"), Path(path).resolve()) for path in re.findall(r"(/\S+) \(0x", listed)]
    return files


def write_base(folder: Path) -> Path:
    """An image with a shell, its one layer compressed."""
    folder.mkdir()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, file in dict(shell_files()).items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = file.stat().st_size, 0o755
            with file.open("rb") as content:
                tar.addfile(info, content)
    config = ImageConfig(
        env=(("FROM_BASE", "yes"),), entrypoint=("/bin/cat",), diff_ids=(digest_of(archive.getvalue()),)
    )
    return write_layout(folder, print_config(config), gzip.compress(archive.getvalue(), mtime=0))


def write_layout(folder: Path, config: bytes, layer: bytes, media_type: str = LAYER_GZIP) -> Path:
    """An OCI layout folder with one image of one layer."""
    manifest = Manifest(
        media_type=MANIFEST,
        config=_put(folder, CONFIG, config),
        layers=(_put(folder, media_type, layer),),
    )
    described = _put(folder, MANIFEST, print_manifest(manifest))
    (folder / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))
    (folder / "index.json").write_bytes(print_manifest(Manifest(media_type=INDEX, manifests=(described,))))
    return folder


def _put(folder: Path, media_type: str, content: bytes) -> Descriptor:
    digest = digest_of(content)
    path = folder / "blobs" / "sha256" / hex_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Descriptor(media_type=media_type, digest=digest, size=len(content))
