"""A repository read as a history of releases, with everything unusual named and counted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, NotFound
from andon.testing.git_history import GitHistory
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.reading import RepositoryReading

from .planted import BEGIN, NOW, at, read_at, reading, steady

ALWAYS = Window(begin=NOW.fromtimestamp(BEGIN - 86400 * 365, NOW.tzinfo), end=NOW)


def troubles(found: RepositoryReading) -> dict[str, int]:
    """How many of each, over all time."""
    return {one.id: one.count for one in found.troubles_in(ALWAYS)}


def test_a_steady_repository_has_no_troubles(tmp_path: Path) -> None:
    """Every tag is a deployment of its commit at its time."""
    found = reading(steady(), tmp_path)
    deployments = found.history.deployments(found.place)
    assert (found.commits, len(deployments), troubles(found), found.streams_in(ALWAYS)) == (20, 20, {}, ())
    assert (found.place.service, found.place.environment, found.shapes) == ("shop", "production", (("v*", 20),))
    first = deployments[0]
    assert (first.id, first.version, first.finished_at.timestamp()) == ("tags/v1.0", "v1.0", at(0.5))


def test_everything_unusual_is_named_and_counted(tmp_path: Path) -> None:
    """Light tags, two on one commit, a step back, a clock that is wrong, a history that was rewritten."""
    history = steady(6)
    history.tag("v2.0", "c5", at(7))
    history.tag("v2.1", "c3", at(8))
    history.commit("late", "c5", at=at(20))
    history.tag("v2.2", "late", at(9))
    history.commit("gone", "c5", at=at(10))
    history.tag("v2.3", "gone", at(11))
    history.commit("new", "late", at=at(12))
    history.tag("v2.4", "new")
    found = reading(history, tmp_path)
    assert troubles(found) == {
        "tags-without-a-time": 1,
        "tags-on-one-commit": 1,
        "tags-out-of-order": 1,
        "tags-not-on-trunk": 1,
        "clock-skew": 1,
    }
    inside = found.troubles_in(Window(begin=NOW.fromtimestamp(at(10.5), NOW.tzinfo), end=NOW))
    assert [(one.id, one.examples) for one in inside if one.id == "tags-not-on-trunk"] == [
        ("tags-not-on-trunk", ("v2.3",))
    ]
    assert all("{" not in one.says for one in found.troubles_in(ALWAYS))


def test_a_tag_without_a_believable_date_is_no_release(tmp_path: Path) -> None:
    """It would be the seed, or a release of 1970; it is left out by name, and so is one that is still to come."""
    history = steady(3)
    history.commit("never", "c2", at=0)
    history.tag("v0.9", "never")
    history.tag("v0.8", "c0", 0)
    history.tag("v3.0", "c2", int(NOW.timestamp()) + 86400 * 30)
    found = reading(history, tmp_path)
    assert [tag.name for tag in found.releases] == ["v1.0", "v1.1", "v1.2"]
    assert {one.reason: set(one.names) for one in found.left_out} == {"no believable date": {"v0.8", "v0.9", "v3.0"}}
    assert troubles(found) == {"commits-without-a-date": 1, "tags-without-a-date": 3}


def test_tags_of_which_none_has_a_date_are_refused_in_words(tmp_path: Path) -> None:
    """Rather than measured as releases of 1970."""
    history = GitHistory()
    history.commit("only", at=at(0))
    history.tag("v1.0", "only", 0)
    with pytest.raises(Invalid, match="none of the 1 tags has a date that can be believed"):
        reading(history, tmp_path)


def test_a_commit_from_the_future_is_said(tmp_path: Path) -> None:
    """Its clock is wrong, or ours."""
    history = steady(2)
    history.commit("x", "c1", at=at(4000))
    assert troubles(reading(history, tmp_path)) == {"future-commits": 1}


def test_a_shallow_clone_is_said_with_what_to_do(tmp_path: Path) -> None:
    """What is behind the cut is not counted; with no tags left it is the first thing to mend."""
    origin = steady().write(tmp_path / "origin")
    clone = ["git", "clone", "-q", "--depth=5", "--no-tags", f"file://{origin}", "copy"]
    subprocess.run(clone, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    with pytest.raises(Invalid, match="--unshallow"):
        read_at(tmp_path / "copy")
    fetch = ["git", "fetch", "-q", "--depth=5", "origin", "tag", "v1.18"]
    subprocess.run(fetch, cwd=tmp_path / "copy", check=True, capture_output=True, timeout=60)
    found = read_at(tmp_path / "copy")
    assert troubles(found)["shallow-clone"] >= 1
    assert "git fetch --unshallow" in found.troubles[0].remedy


def test_lines_that_are_kept_up_side_by_side_are_streams(tmp_path: Path) -> None:
    """Each called after what its versions have in common; their deployments know their line."""
    history = GitHistory()
    history.commit("a", at=at(0))
    history.tag("v2.0.0", "a", at(0.5))
    history.commit("b", "a", at=at(1))
    history.branch("main", "b")
    for line, start in ((1, "a"), (2, "b")):
        before = start
        for patch in range(3):
            before = history.commit(f"p{line}.{patch}", before, at=at(2 + patch * 2 + line))
            history.tag(f"v2.{line}.{patch}", before, at(2.5 + patch * 2 + line))
    found = reading(history, tmp_path)
    assert [(one.name, one.releases, one.last) for one in found.streams_in(ALWAYS)] == [
        ("2.2", 3, "v2.2.2"),
        ("2.1", 3, "v2.1.2"),
        ("main", 1, "v2.0.0"),
    ]
    late = Window(begin=NOW.fromtimestamp(at(8), NOW.tzinfo), end=NOW)
    assert found.streams_in(late) == ()
    lines = {one.version: one.line for one in found.history.deployments(found.place)}
    assert (lines["v2.0.0"], lines["v2.1.1"], lines["v2.2.0"]) == ("", "2.1", "2.2")


def test_parts_with_tags_of_their_own_are_services(tmp_path: Path) -> None:
    """The one with the most is measured, the others are named; any can be chosen."""
    history = steady(1)
    before = "c0"
    for day in range(1, 9):
        before = history.commit(f"d{day}", before, at=at(day))
        history.tag(f"api-{day}" if day % 2 else f"web-{day}", before, at(day + 0.1))
    history.commit("last", before, at=at(9))
    history.tag("api-9", "last", at(9.1))
    found = reading(history, tmp_path)
    assert (found.place.service, found.others) == ("api", (("web", 4), ("shop", 1)))
    assert read_at(tmp_path / "shop", service="web").place.service == "web"
    with pytest.raises(NotFound, match='Did you mean "web"'):
        read_at(tmp_path / "shop", service="wep")


def test_a_service_can_be_called_as_one_likes(tmp_path: Path) -> None:
    """Where there is only one."""
    found = reading(steady(3), tmp_path, service="till", environment="live")
    assert (found.place.service, found.place.environment) == ("till", "live")


@pytest.mark.parametrize(
    ("names", "patterns", "says"),
    [
        ((), (), r"has no tags.*git fetch --tags"),
        (("nightly", "latest"), (), r"none of the 2 tags looks like a release: .*nightly \(1\).*--environment-tags"),
        (("v1", "v2"), ("release_*",), r"no tag matches release_\*. The 2 tags here: v\* \(2\)"),
    ],
)
def test_without_releases_the_next_step_is_said(
    tmp_path: Path, names: tuple[str, ...], patterns: tuple[str, ...], says: str
) -> None:
    """Fetch them, or say which they are."""
    history = GitHistory()
    history.commit("a", at=at(0))
    for name in names:
        history.tag(name, "a", at(1))
    with pytest.raises(Invalid, match=says):
        reading(history, tmp_path, patterns=patterns)


def test_an_empty_repository_is_said(tmp_path: Path) -> None:
    """Nothing to measure yet."""
    subprocess.run(["git", "init", "-q", "shop"], cwd=tmp_path, check=True, timeout=60)
    with pytest.raises(Invalid, match="has no commits yet"):
        read_at(tmp_path / "shop")
