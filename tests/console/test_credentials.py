"""The credentials file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.console.credentials import Credentials
from andon.kernel.errors import Invalid, PortError
from andon.standards.toml import basic_string, read

URL = "http://127.0.0.1:8600"


def test_a_token_is_kept_for_its_server(tmp_path: Path) -> None:
    """A slash at the end of the address does not matter; the last token counts."""
    credentials = Credentials(tmp_path / "deep" / "credentials.toml")
    assert credentials.token(URL) == ""
    credentials.keep(f"{URL}/", "andon_1")
    credentials.keep("https://andon.example", "andon_2")
    credentials.keep(URL, "andon_3")
    assert credentials.token(URL) == credentials.token(f"{URL}/") == "andon_3"
    credentials.forget(URL)
    assert credentials.token(URL) == ""
    assert credentials.token("https://andon.example") == "andon_2"


def test_the_server_used_last_is_remembered(tmp_path: Path) -> None:
    """Beside the tokens, which stay; keeping or forgetting a token does not change it."""
    credentials = Credentials(tmp_path / "credentials.toml")
    assert credentials.server() == ""
    credentials.keep("https://andon.example", "andon_1")
    credentials.remember(f"{URL}/")
    credentials.keep(URL, "andon_2")
    credentials.forget("https://andon.example")
    assert (credentials.server(), credentials.token(URL)) == (URL, "andon_2")


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """The file and the folder that is made for it; also when somebody opened it before."""
    path = tmp_path / "andon" / "credentials.toml"
    Credentials(path).keep(URL, "andon_1")
    path.chmod(0o644)
    Credentials(path).keep(URL, "andon_2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["credentials.toml"]


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """It is not overwritten: somebody may want to look."""
    path = tmp_path / "credentials.toml"
    path.write_text("token = ")
    with pytest.raises(Invalid, match="sign in again"):
        Credentials(path).token(URL)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """With the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises((PortError, Invalid), match=str(tmp_path)):
        Credentials(tmp_path / "file" / "credentials.toml").keep(URL, "t")


@given(st.text())
def test_any_text_can_be_written_and_read_back(text: str) -> None:
    """Quotes, backslashes and control characters too."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return
    assert read(f"a = {basic_string(text)}", "f").data == {"a": text}
