"""Who may what, tried with a token of every kind at every door."""

from __future__ import annotations

import hashlib
import subprocess

import httpx2
import pytest

from andon.testing.installation import NO_CERTIFICATES, Clone

from .world import World, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

ROLES = ("reader", "developer", "operator", "admin")
SCOPES = {"reader": "read", "developer": "push", "operator": "promote", "admin": "admin"}


@pytest.fixture(scope="module")
def tokens(shared: World) -> dict[str, str]:
    """A token of an account of each role, with everything that the role may."""
    made = {}
    for role in ROLES:
        assert shared.house.andon("account", "add", f"a-{role}", "--role", role).code == 0
        scopes = [word for scope in {"read", SCOPES[role]} for word in ("--scope", scope)]
        done = shared.house.andon("token", "create", "--account", f"a-{role}", *scopes, "--json")
        assert done.code == 0, done.err
        made[role] = done.json["token"]
    return made


def test_every_role_reads_and_no_stranger_does(shared: World, tokens: dict[str, str]) -> None:
    """With a token of each role; not without one, and not with one that was made up."""
    for path in ("/api/v1/board", "/api/v1/ledger", "/api/v1/environments", "/api/v1/runs", "/api/v1/artifacts"):
        assert {shared.house.ask("GET", path, token=token).status_code for token in tokens.values()} == {200}, path
        assert {shared.house.ask("GET", path, token=token).status_code for token in ("", "made-up")} == {401}, path


def test_a_role_does_what_it_may_and_no_more(shared: World, tokens: dict[str, str]) -> None:
    """Readers do not push, developers do not promote, only admins let people in; the refusals say what is missing."""
    shop = shared.clone("shop")
    shop.commit("One", service("shop"))
    for role, code in (("reader", 128), ("developer", 0)):
        said = push_with(shop, tokens[role])
        assert said.returncode == code, f"{role}: {said.stderr!r}"
    expected = {"reader": 403, "developer": 403, "operator": 200, "admin": 403}  # that token lacks the scope
    got = {r: shared.house.ask("POST", "/api/v1/promotions", token=tokens[r], body={"service": "shop"}) for r in ROLES}
    assert {role: answer.status_code for role, answer in got.items()} == expected
    assert "promote" in got["developer"].text
    body = {"account": "grace", "role": "reader"}
    invited = {r: shared.house.ask("POST", "/api/v1/accounts", token=tokens[r], body=body).status_code for r in ROLES}
    assert [role for role, status in invited.items() if status < 300] == ["admin"]


def push_with(shop: Clone, token: str) -> subprocess.CompletedProcess[str]:
    """Push with nothing but this token."""
    helper = "!f() { echo username=x; echo password=$TOKEN; }; f"
    return subprocess.run(
        ["git", "-c", "credential.helper=", "-c", f"credential.helper={helper}", "push", "andon", "trunk"],
        cwd=shop.folder,
        env={**shop.installation.clean_environ(), "TOKEN": token},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_only_a_run_writes_into_the_registry(shared: World, tokens: dict[str, str]) -> None:
    """Every other token is refused at the public door, in the registry's own words, and it is written down by whom."""
    url = f"{shared.house.url}/v2/barred"
    blob = b"not from a run"
    digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
    for role, token in (*tokens.items(), ("nobody", ""), ("operator of the server", shared.house.token)):
        for method, path in (
            ("POST", "/blobs/uploads/"),
            ("POST", f"/blobs/uploads/?digest={digest}"),
            ("PUT", "/manifests/1.1"),
            ("DELETE", "/manifests/1.1"),
        ):
            answer = write(method, url + path, token, blob)
            assert answer.status_code in {401, 403, 405}, f"{role} {method} {path}: {answer.status_code}"
            assert answer.json()["errors"], role
        assert httpx2.get(f"{url}/blobs/{digest}", headers=basic(token), verify=NO_CERTIFICATES).status_code in {
            401,
            404,
        }
    refused = [e for e in shared.happened("kernel.CommandRefused") if e["data"]["rule"] == "only-ci-writes"]
    assert {f"a-{role}" for role in ROLES} <= {e["actor"].rpartition(":")[2] for e in refused}
    assert not shared.published("barred")


def write(method: str, url: str, token: str, content: bytes) -> httpx2.Response:
    """As container clients do."""
    headers = {**basic(token), "Content-Type": "application/vnd.oci.image.manifest.v1+json"}
    return httpx2.request(method, url, headers=headers, content=content, timeout=60, verify=NO_CERTIFICATES)


def basic(token: str) -> dict[str, str]:
    """A token as the password of a user whose name does not matter."""
    return {"Authorization": f"Bearer {token}"} if token else {}
