"""`andon measure` as a whole: black box, as a process of its own, on real repositories."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
import pytest

from andon.testing.git_history import GitHistory
from andon.testing.installation import Done
from andon.tools.measurement.adapters.commits_git import repositories
from andon.tools.measurement.adapters.commits_git.repositories import GitCommitReader
from andon.tools.measurement.commands import measure as commands
from andon.tools.measurement.model.numbers.definitions import DEFINITIONS
from andon.tools.measurement.report import progress
from tests.forked import andon
from tests.terminals import Told, screen, server_that_answers

from .planted import SEARCH_PATH, at, steady
from .publishing_api import FOLDER, commits, releases


def measure(*arguments: str | Path, folder: Path, **environment: str) -> Done:
    """Runs the command in a folder."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    return andon("measure", *map(str, arguments), folder=folder, environ=clean)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty releases, one a day."""
    return steady().write(tmp_path_factory.mktemp("measured") / "shop")


@pytest.fixture(scope="module")
def publishing_api(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten years of a real service as a repository again."""
    if not FOLDER.exists():
        pytest.skip(f"NOT TESTED: a real history of ten years; {FOLDER} is not there")
    history = GitHistory()
    known = {commit.id: commit for commit in commits()}
    for commit in parents_first(known):
        history.commit(
            commit.id,
            *commit.parents,
            at=int(commit.committed_at.timestamp()),
            authored=int(commit.authored_at.timestamp()),
        )
    for release in releases():
        history.tag(release.version, release.commit, int(release.finished_at.timestamp()))
    history.branch("main", next(iter(known)))
    return history.write(tmp_path_factory.mktemp("measured") / "publishing-api")


def test_the_real_year_through_the_public_door(publishing_api: Path) -> None:
    """630 releases, 1,070 commits, 12.88 h by committer date and 19.55 h by author date."""
    asked = ("--since", "2025-01-01", "--until", "2026-01-01")
    told = measure(publishing_api, *asked, "--json", folder=publishing_api.parent).json
    metrics = {metric["id"]: metric for metric in told["metrics"]}
    lead, cycle = metrics["change-lead-time"], metrics["cycle-time"]
    assert (told["source"]["commits"] >= 10_398, told["source"]["releases"]) == (True, 3397)
    assert told["source"]["releases_inside"] == 630
    assert (lead["n"], round(lead["value"] / 3600, 2)) == (1070, 12.88)
    assert (cycle["n"], round(cycle["value"] / 3600, 2)) == (1070, 19.55)
    assert metrics["change-fail-rate"]["value"] is None
    assert [(one["shape"], one["tags"]) for one in told["source"]["taken"]] == [("release_*", 1959), ("v*", 1438)]
    assert sum(one["n"] for one in told["months"][0]["points"]) == 1070


def test_the_other_real_year(publishing_api: Path) -> None:
    """2016: 430 releases, 2.40 h; only those of the pattern."""
    asked = ("--since", "2016-01-01", "--until", "2017-01-01", "--environment-tags", "release_*")
    told = measure(publishing_api, *asked, "--json", folder=publishing_api.parent).json
    lead = next(metric for metric in told["metrics"] if metric["id"] == "change-lead-time")
    assert (told["source"]["releases_inside"], round(lead["value"] / 3600, 2)) == (430, 2.4)


def test_a_report_says_the_numbers_first_and_what_they_are(shop: Path) -> None:
    """Value, sample, interval, definition, exclusions, what is not known and why, and what to do next."""
    done = measure(".", "--since", "2026-01-01", "--until", "2026-01-21", folder=shop)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "shop in production · 2026-01-01 to 2026-01-20, 20 days · 20 releases"
    assert next(line for line in lines if line.startswith("Change lead time")).split()[3:5] == ["12", "h"]
    for words in ("19 commits", "seed", "1 a day", "no data", "git has no incidents", "v* (20)", "--evidence"):
        assert words in done.out
    assert "\x1b" not in done.out


def test_the_evidence_is_every_row_with_its_reason(shop: Path) -> None:
    """What counted and what did not; and the same as JSON."""
    asked = (".", "--since", "2026-01-01", "--until", "2026-01-21", "--evidence", "change-lead-time")
    done = measure(*asked, folder=shop)
    assert done.out.count("deployed by v1.") == 19
    assert "Counted: 19 commits" in done.out
    assert "Left out: 1 × seed" in done.out
    told = measure(*asked, "--json", folder=shop).json
    assert [len(told["counted"]), [len(part["rows"]) for part in told["excluded"]]] == [19, [1]]
    assert {row["value"] for row in told["counted"]} == {43200.0}


@pytest.mark.parametrize("subject", ["stream", "flow", "overlay", "wall"])
def test_it_can_be_about_more_than_numbers(shop: Path, tmp_path: Path, subject: str) -> None:
    """What a page of a server shows, of a repository: in words, as JSON, and with pictures in one file."""
    asked = (shop, "--since", "2026-01-01", "--until", "2026-01-21", "--about", subject)
    done = measure(*asked, "--html", "r.html", folder=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith("shop in production · 2026-01-01 to 2026-01-20, 20 days\n")
    assert "Tags taken as releases: v* (20)." in done.out
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")
    told = measure(*asked, "--json", folder=tmp_path).json
    assert told["numbers"]["source"]["releases_inside"] == 20
    answer = told[{"stream": "value_stream"}.get(subject, subject)]
    assert answer["question"]["place"] == {"service": "shop", "environment": "production"}


def test_an_empty_path_is_no_server(tmp_path: Path) -> None:
    """What a script's unset variable leaves is wrong, and said so."""
    done = measure("", folder=tmp_path)
    assert done.code == 1
    assert "PATH is empty" in done.err


def test_a_forecast_from_tags(shop: Path) -> None:
    """One commit a day: seven a week, so 20 of them take three weeks, as sure as can be."""
    asked = (".", "--since", "2026-01-01", "--until", "2026-01-21", "--about", "flow", "--items", "20")
    done = measure(*asked, folder=shop)
    assert "95 % sure 3 weeks at most, until 20 items are done" in " ".join(done.out.split())
    assert "the law holds" in done.out or "because" in done.out


def test_files_are_kept_and_the_page_needs_no_network(shop: Path, tmp_path: Path) -> None:
    """One HTML file with its pictures inside; the evidence of every number as a table."""
    done = measure(shop, "--since", "2026-01-01", "--html", "r.html", "--csv", "r.csv", folder=tmp_path)
    assert done.code == 0, done.err
    page = (tmp_path / "r.html").read_text()
    assert page.startswith("<!doctype html>")
    assert page.count("<svg") >= 3
    for outside in ('src="http', 'href="http', "<script", "@import", "url("):
        assert outside not in page
    with (tmp_path / "r.csv").open() as file:
        rows = list(csv.DictReader(file))
    leads = [row for row in rows if row["number"] == "change-lead-time"]
    assert [row["counted"] for row in leads].count("yes") == 19
    assert sorted(tmp_path.iterdir()) == [tmp_path / "r.csv", tmp_path / "r.html"]


def test_what_people_wrote_stays_text(tmp_path: Path) -> None:
    """No markup on the page, no formula in the table, no order to the terminal."""
    history = steady(3)
    history.commit("x", "c2", at=at(3), message=b"=cmd() <script>alert(1)</script> \x1b]0;gone\x07")
    history.tag("v1.3", "x", at(3.5))
    folder = history.write(tmp_path / "shop")
    asked = (folder, "--since", "2026-01-01", "--until", "2026-02-01")
    done = measure(*asked, "--html", "r.html", "--csv", "r.csv", "--evidence", "change-lead-time", folder=tmp_path)
    assert "<script" not in (tmp_path / "r.html").read_text()
    assert ",'=cmd() <script>" in (tmp_path / "r.csv").read_text()
    assert "=cmd()" in done.out
    assert "\x1b" not in done.out
    assert "\x07" not in done.out


def test_other_definitions_are_chosen_by_name(shop: Path) -> None:
    """The same history, other numbers; an unknown name says which there are, before anything is read."""
    told = measure(".", "--as", "devlake", "--since", "2026-01-01", "--json", folder=shop).json
    assert told["question"]["as"] == "devlake"
    assert 'Did you mean "devlake"' in measure("/nowhere", "--as", "devlak", folder=shop).err


def test_the_help_names_every_definition(tmp_path: Path) -> None:
    """Whoever asks for help need not guess."""
    said = " ".join(measure("--help", folder=tmp_path).out.split())
    assert [name for name in DEFINITIONS if name not in said] == []


def test_as_it_was_known_then(shop: Path) -> None:
    """What came later is not there."""
    asked = (".", "--since", "2026-01-01", "--until", "2026-02-01", "--as-of", "2026-01-11", "--json")
    told = measure(*asked, folder=shop).json
    assert (told["metrics"][0]["n"], told["source"]["releases_inside"]) == (9, 10)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere",), "nowhere: there is no such folder"),
        (("--", "--upload-pack=touch sprung"), "there is no such folder"),
        ((".", "--since", "2026-02-01", "--until", "2026-01-01"), "--since (2026-02-01 00:00) is not before --until"),
        ((".", "--since", "soon"), '--since: "soon" is no day'),
        ((".", "--environment-tags", "x["), r"no tag matches x[. The 20 tags here: v* (20)"),
        ((".", "--html", "/nowhere/r.html"), "there is no folder /nowhere"),
        ((".", "--csv", "/"), "/: is a folder"),
        (("nowhere", "--evidence", "change-lead-tim"), 'Did you mean "change-lead-time"'),
        (("ext::sh -c touch% sprung",), "there is no such folder"),
        (("https://127.0.0.1:9/x",), "cannot be cloned"),
        (("--environment-tags", "v*"), "andon measure PATH"),
        (("--about", "flow", "--evidence", "cycle-time"), "--evidence belongs to --about numbers"),
        ((".", "--items", "4"), "--items belongs to --about flow"),
        ((".", "--about", "flow", "--items", "20000"), "Ask for 1 to 10,000"),
        ((".", "--about", "overlay", "--over", "cycle-tim"), 'Did you mean "cycle-time"'),
        ((), "No server answers"),
        (("--about", "wall"), "No server answers"),
    ],
)
def test_what_cannot_be_is_said_in_words(shop: Path, arguments: tuple[str, ...], says: str) -> None:
    """Cause and remedy, exit code 1, no traceback."""
    done = measure(*arguments, folder=shop, ANDON_URL="http://127.0.0.1:9")
    assert (done.code, done.out) == (1, "")
    assert says in done.err.replace("\n  ", " ")
    assert "Traceback" not in done.err
    assert not (shop / "sprung").exists()


