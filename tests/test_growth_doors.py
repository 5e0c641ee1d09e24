"""What comes through the doors, and what grows with a history, costs in proportion to its size (see test_growth)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.ids import NO_CHAIN, RunNumber, StreamId, TaskName
from andon.line.changes import Changes
from andon.line.facts import Facts
from andon.line.journey import journey
from andon.line.narration import Story
from andon.line.trace import trace
from andon.standards.globs import matches
from andon.standards.json_body import decode
from andon.standards.oci import parse_config, parse_manifest
from andon.standards.toml import read as read_toml
from andon.standards.webhook_signature import verify_standard_webhook, verify_versioned_signatures
from andon.tools.artifacts.adapters.tokens_jwt import verify as verify_jwt
from andon.tools.measurement.importing import FactFile, saved_deliveries, table_called
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.events import RunQueued, TaskFinished, TaskStarted
from andon.tools.pipelines.views import Runs
from andon.tools.source.adapters.repositories_git.repositories import _commits
from andon.tools.source.model.push import PushLimits, RefUpdate
from andon.tools.source.model.repository import Repository
from andon.tools.source.model.repository_commands import AcceptPush
from andon.web.sessions import session_of
from andon.wiring.measurement import intakes

from .growth import Torment, is_in_proportion
from .line.histories import COMMIT, MAIN, REPOSITORY, envelope

LOGS = tempfile.TemporaryDirectory()
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = Mapping(source="x")
INTAKES = intakes()
DESCRIPTOR = b'{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%b","size":1}' % (b"a" * 64)
COLUMNS = b"id,finished_at,service,environment,commit\n"
ROW = b"d-1,2026-05-01T12:00:00Z,shop,production," + b"a" * 40 + b"\n"


def logged(content: bytes) -> tuple[FileLogs, Path]:
    """A log that nobody has read yet."""
    path = Path(tempfile.mkdtemp(dir=LOGS.name)) / "log"
    path.write_bytes(content)
    return FileLogs(path.parent), path


def read_log(content: bytes, word: bytes = b"needle") -> None:
    """What a page and the end of a task ask of a log."""
    logs, path = logged(content)
    logs._window(path, -1000, 1000)
    logs._window(path, 5, 1000)
    logs._search(path, word, 0, 100)
    logs._summarize(path)
    path.unlink()


def built(count: int) -> list[Envelope[Any]]:
    """One change that was built again and again."""
    events: list[Any] = []
    for number in range(1, count + 1):
        on = StreamId(f"run/{number}")
        events += [
            (on, queued(number)),
            (on, TaskStarted(task=TaskName("unit"), at=NOW)),
            (on, ended("unit")),
        ]
    return [replace(envelope(event, position=at), stream=on) for at, (on, event) in enumerate(events, 1)]


def queued(number: int) -> RunQueued:
    return RunQueued(
        number=RunNumber(number),
        repository=REPOSITORY,
        commit=COMMIT,
        branch=MAIN,
        trunk=True,
        subject="",
        author="",
        at=NOW,
    )


def ended(task: str) -> TaskFinished:
    return TaskFinished(
        task=TaskName(task),
        outcome="success",
        reason="",
        took=timedelta(0),
        tests=None,
        log_bytes=0,
        log_lines=0,
        log_digest="",
        at=NOW,
    )


def folded(view: Any, count: int) -> object:
    for happened in built(count):
        view.apply(happened)
    return view


def told(count: int) -> object:
    """A pusher is told of each of them."""
    facts, runs = Facts(), Runs()
    story = Story(chain=NO_CHAIN, branch=MAIN, views=cast(Any, SimpleNamespace(facts=facts, runs=runs)), url="")
    for happened in built(count):
        runs.apply(happened)
        story.tell(happened)
    return story


def pushed(count: int, kind: str) -> object:
    updates = tuple(RefUpdate(ref=f"{kind}{number}", before=None, after=COMMIT) for number in range(count))
    limits = PushLimits(tags_per_push=10**6)
    return AcceptPush(repository=REPOSITORY, updates=updates, limits=limits).decide(Repository(), NOW)


def delivered(kind: str, headers: dict[str, str], body: bytes) -> object:
    return INTAKES[kind].read(headers, body, NAMES, NOW)


def imported(form: str, text: bytes) -> object:
    reader = getattr(FactFile("x", table_called("deployments")), form)
    return list(reader([text[at : at + 65536] for at in range(0, len(text), 65536)]))


def github(event: str, body: bytes) -> object:
    return delivered("github", {"x-github-event": event, "x-github-delivery": "1"}, body)


PUSH = (
    b'{"ref":"refs/heads/main","after":"%b","repository":{"full_name":"a/b","clone_url":"https://x/y"},"commits":[%b]}'
)
COMMIT_TOLD = b'{"id":"%b","timestamp":"2026-05-01T12:00:00Z","author":{"name":"x"},"message":"y"}' % (b"a" * 40)
#: the places that a stranger fills: where it begins, and what is done with so much
TORMENTS: dict[str, Torment] = {
    "layers": (100, lambda n: parse_manifest(b'{"schemaVersion":2,"layers":[' + b",".join([DESCRIPTOR] * n) + b"]}")),
    "an index": (
        100,
        lambda n: parse_manifest(b'{"schemaVersion":2,"manifests":[' + b",".join([DESCRIPTOR] * n) + b"]}"),
    ),
    "annotations": (
        200,
        lambda n: parse_manifest(
            b'{"schemaVersion":2,"annotations":{' + b",".join(b'"%d":""' % k for k in range(n)) + b"}}"
        ),
    ),
    "nested manifests": (1000, lambda n: parse_manifest(b'{"a":' * n)),
    "a config's variables": (200, lambda n: parse_config(b'{"config":{"Env":[' + b",".join([b'"a=b"'] * n) + b"]}}")),
    "an open config": (1000, lambda n: parse_config(b'{"config":{"Labels":' + b"{" * n)),
    "nested JSON bodies": (1000, lambda n: decode(msgspec.json.Decoder(dict[str, Any]), b'{"a":' * n, "x")),
    "digits in JSON": (1000, lambda n: decode(msgspec.json.Decoder(dict[str, Any]), b'{"a":' + b"9" * n + b"}", "x")),
    "nested TOML": (200, lambda n: read_toml("a = " + "[{b=" * n + "1" + "}]" * n, "x")),
    "tables of TOML": (100, lambda n: read_toml("".join(f"[a.b{k}]\n" for k in range(n)), "x")),
    "lists of TOML": (100, lambda n: read_toml("[[a]]\n" * n, "x")),
    "dotted TOML": (100, lambda n: read_toml("".join(f"[{'a.' * 20}b{k}]\n" for k in range(n)), "x")),
    "JWT": (1000, lambda n: verify_jwt(b"k" * 32, "eyJhbGciOiJIUzI1NiJ9." + "A" * n + ".A", NOW)),
    "JWT heads": (1000, lambda n: verify_jwt(b"k" * 32, "A" * n + "..", NOW)),
    "cookies": (200, lambda n: session_of({"cookie": "andon-session=a; " * n}, https=False)),
    "signatures": (200, lambda n: verify_versioned_signatures("v1=a," * n, b"", "secret")),
    "standard webhooks": (200, lambda n: verify_standard_webhook("a", "1", "v1,a " * n, b"", "whsec_c2VjcmV0")),
    "globs": (20, lambda n: matches("a/" * n + "c", "**/a/" * 20 + "b")),
    "long globs": (20, lambda n: matches("a/" * 20 + "c", "**/a/" * n + "b")),
    "stars of globs": (100, lambda n: matches("a" * n, "*a" * 20 + "b")),
    "a long line": (30_000, lambda n: read_log(b"x" * 10 * n)),
    "short lines": (10_000, lambda n: read_log(b"\n" * n)),
    "many matches": (1000, lambda n: read_log(b"needle\n" * n)),
    "matches in one line": (1000, lambda n: read_log(b"needle" * n)),
    "almost matches": (200, lambda n: read_log(b"aaaa\x1b[0m" * n, b"a" * 60 + b"b")),
    "styles": (1000, lambda n: read_log(b"needl" + b"\x1b[0m" * n)),
    "commits of git": (
        100,
        lambda n: list(_commits(b"\0".join([b"a" * 40, b"A", b"a@b", b"1", b"2", b"", b"x"] * n) + b"\0")),
    ),
    "tags of a push": (100, lambda n: pushed(n, "refs/tags/v")),
    "refs that are none": (100, lambda n: pushed(n, "refs/tags/\ufffd")),
    "a journey": (30, lambda n: journey(REPOSITORY, COMMIT, built(n))),
    "a trace": (30, lambda n: trace(REPOSITORY, COMMIT, built(n))),
    "changes": (30, lambda n: folded(Changes(Facts()), n)),
    "facts": (30, lambda n: folded(Facts(), n)),
    "runs": (30, lambda n: folded(Runs(), n)),
    "what a pusher is told": (30, told),
    "pushes of GitHub": (50, lambda n: github("push", PUSH % (b"a" * 40, b",".join([COMMIT_TOLD] * n)))),
    "forms of GitHub": (
        1000,
        lambda n: delivered(
            "github",
            {"x-github-event": "push", "content-type": "application/x-www-form-urlencoded"},
            b"payload=%7B" * n,
        ),
    ),
    "nested webhooks": (1000, lambda n: github("push", b'{"repository":' * n)),
    "GitLab": (1000, lambda n: delivered("gitlab", {"x-gitlab-event": "Push Hook"}, b'{"commits":[' + b"{}," * n)),
    "alerts": (
        100,
        lambda n: delivered(
            "alertmanager", {}, b'{"alerts":[' + b",".join([b'{"status":"firing","labels":{}}'] * n) + b"]}"
        ),
    ),
    "PagerDuty": (1000, lambda n: delivered("pagerduty", {}, b'{"event":{"data":' * n)),
    "rows of facts": (20, lambda n: imported("csv", COLUMNS + ROW * n)),
    "columns of facts": (200, lambda n: imported("csv", b"x," * n + COLUMNS)),
    "quotes of facts": (20, lambda n: imported("csv", COLUMNS + b'"\n' * n)),
    "lines of JSON": (50, lambda n: imported("json_lines", b'{"id":"1"}\n' * n)),
    "keys of JSON": (50, lambda n: imported("json_lines", b"{" + b",".join(b'"k%d":1' % k for k in range(n)) + b"}\n")),
    "one line of JSON": (1000, lambda n: imported("json_lines", b'{"id":"' + b"x" * n)),
    "digits of facts": (1000, lambda n: imported("json_lines", b'{"id":' + b"9" * n + b"}\n")),
    "saved deliveries": (
        50,
        lambda n: list(saved_deliveries([b'{"headers":{},"body":{}}\n' * n], INTAKES["pagerduty"], NAMES, NOW)),
    ),
}


@pytest.mark.parametrize("name", TORMENTS)
def test_the_cost_grows_with_the_size(name: str) -> None:
    """Whatever is wrong with what is sent, and however long the history."""
    assert is_in_proportion(*TORMENTS[name])
