"""`andon check`: pipelines and the line, and what the server in use says to their names."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from andon.kernel.errors import Invalid, PortError
from andon.line.check import check
from tests.terminals import Screen, screen

PIPELINE = """schema = 1
[task.build]
run = "make"
artifact = { name = "shop", path = "dist" }
"""
LINE = 'schema = 1\n[[environment]]\nname = "test"\n'
ENVIRONMENTS = [
    {"name": "test", "services": [{"service": "shop", "live": {"version": "1.2"}}]},
    {"name": "staging", "services": [{"service": "shop", "live": {"version": "1.1"}}]},
    {"name": "old", "services": [{"service": "shop", "live": None}]},
]
NOW = {"placements": [{"environment": "test", "service": "shop", "port": 8701}]}


class Server:
    """Answers by address, or not at all."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, *, query: dict[str, str] | None) -> Any:
        path += f"?{urlencode(query)}" if query else ""
        if path not in self.answers:
            raise PortError(f"No server answers to {path}.")
        return self.answers[path]


def using(server: Server | None, *, as_json: bool = False) -> Screen:
    """A screen whose session uses a server, or none."""
    shown = screen(json=as_json)
    if server is None:
        return shown
    session = replace(shown.session, is_known=True)
    session.__dict__["api"] = server
    return replace(shown, session=session)


def said(folder: Path, server: Server | None) -> str:
    shown = using(server)
    check(folder, session=shown.session)
    return shown.text


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a pipeline, pushed as copy."""
    folder = tmp_path / "mine"
    subprocess.run(["git", "init", "-q", folder], check=True, timeout=30)
    subprocess.run(["git", "-C", folder, "remote", "add", "andon", "http://a:1/git/copy"], check=True, timeout=30)
    (folder / "andon.toml").write_text(PIPELINE)
    return folder


def test_a_name_of_another_repository_is_a_warning_with_the_way_on(repository: Path) -> None:
    """As the push would refuse it."""
    objection = {"reason": "shop belongs to the repository shop; this is copy.", "remedy": "Choose another name."}
    address = "/api/v1/names/shop/objection?repository=copy"
    text = said(repository, Server({address: objection}))
    assert "  ! shop belongs to the repository shop; this is copy.\n    Choose another name." in text
    assert "!" not in said(repository, Server({address: {"reason": "", "remedy": ""}}))


def test_without_a_server_it_says_that_owners_were_not_asked(repository: Path) -> None:
    """In one line, and the file is good all the same."""
    assert "owners    not asked who owns shop: no server is in use here\n" in said(repository, None)
    assert "owners    not asked who owns shop: No server answers to " in said(repository, Server({}))


def test_line_toml_is_checked_as_the_push_does(tmp_path: Path) -> None:
    """With every problem at its place."""
    (tmp_path / "line.toml").write_text(LINE.replace("name", "nmae"))
    with pytest.raises(Invalid, match=r'line\.toml:3:1: unknown key "nmae"\. Did you mean "name"\?'):
        check(tmp_path, session=screen().session)
    (tmp_path / "line.toml").write_text(LINE)
    assert "is a line: test.\n  ends      what would end was not asked: no server is in use here" in said(
        tmp_path, None
    )


def test_a_new_line_says_what_would_end(tmp_path: Path) -> None:
    """Services of environments that leave, and ports that are given up."""
    (tmp_path / "line.toml").write_text(LINE)
    answers = {"/api/v1/environments": ENVIRONMENTS, "/api/v1/line": NOW}
    assert said(tmp_path, Server(answers)).splitlines()[1:] == [
        "  ! staging: shop 1.1 would be drained and stopped",
        "  ! old: would leave the line; nothing serves in it",
        "  ! test: shop would leave port 8701",
    ]
    shown = using(Server(answers), as_json=True)
    check(tmp_path / "line.toml", session=shown.session)
    assert len(json.loads(shown.text)["would_end"]) == 3
    kept = {"/api/v1/environments": ENVIRONMENTS[:1], "/api/v1/line": {"placements": []}}
    assert "nothing that runs on" in said(tmp_path, Server(kept))


def test_the_schema_of_the_line_is_printed(tmp_path: Path) -> None:
    """For an editor."""
    shown = screen()
    check(tmp_path / "line.toml", schema=True, session=shown.session)
    assert json.loads(shown.text)["title"] == "line.toml"
