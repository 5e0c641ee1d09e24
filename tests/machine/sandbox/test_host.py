"""What a sandbox may see of the host."""

from __future__ import annotations

from pathlib import Path

from andon.machine.sandbox.host import look_around


def test_a_prefix_below_a_home_is_shown_without_the_home(tmp_path: Path) -> None:
    """A pyenv in a home is a tool; the home around it is not."""
    home = tmp_path / "home" / "ada"
    for folder in (".pyenv/bin", ".pyenv/lib", ".local/bin", ".local/lib", ".local/share/keys", ".ssh"):
        (home / folder).mkdir(parents=True)
    view = look_around(f"{home}/.pyenv/bin:{home}/.local/bin:/usr/bin", hidden=())
    assert {path for path in view.shown if path.startswith(str(home))} == {
        f"{home}/.pyenv",
        f"{home}/.local/bin",
        f"{home}/.local/lib",
    }


def test_what_links_lead_to_is_shown_and_nothing_around_it(tmp_path: Path) -> None:
    """A tool's own environment, the interpreter that it stands on, and a script; not the folder around the script."""
    home = tmp_path / "ada"
    tool, python, mine = home / ".local/share/uv/tools/ruff", home / ".local/share/uv/python/3.12", home / "mine"
    for folder in (home / ".local/bin", tool / "bin", tool / "lib", python / "bin", python / "lib", mine):
        folder.mkdir(parents=True)
    for program in (tool / "bin/ruff", python / "bin/python3", mine / "script", mine / "secret"):
        program.touch()
    (home / ".local/bin/ruff").symlink_to(tool / "bin/ruff")
    (home / ".local/bin/script").symlink_to(mine / "script")
    (tool / "bin/python").symlink_to(python / "bin/python3")
    view = look_around(f"{home}/.local/bin", hidden=())
    shown = {path for path in view.shown if path.startswith(str(home))}
    assert shown == {f"{home}/.local/bin", str(tool), str(python), f"{mine}/script"}


def test_a_data_folder_below_the_system_is_covered() -> None:
    """Where it lies below /opt or /usr."""
    view = look_around("/usr/bin", hidden=(Path("/usr/share"),))
    assert "/usr/share" in view.hidden
