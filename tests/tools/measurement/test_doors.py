"""The doors of measurement: who may do what, how much may come in, and what is said when it is too much or wrong."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx2
import pytest

from andon.kernel.envelope import Entry
from andon.kernel.ids import AccountName, Actor
from andon.testing.installation import NO_CERTIFICATES
from andon.tools.access.keys import TokenAsked
from andon.tools.access.model.role import Role, permissions_of
from andon.tools.measurement.api.improve import Learned, NewImprovement
from andon.tools.measurement.api.people import AnotherQuestion, NewPoints, PulseScore
from andon.tools.measurement.api.sources import LARGEST_DELIVERY_BYTES, NewConnection, NewConnectionSecret
from andon.tools.measurement.model.improving.prices import Prices
from andon.web.limits import WRONG_KEYS
from tests.callers import admin
from tests.deaths import died

from .measured_house import Visit, measured_house
from .year_shape import Shape

pytestmark = pytest.mark.anyio
API = "/api/v1/measurement"
CONNECTION = {"kind": "github"}
PRICES = {"currency": "EUR", "per_run_minute": 0.01}
POINTS = {"points": [{"series": "orders", "at": "2026-11-23T10:00:00Z", "value": 1}]}
PLAN = {
    "title": "Smaller changes",
    "metric": "change-lead-time",
    "target": "1h",
    "by": "2990-01-01",
    "service": "shop",
}


@pytest.fixture(scope="module")
async def known(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """A server that knows a little year, for tests that do not mind what others recorded."""
    async with measured_house(tmp_path_factory.mktemp("doors"), Shape(changes=60)) as made:
        yield made


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """A server that knows nothing yet."""
    async with measured_house(tmp_path) as made:
        yield made


async def recorded(visit: Visit) -> Sequence[Entry]:
    """What was recorded last."""
    return await visit.house.ledger.read(type_prefix="measurement.", newest_first=True, limit=1)


async def as_role(visit: Visit, role: Role) -> httpx2.AsyncClient:
    """A program of somebody with this role."""
    root, account = Actor("andon/start"), AccountName(f"a-{role}")
    await visit.house.keys.create_account(account, "person", role, by=admin())
    asked = TokenAsked(account=account, scopes=permissions_of(role), lasts=None, note="")
    key = await visit.house.keys.issue_token(asked, actor=root)
    return httpx2.AsyncClient(
        base_url=visit.base, headers={"Authorization": f"Bearer {key.secret}"}, timeout=20, verify=NO_CERTIFICATES
    )


#: method, path, body, and the least role that may
CALLS: tuple[tuple[str, str, Any, Role], ...] = (
    ("GET", "/numbers?service=shop", None, "reader"),
    ("GET", "/sources", None, "reader"),
    ("GET", "/series", None, "reader"),
    ("POST", "/pulse", {"score": 3}, "reader"),
    ("POST", "/series", POINTS, "developer"),
    ("POST", "/improvements", PLAN, "developer"),
    ("PUT", "/connections/ours", CONNECTION, "operator"),
    ("PUT", "/prices", PRICES, "operator"),
    ("PUT", "/pulse/question", {"question": "How was it?"}, "operator"),
    ("POST", "/import?form=jsonl", {}, "operator"),
)
ROLES: tuple[Role, ...] = ("reader", "developer", "operator")


@pytest.mark.parametrize("role", ROLES)
async def test_each_call_needs_its_right(known: Visit, role: Role) -> None:
    """Reading is for readers, telling for those who run things, connecting for those who promote."""
    client = await as_role(known, role)
    async with client:
        for method, path, body, least in CALLS:
            answer = await client.request(method, f"{API}{path}", json=body)
            allowed = ROLES.index(role) >= ROLES.index(least)
            assert (answer.status_code == 403) is not allowed, (role, method, path, answer.text)
            assert answer.status_code < 500, answer.text


async def test_nobody_is_let_in_without_a_name(visit: Visit) -> None:
    """But the door for deliveries, which asks for a signature instead."""
    async with httpx2.AsyncClient(base_url=visit.base, timeout=20, verify=NO_CERTIFICATES) as stranger:
        for method, path, body, _ in CALLS:
            answer = await stranger.request(method, f"{API}{path}", json=body)
            assert answer.status_code == 401, (path, answer.text)
        await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
        unknown = await stranger.post("/api/v1/intake/our", content=b"{}")
        assert (unknown.status_code, "ours" in unknown.text) == (404, False)


async def test_a_delivery_without_a_secret_or_signature_is_turned_away(visit: Visit) -> None:
    """In words, and counted."""
    await visit.http.put(f"{API}/connections/pager", json={"kind": "pagerduty"})
    await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
    async with httpx2.AsyncClient(base_url=visit.base, timeout=20, verify=NO_CERTIFICATES) as stranger:
        no_secret = await stranger.post("/api/v1/intake/pager", content=b"{}")
        no_signature = await stranger.post("/api/v1/intake/ours", content=b"{}")
    assert (no_secret.status_code, no_signature.status_code) == (403, 403)
    assert "andon connect secret pager" in no_secret.json()["error"]["reason"]
    assert "signature" in no_signature.text.lower()
    sources = {one["name"]: one for one in (await visit.http.get(f"{API}/sources")).json()["sources"]}
    assert (sources["ours"]["turned_away"], sources["pager"]["turned_away"]) == (1, 1)
    assert (sources["pager"]["has_secret"], sources["ours"]["secret"]) == (False, "")


async def test_a_delivery_that_is_too_large_is_not_read(visit: Visit) -> None:
    """Larger ones than any tool sends."""
    made = await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
    assert made.json()["secret"]
    answer = await visit.http.post("/api/v1/intake/ours", content=b"x" * (LARGEST_DELIVERY_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/connections/Ours", CONNECTION, "no name for a connection"),
        ("/connections/ledger", CONNECTION, "taken"),
        ("/connections/ours", {"kind": "githup"}, "github"),
        ("/connections/ours", {"kind": "github", "clones_from": "https://git.example.org"}, "slash at its end"),
        ("/connections/ours", {"kind": "github", "clones_from": "https://ada:pw@git.example.org/"}, "beginning"),
        ("/connections/ours", {"kind": "github", "clones_from": "https:///"}, "beginning"),
        ("/connections/ours", {"kind": "github", "clones_from": "http://-x/"}, "beginning"),
        ("/connections/ours", {"kind": "github", "secret": "short"}, "characters"),
        ("/connections/ours", {"kind": "github", "default_environment": "Prod!"}, "no name for an environment"),
        ("/prices", {"currency": "euros"}, "no currency"),
    ],
)
async def test_what_is_wrong_is_said(known: Visit, path: str, body: Any, said: str) -> None:
    """With what to write instead, and nothing is recorded."""
    before = await recorded(known)
    answer = await known.http.put(f"{API}{path}", json=body)
    assert answer.status_code == 400
    assert said in answer.text
    assert await recorded(known) == before


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"metric": "velocity"}, "is no number that is measured here"),
        ({"target": "fast"}, "4h"),
        ({"by": "2020-01-01"}, "that day is over"),
        ({"over": "5s"}, "too short"),
        ({"over": "90"}, "Write days as"),
        ({"service": "shopp"}, "shop"),
        ({"title": " "}, "nothing is said"),
    ],
)
async def test_a_plan_that_could_not_be_judged_is_refused(known: Visit, instead: dict[str, str], said: str) -> None:
    """In words, before anything is recorded."""
    before = await recorded(known)
    answer = await known.http.post(f"{API}/improvements", json=PLAN | instead)
    assert answer.status_code in {400, 404}
    assert said in answer.text
    assert await recorded(known) == before


async def test_every_answer_says_what_it_is_about(known: Visit) -> None:
    """Of one service; without one it says which there are."""
    for name in ("numbers", "value-stream", "flow", "waste", "cost", "overlay", "wall", "availability"):
        assert (await known.http.get(f"{API}/{name}?service=shop")).status_code == 200, name
    several = await known.http.get(f"{API}/numbers")
    assert (several.status_code, "there are:" in several.text) == (400, True)
    assert {one["question"]["service"] for one in (await known.http.get(f"{API}/overview")).json()} > {"shop"}


async def test_evidence_comes_in_pages(known: Visit) -> None:
    """Every row can be seen, those that were left out too."""
    at = f"{API}/evidence/change-lead-time?service=shop"
    whole = (await known.http.get(f"{at}&most=10000")).json()
    first = (await known.http.get(f"{at}&most=2")).json()
    second = (await known.http.get(f"{at}&most=2&first={first['evidence']['next']}")).json()
    rows = whole["evidence"]["rows"]
    assert whole["evidence"]["total"] == whole["metric"]["n"] == len(rows)
    assert [*first["evidence"]["rows"], *second["evidence"]["rows"]] == rows[:4]
    for number, reason in enumerate(whole["metric"]["excluded"], 1):
        left = (await known.http.get(f"{at}&excluded={number}")).json()
        assert (left["reason"], left["evidence"]["total"]) == (reason["reason"], reason["rows"])
    assert (await known.http.get(f"{at}&excluded=99")).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("nobody", 404), ("pager", 403)])
async def test_nothing_is_read_where_nobody_could_prove_anything(visit: Visit, name: str, status: int) -> None:
    """A door that is not there, and one without a secret, answer before the body."""
    await visit.http.put(f"{API}/connections/pager", json={"kind": "pagerduty"})
    url = httpx2.URL(visit.base)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    asked = f"POST /api/v1/intake/{name} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nContent-Length: 1000000\r\n\r\n"
    writer.write(asked.encode())  # and nothing of the body
    async with asyncio.timeout(10):
        answer = await reader.readline()
    writer.close()
    assert f" {status} " in answer.decode()


async def test_wrong_signatures_are_slowed_down_and_right_ones_pass(visit: Visit) -> None:
    """By address, as wrong keys are."""
    made = await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
    async with httpx2.AsyncClient(base_url=visit.base, timeout=20, verify=NO_CERTIFICATES) as stranger:
        codes = [
            (await stranger.post(f"/api/v1/intake/{name}", content=b"{}")).status_code
            for name in ("ours", "nobody")
            for _ in range(WRONG_KEYS.burst // 2)
        ]
        too_often = await stranger.post("/api/v1/intake/ours", content=b"{}")
        signed = sign(b"{}", made.json()["secret"]) | {"x-github-event": "ping", "x-github-delivery": "1"}
        right = await stranger.post("/api/v1/intake/ours", content=b"{}", headers=signed)
    assert codes == [403] * (WRONG_KEYS.burst // 2) + [404] * (WRONG_KEYS.burst // 2)
    assert (too_often.status_code, int(too_often.headers["retry-after"]) > 0) == (429, True)
    assert right.status_code == 202


async def test_a_large_batch_is_taken_in_parts(visit: Visit) -> None:
    """Each is an entry of its own; the same batch again changes nothing."""
    made = await visit.http.put(f"{API}/connections/cd", json={"kind": "cdevents"})
    headers = {
        "authorization": f"Bearer {made.json()['secret']}",
        "content-type": "application/cloudevents-batch+json",
    }
    batch = [deployed_event(number) for number in range(1, 1202)]
    first = await visit.http.post("/api/v1/intake/cd", json=batch, headers=headers)
    again = await visit.http.post("/api/v1/intake/cd", json=batch, headers=headers)
    assert (first.status_code, first.json()["facts"], first.json()["known"]) == (202, 1201, False)
    assert (again.status_code, again.json()["facts"], again.json()["known"]) == (202, 0, True)
    source = next(one for one in (await visit.http.get(f"{API}/sources")).json()["sources"] if one["name"] == "cd")
    assert (source["deliveries"], source["facts"]) == (3, {"deployments": 1201})


async def test_headers_that_prove_anything_are_not_kept(visit: Visit) -> None:
    """Proxies and senders add their own; whoever reads a kept delivery must not be able to send one."""
    made = await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
    proofs = ("proxy-authorization", "x-api-key", "x-webhook-secret", "x-forwarded-access-token", "cookie")
    headers = sign(b"{}", made.json()["secret"]) | {"x-github-event": "package"} | dict.fromkeys(proofs, "hunter2")
    await visit.http.post("/api/v1/intake/ours", content=b"{}", headers=headers)
    (told,) = (await visit.http.get(f"{API}/kept")).json()
    kept = (await visit.http.get(f"{API}/kept/ours/{told['digest']}")).text
    assert ("x-github-event" in kept, "hunter2" in kept) == (True, False)


def sign(body: bytes, secret: str) -> dict[str, str]:
    """As GitHub does."""
    return {"x-hub-signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


def deployed_event(number: int) -> dict[str, Any]:
    """A deployment as a CDEvent in its envelope."""
    type_ = "dev.cdevents.service.deployed.0.3.0"
    context = {
        "specversion": "0.5.1",
        "id": f"e{number}",
        "source": "/ci",
        "type": type_,
        "timestamp": "2026-05-01T12:00:00Z",
    }
    artifact = f"pkg:oci/shop@sha256%3A{number:064x}"
    content = {"environment": {"id": "production"}, "artifactId": artifact}
    data = {"context": context, "subject": {"id": "shop", "content": content}}
    return {"specversion": "1.0", "id": f"e{number}", "source": "/ci", "type": type_, "data": data}


ANY_SHAPE: tuple[Any, ...] = ([], 5, "x", None)
NO_FIELD: tuple[Any, ...] = ({"a": {}}, [[]])
#: every body: how it is right
BODIES: tuple[tuple[str, str, dict[str, Any], type], ...] = (
    ("PUT", "/connections/ours", CONNECTION, NewConnection),
    ("PUT", "/connections/ours/secret", {}, NewConnectionSecret),
    ("PUT", "/prices", PRICES, Prices),
    ("PUT", "/pulse/question", {"question": "How was it?"}, AnotherQuestion),
    ("POST", "/pulse", {"score": 3}, PulseScore),
    ("POST", "/series", POINTS, NewPoints),
    ("POST", "/improvements", PLAN, NewImprovement),
    ("POST", "/improvements/1/keep", {"learned": "It helped."}, Learned),
    ("POST", "/improvements/1/drop", {"learned": "It did not."}, Learned),
)


async def test_a_body_of_another_shape_is_said_to_be_wrong(known: Visit) -> None:
    """Field by field, whatever its name; never the server's failure."""
    for method, path, right, kind in BODIES:
        for wrong in ANY_SHAPE:
            answer = await known.http.request(method, f"{API}{path}", json=wrong)
            assert answer.status_code == 400, (path, wrong, answer.text)
        for field in fields(kind):
            for value in NO_FIELD:
                answer = await known.http.request(method, f"{API}{path}", json=right | {field.name: value})
                assert answer.status_code == 400, (path, field.name, value, answer.text)
                assert field.name in answer.text


