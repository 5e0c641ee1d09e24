"""The shared cases: small inputs that once gave a wrong result, pushed to a server as people push them.

Two are driven elsewhere: secret-in-crash in test_faults.py, environment-removed in test_names.py.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from andon.testing.installation import Clone

from .world import World, awaiting, get, service

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CASES.is_dir(), reason=f"NOT TESTED: the shared cases are not here: {CASES}"),
]

REPORT = 'schema = 1\n[task.only]\nrun = "cp {} report.xml"\nreports = {{ junit = ["report.xml"]{} }}\n'
FAILS_AT_FIRST = "test $(date +%s) -ge $(cat until)"


def case(name: str) -> dict[str, bytes]:
    """The files of a case, with the common service where it has none."""
    files = {str(path.relative_to(CASES / name)): path for path in (CASES / name).rglob("*") if path.is_file()}
    return {file: path.read_bytes() for file, path in ({"app.py": CASES / "app.py"} | files).items()}


@pytest.fixture(scope="module")
def reports(shared: World) -> Clone:
    """A repository with the reports of the case."""
    clone = shared.clone("reports")
    clone.commit("Reports", {path.name: path.read_bytes() for path in (CASES / "junit").iterdir()})
    return clone


@pytest.mark.parametrize(
    ("report", "more", "lamp", "in_the_push"),
    [
        ("ansi.xml", "", "success", "1 passed"),
        ("charref.xml", "", "failure", "1 test failed: t"),
        ("red.xml", "", "failure", "1 test failed: t"),
        ("red.xml", ", advisory = true", "success", "warning: 1 test failed: t"),
    ],
)
def test_what_a_report_contains_decides(
    shared: World, reports: Clone, report: str, more: str, lamp: str, in_the_push: str
) -> None:
    """junit: a task that ends with 0 fails with its tests, unless they are advisory; escape bytes are read."""
    commit = reports.commit(report, {"andon.toml": REPORT.format(report, more)})
    said = reports.push().err
    run = shared.run_of("reports", commit)
    assert (run["lamp"], in_the_push in said) == (lamp, True), said
    page = shared.house.ask("GET", f"/runs/{run['number']}/only").text
    assert "no XML" not in said + page
    assert run["tasks"][0]["tests"]["failures"] == ([] if report == "ansi.xml" else ["t"])


def test_a_pattern_that_matches_no_file_is_refused(shared: World) -> None:
    """inputs-typo: named by the check and at the push, so that no result is reused for ever."""
    clone = shared.clone("typo")
    files = case("inputs-typo")
    clone.commit("Typo", files | {"src/a": "good\n"})
    checked, pushed = shared.house.andon("check", cwd=clone.folder), clone.push()
    for said in (checked.err, " ".join(pushed.err.replace("remote:", "").split())):
        assert 'the pattern "scr/**" matches no file of the commit.' in said
        assert 'Did you mean "src/**"?' in said
    assert (checked.code, "refused by inputs-match-files" in pushed.err, pushed.code != 0) == (1, True, True)
    assert shared.house.ask("GET", "/api/v1/runs?repository=typo").status_code == 404
    clone.commit("Mended", {"andon.toml": files["andon.toml"].replace(b"scr", b"src")})
    assert "✓ test" in clone.push().err
    clone.commit("Broken", {"src/a": "bad\n"})
    assert "✗ test" in clone.push().err


def test_a_slow_older_commit_does_not_replace_a_newer_one(shared: World) -> None:
    """older-run-last: what was pushed last is live; the other one is published, and superseded by it."""
    clone = shared.clone("o1")
    slow = clone.commit("Slow", case("older-run-last") | {"secs": "12\n"})
    assert clone.push("-o", "detach").code == 0
    fast = clone.commit("Fast", {"secs": "0\n"})
    assert clone.push().code == 0
    shared.run_of("o1", slow)
    assert_published(shared, "o1", newer=fast, older=slow)


def assert_published(world: World, name: str, *, newer: str, older: str) -> None:
    """Both, with versions in the trunk's order; the newer one is live, and the older one was not promoted."""

    def settled() -> bool:
        return len(published()) == 2 and all(row["tagged"] for row in published())

    def published() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = world.house.get(f"/api/v1/artifacts/{name}")
        return found

    awaiting(settled, f"the second artifact {name}")
    found = {row["version"]: (row["commit"], row["superseded_by"]) for row in published()}
    assert found == {"1.2": (newer, None), "1.1": (older, "1.2")}
    world.becomes_live("test", name, "1.2")
    promoted = (entry["data"] for entry in world.happened("delivery.PromotionRequested"))
    assert [asked["version"] for asked in promoted if asked["service"] == name] == ["1.2"]


