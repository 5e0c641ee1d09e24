"""Which users sandboxes get, and what is in their namespaces."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.kernel.errors import PortError
from andon.machine.sandbox.identities import Identities, give, users_of_sandboxes
from andon.machine.sandbox.namespaces import outer_map

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.mark.parametrize(
    ("own", "first", "count"),
    [
        ([(0, 4294967295)], 1_900_000_000, 1 << 23),
        ([(0, 65536)], 49152, 4096),
        ([(0, 1), (1, 65536)], 49153, 4096),
        ([(0, 1)], None, 0),
        ([], None, 0),
    ],
    ids=["a machine", "a container", "a container of an ordinary user", "one user", "none"],
)
def test_users_are_of_those_that_there_are(own: list[tuple[int, int]], first: int | None, count: int) -> None:
    """On a machine above all others; in a container a part of its own; none where there are too few."""
    users = users_of_sandboxes(own)
    assert (next(iter(users), None), len(users)) == (first, count)
    assert all(user + 1 < 65534 or user >= 1_900_000_000 for user in (*users[:1], *users[-1:]))


def test_the_outer_namespace_has_all_users_and_no_user_twice() -> None:
    """The sandbox's own user, its root, and those to whom the files belong that are shown."""
    rows = [tuple(map(int, line.split())) for line in outer_map(50_000, [(0, 65536)]).splitlines()]
    assert rows == [(0, 50_001, 1), (1000, 50_000, 1), (2_100_000_000, 0, 50_000)]
    whole = [tuple(map(int, line.split())) for line in outer_map(1_900_000_000, [(0, 4294967295)]).splitlines()]
    assert whole[-1] == (2_100_000_000, 0, 1_900_000_000)
    assert sum(whole[-1][::2]) < 2**32


@needs_root
def test_a_folder_is_given_once_and_its_owner_is_its_record(tmp_path: Path) -> None:
    """Another server, and another sandbox over the folder, take the same user; another folder has another."""
    for name in ("one", "two"):
        (tmp_path / name / "below").mkdir(parents=True)
        (tmp_path / name / "below" / "link").symlink_to("/etc/passwd")
    identities = Identities()
    with identities.owner_of(tmp_path / "one") as first:
        assert {(tmp_path / "one" / part).lstat().st_uid for part in ("", "below", "below/link")} == {first.user}
    assert Path("/etc/passwd").stat().st_uid == 0
    with Identities().owner_of(tmp_path / "one") as again, identities.owner_of(tmp_path / "two") as second:
        assert again.user == first.user
        assert second.user not in {first.user, first.user + 1}


@needs_root
def test_a_user_whose_folder_is_gone_is_used_again(tmp_path: Path) -> None:
    """Nothing of it is left; making one costs more."""
    identities = Identities()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with identities.owner_of(tmp_path / "one") as first:
        (tmp_path / "one").rmdir()
    with identities.owner_of(tmp_path / "two") as second:
        assert second == first


def test_too_few_users_are_told() -> None:
    """The message says how many are needed."""
    identities = Identities()
    identities.users = range(0)
    with pytest.raises(PortError, match="at least 8192"), identities.anybody():
        pass


def test_what_is_given_half_is_not_taken_for_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder itself comes last."""
    (tmp_path / "made" / "below").mkdir(parents=True)
    given: list[str] = []

    def chown(path: str | Path, *_: int, **__: object) -> None:
        given.append(str(path))

    monkeypatch.setattr(os, "chown", chown)
    give(tmp_path / "made", 1_900_000_000)
    assert given == ["below", str(tmp_path / "made")]