LEDGER_ROW = b"id,finished_at,service,environment,commit\nledger/p-1,2026-05-01T12:00:00Z,shop,production,"


async def test_no_file_says_what_the_ledger_saw(visit: Visit) -> None:
    """Neither by its source nor by its ids; another server's export comes under a name of its own."""
    address, row = f"{API}/import?form=csv&table=deployments", LEDGER_ROW + b"a" * 40 + b"\n"
    as_ledger = await visit.http.post(f"{address}&source=ledger", content=row)
    assert (as_ledger.status_code, "this server tells" in as_ledger.text) == (400, True)
    refused = (await visit.http.post(address, content=row)).json()
    assert (refused["taken"], refused["broken"]) == (0, 1)
    assert "--as NAME" in refused["problems"][0]["remedy"]
    taken = (await visit.http.post(f"{address}&source=berlin&apart=true", content=row)).json()
    assert (taken["taken"], taken["broken"]) == (1, 0)
    assert "berlin/ledger/p-1" in (await visit.http.get(f"{API}/tables/deployments")).text


async def test_what_servers_died_of_is_kept_unread_and_seen(visit: Visit, tmp_path: Path) -> None:
    """A delivery is kept as it came, a file refused; the board says so, and what is sent again is tried again."""
    made = await visit.http.put(f"{API}/connections/ours", json=CONNECTION)
    headers = sign(b"{}", made.json()["secret"]) | {"x-github-event": "ping"}
    row = b"id,finished_at,service,environment,commit\nd-1,2026-05-01T12:00:00Z,shop,production," + b"a" * 40 + b"\n"
    died(tmp_path / "trying", f"reading a delivery of ours (sha256:{hashlib.sha256(b'{}').hexdigest()[:20]})")
    died(tmp_path / "trying", f"reading a file of file (sha256:{hashlib.sha256(row).hexdigest()[:20]})")
    delivered = [await visit.http.post("/api/v1/intake/ours", content=b"{}", headers=headers) for _ in range(2)]
    address = f"{API}/import?form=csv&table=deployments"
    imported = [await visit.http.post(address, content=row) for _ in range(2)]
    assert "set aside: the server ended 3 times during reading a delivery" in delivered[0].json()["kept"]
    assert "set aside: the server ended 3 times during reading a file of file" in imported[0].text
    assert (delivered[1].json()["kept"], imported[1].json()["taken"]) == ("", 1)
    assert 'The work "reading a delivery of ours' in (await visit.http.get("/api/v1/board")).json()["sentence"]
    assert "have it sent again" in (await visit.http.get("/healthz")).text