@pytest.fixture(scope="module")
def web(shared: World) -> tuple[Clone, str, str]:
    """The service web with a secret: its first commit failed by chance, its second one is live."""
    shared.house.andon("secret", "set", "test", "web", "KEY", stdin="of-the-first-web")
    clone = shared.clone("web")
    files = service("web")
    files["andon.toml"] = files["andon.toml"].replace("test -s service.py", FAILS_AT_FIRST)
    first = clone.commit("A", files | {"until": f"{time.time() + 5:.0f}\n"})
    assert "✗ test" in clone.push().err
    second = clone.commit("B", {"until": "0\n"})
    assert clone.push().code == 0
    shared.becomes_live("test", "web", "1.2")
    return clone, first, second


def test_an_old_commit_that_is_run_again_does_not_enter(shared: World, web: tuple[Clone, str, str]) -> None:
    """rerun-old-red: it is green now, and an ancestor of what is live."""
    clone, first, second = web
    until = int(clone.git("show", f"{first}:until").out)
    awaiting(lambda: time.time() > until + 1, "the end of the chance to fail")
    red = shared.run_of("web", first)
    assert red["lamp"] == "failure"
    again = shared.house.andon("runs", "rerun", str(red["number"]))
    assert again.code == 0, again.err
    assert_published(shared, "web", newer=second, older=first)


def test_a_service_of_another_repository_is_not_taken_over(shared: World, web: tuple[Clone, str, str]) -> None:
    """service-taken-over: refused by rule, with the owner and the way to hand it over; service and secret stay."""
    before = shared.standing("test", "web")["live"]
    thief = shared.clone("another")
    thief.commit("Mine", case("service-taken-over"))
    refused = thief.push()
    assert refused.code != 0
    assert "refused by one-source: web belongs to the repository web" in refused.err
    assert "andon service transfer web --to another" in refused.err
    assert shared.standing("test", "web")["live"] == before
    assert "KEY" in shared.house.andon("secret", "list", "test", "web").out
    assert 'There is no repository "another"' in shared.house.andon("runs", "--repository", "another").err


def test_a_changed_file_of_the_same_length_is_sent_again(shared: World) -> None:
    """stale-files: files in the image have the commit's time, so that a browser does not keep the old one."""
    clone = shared.clone("st1")
    clone.commit("One", case("stale-files"))
    earlier = {"GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}  # two commits of one second have one time
    again = ["git", "commit", "--quiet", "--amend", "--no-edit"]
    assert shared.house.run(again, clone.folder, environ=earlier).code == 0
    assert clone.push().code == 0
    address = shared.standing("test", "st1")["url"].rstrip("/") + "/app.css"
    old = get(address)
    clone.replace("public/app.css", "blue", "pink")
    clone.commit("Two")
    assert clone.push().code == 0
    shared.becomes_live("test", "st1", "1.2")
    new = get(address, **{"If-Modified-Since": old.headers["Last-Modified"]})
    assert (old.text, new.status_code, new.text) == ("colour: blue\n", 200, "colour: pink\n")


def test_old_objects_land_with_a_warning(shared: World) -> None:
    """old-objects: the warning names the object and the flaw."""
    folder = shared.house.folder / "old"
    folder.mkdir()
    made = shared.house.run(["sh", str(CASES / "old-objects/make.sh")], folder)
    assert made.code == 0, made.err
    clone = Clone(installation=shared.house, folder=folder / "r", name="old")
    clone.begin()
    said = clone.push(branch="main")
    assert said.code == 0, said.err
    commit = clone.git("rev-parse", "main").out.strip()
    assert f"warning: object {commit}: badTimezone" in said.err
    assert [run["commit"] for run in shared.runs("old")] == [commit]


def test_a_shallow_clone_is_told_to_fetch_the_rest(shared: World) -> None:
    """shallow: when the server does not have its base."""
    whole = shared.clone("whole")
    for number in range(2):
        whole.commit(str(number))
    folder = shared.house.folder / "shallow"
    shared.house.run(["git", "clone", "--quiet", "--depth=1", f"file://{whole.folder}", str(folder)], whole.folder)
    clone = Clone(installation=shared.house, folder=folder, name="shallow")
    clone.begin()
    said = clone.push(branch="HEAD:main")
    assert said.code != 0
    assert "this clone is shallow" in said.err
    assert "git fetch --unshallow, then push again" in said.err
    clone.git("fetch", "--quiet", "--unshallow", "origin")
    assert clone.push(branch="HEAD:main").code == 0