class Tty(io.StringIO):
    """What says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    """On the error stream, and gone at the end; a pipe gets the report and nothing else."""
    monkeypatch.setattr(progress, "_QUIET_S", -1.0)
    monkeypatch.setattr(progress, "_EVERY_S", 0.0)
    monkeypatch.setattr(repositories, "_SAY_EVERY", 2)
    monkeypatch.setattr(repositories, "_LONG", 4)
    shown = screen()
    err = Tty() if is_terminal else io.StringIO()
    session = replace(shown.session, terminal=replace(shown.session.terminal, err=err))
    asked = commands.MeasureOptions(since="2026-01-01")
    folder = steady().write(tmp_path / "shop")
    commands.measure(str(folder), asked=asked, session=session, commits=GitCommitReader(SEARCH_PATH))
    assert shown.text.startswith("shop in production")
    # how many there are is counted meanwhile: it may be known by then, and shown as a bar
    assert bool(re.search(r"reading commits +([▓░]+ +)?10\b", err.getvalue())) is is_terminal
    assert err.getvalue().endswith("\r\x1b[K") is is_terminal


def test_without_a_path_the_server_is_asked() -> None:
    """Its numbers, as the same report; the evidence page by page."""
    report = numbers_of_a_server()
    with server_that_answers(Told(body=msgspec.json.encode([report]))) as told:
        done = measure("--since", "2026-01-01", "--service", "shop", folder=Path(mkdtemp()), ANDON_URL=told.url)
    assert done.code == 0, done.err
    assert done.out.startswith("shop in production · 2026-01-01 to 2026-03-31, 90 days\n")
    assert told.asked[0][1] == "/api/v1/measurement/overview?service=shop&from=2026-01-01"
    rows = {"total": 1, "first": 1, "next": None, "rows": [row()]}
    page = {"metric": report["metrics"][0], "trend": report["trends"][0], "reason": "", "evidence": rows}
    with server_that_answers(Told(body=msgspec.json.encode(page))) as told:
        done = measure("--evidence", "change-lead-time", folder=Path(mkdtemp()), ANDON_URL=told.url)
    assert "deployed by 2.15" in done.out
    with server_that_answers(Told(body=b"[]")) as told:
        assert "Nothing was deployed there yet" in measure(folder=Path(mkdtemp()), ANDON_URL=told.url).err


@cache
def numbers_of_a_server() -> dict[str, Any]:
    """As its API prints them."""
    point = {"begin": "2026-01-05T00:00:00Z", "value": 3600.0, "n": 1}
    metric = {
        "id": "change-lead-time",
        "title": "Change lead time",
        "unit": "seconds",
        "value": 3600.0,
        "definition": "Median time.",
        "sample": "commits",
        "n": 1,
        "low": None,
        "high": None,
        "spread": {"median": 3600.0, "p85": 3600.0, "p95": 3600.0, "mean": 3600.0},
        "counted": 1,
        "excluded": [],
        "notes": ["Small sample."],
    }
    return {
        "question": {
            "service": "shop",
            "environment": "production",
            "from": "2026-01-01T00:00:00Z",
            "to": "2026-04-01T00:00:00Z",
            "as": "dora",
            "as_of": None,
        },
        "metrics": [metric],
        "trends": [{"metric": "change-lead-time", "unit": "seconds", "points": [point, {**point, "value": None}]}],
        "notes": ["In words."],
    }


def row() -> dict[str, Any]:
    """One row of evidence."""
    return {
        "fact": "ledger/7",
        "name": "Fix rounding",
        "commit": "a81f3c" + "0" * 34,
        "at": "2026-01-06T00:00:00Z",
        "value": 3600.0,
        "why": "deployed by 2.15",
        "link": "/runs/7",
    }


def parents_first(known: dict[Any, Any]) -> list[Any]:
    """Every commit after its parents."""
    order: dict[Any, Any] = {}
    for start in reversed(known):
        ahead = [start]
        while ahead:
            left = [parent for parent in known[ahead[-1]].parents if parent not in order]
            if left:
                ahead += left
            else:
                commit = ahead.pop()
                order.setdefault(commit, known[commit])
    return list(order.values())
