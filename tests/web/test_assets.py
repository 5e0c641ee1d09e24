"""Static files: their addresses name their content."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from andon.kernel.errors import NotFound
from andon.web.assets import Assets

ROOT = Path(__file__).parents[2]


def vendor_script() -> ModuleType:
    """tools/vendor.py as a module."""
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "tools" / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    """A browser may keep a file for ever, because other content has another address."""
    (tmp_path / "a.css").write_text("a {}")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b {}")
    assert Assets(tmp_path).url("a.css") != before


def test_files_in_folders_keep_their_path(tmp_path: Path) -> None:
    """A vendored file is found under its folder."""
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "x.js").write_text("1")
    assert Assets(tmp_path).find("vendor/x.js").media_type.startswith("text/javascript")


def test_an_unknown_file_is_not_found(tmp_path: Path) -> None:
    """No path leads out of the folder."""
    with pytest.raises(NotFound):
        Assets(tmp_path).find("../secret")


def test_vendored_files_are_what_npm_published() -> None:
    """Every vendored file has the hash that VENDOR.json says."""
    script = vendor_script()
    assert script.differences(script.VENDOR) == []


def test_a_changed_vendored_file_is_named(tmp_path: Path) -> None:
    """One changed byte, one missing and one unknown file are each found and named."""
    script = vendor_script()
    copy = tmp_path / "vendor"
    shutil.copytree(script.VENDOR, copy)
    with (copy / "htmx.min.js").open("a") as file:
        file.write(" ")
    (copy / "hx-sse.min.js").unlink()
    (copy / "stranger.js").write_text("")
    told = "\n".join(script.differences(copy))
    assert "htmx.min.js: is not htmx.org 4.0.1" in told
    assert "hx-sse.min.js: is missing" in told
    assert "stranger.js: is not in VENDOR.json" in told


def test_no_page_needs_inline_script_or_style() -> None:
    """The strict content security policy holds for every template: no inline script, style or handler."""
    folders = [
        ROOT / "src/andon/web/templates",
        *ROOT.glob("src/andon/tools/*/templates"),
        ROOT / "src/andon/line/templates",
    ]
    for template in (file for folder in folders for file in folder.glob("*.html")):
        text = template.read_text()
        assert "<style" not in text, template
        assert " style=" not in text, template
        assert " onclick=" not in text, template
        assert text.count("<script") == text.count("<script src="), template
