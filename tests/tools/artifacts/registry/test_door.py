"""Who is let in: a run's token writes its artifact, a deployer's reads; everything else is refused and written down."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from andon.kernel.ids import Actor
from andon.standards.oci import digest_of
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens, mint
from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.registry.credentials import FirstOf

from ..conftest import NOW, Served
from .conftest import Pusher, code_of

DIGEST = digest_of(b"content")
#: every way to write
WRITES = [
    ("POST", "/v2/shop/blobs/uploads/"),
    ("POST", f"/v2/shop/blobs/uploads/?digest={DIGEST}"),
    ("POST", f"/v2/shop/blobs/uploads/?mount={DIGEST}&from=other"),
    ("PATCH", "/v2/shop/blobs/uploads/1"),
    ("PUT", f"/v2/shop/blobs/uploads/1?digest={DIGEST}"),
    ("DELETE", "/v2/shop/blobs/uploads/1"),
    ("PUT", "/v2/shop/manifests/1.1"),
    ("DELETE", "/v2/shop/manifests/1.1"),
    ("DELETE", f"/v2/shop/blobs/{DIGEST}"),
]
#: every way to read
READS = [
    ("GET", f"/v2/shop/blobs/{DIGEST}"),
    ("HEAD", f"/v2/shop/blobs/{DIGEST}"),
    ("GET", "/v2/shop/manifests/1.1"),
    ("HEAD", "/v2/shop/manifests/1.1"),
    ("GET", "/v2/shop/tags/list"),
    ("GET", f"/v2/shop/referrers/{DIGEST}"),
]


def basic(password: str, user: str = "anyone") -> str:
    """The header of a user and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(("method", "path"), [*WRITES, *READS, ("GET", "/v2/"), ("GET", "/v2/token")])
@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer", basic("nonsense"), "Basic %%%", "Digest x"])
def test_strangers_are_shown_where_to_log_in(registry: Served, method: str, path: str, header: str | None) -> None:
    """Without a good token every path is a 401 with a challenge that container tools understand."""
    with registry.client() as http:
        answer = http.request(method, path, headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith(f'Bearer realm="{registry.url}/v2/token",service="andon"')


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("scope", ["pull:shop", "pull:*", "push:other", "push:shop-2 pull:shop"])
def test_only_the_runs_own_token_writes(registry: Served, method: str, path: str, scope: str) -> None:
    """A deployer's token, and the token of another artifact's run, write nothing; it is written down who tried."""
    with registry.client(scope, actor="mallory") as http:
        answer = http.request(method, path, content=b"content" if method != "DELETE" else None)
    assert (answer.status_code, code_of(answer)) == (403, "DENIED")
    assert "only-ci-writes" in answer.text
    assert "git push" in answer.text
    ((actor, what, rule, reason),) = registry.refusals.seen
    assert (actor, rule) == ("mallory", "only-ci-writes")
    assert what in {"push shop", "delete shop"}
    assert "mallory" in reason
    assert not [each for each in registry.folder.rglob("*") if each.is_file() and "index.db" not in each.name]


@pytest.mark.parametrize(("method", "path"), READS)
@pytest.mark.parametrize("scope", ["pull:other", "push:other", "pull:shop2"])
def test_only_a_token_for_it_reads(registry: Served, method: str, path: str, scope: str) -> None:
    """Reading needs a token whose scope contains the artifact."""
    with registry.client(scope) as http:
        answer = http.request(method, path)
    assert answer.status_code == 403
    assert not registry.refusals.seen


@pytest.mark.parametrize("scope", ["pull:shop", "pull:*", "push:shop"])
def test_a_token_for_it_reads(registry: Served, scope: str) -> None:
    """The deployer's token reads; so does the token of the run that pushes."""
    with registry.client("push:shop") as http:
        digest = Pusher(http).blob(b"content")
    with registry.client(scope) as http:
        assert http.get(f"/v2/shop/blobs/{digest}").content == b"content"


@pytest.mark.parametrize("header", ["Bearer nonsense", basic("nonsense")])
def test_a_write_with_a_bad_token_is_written_down(registry: Served, header: str) -> None:
    """Nobody known tried to write: that is remembered; asking without any token is only a question."""
    with registry.client() as http:
        http.post("/v2/shop/blobs/uploads/")
        assert not registry.refusals.seen
        for _ in range(3):
            # of strangers one attempt a minute is enough to know
            http.post("/v2/shop/blobs/uploads/", headers={"authorization": header})
    ((actor, what, rule, _),) = registry.refusals.seen
    assert (actor, what, rule) == ("anonymous", "push shop", "only-ci-writes")


def test_a_password_is_exchanged_for_a_token(registry: Served) -> None:
    """The token is the password, of whatever user; what is given back opens the door."""
    token = registry.token("push:shop")
    with registry.client() as http:
        said = http.get("/v2/token?service=andon&scope=repository:shop:pull", headers={"authorization": basic(token)})
        again = http.get("/v2/", headers={"authorization": f"Bearer {said.json()['token']}"})
        direct = http.post("/v2/shop/blobs/uploads/", headers={"authorization": basic(token)})
    assert (said.status_code, again.status_code, direct.status_code) == (200, 200, 202)
    assert again.headers["docker-distribution-api-version"] == "registry/2.0"


def test_an_expired_token_opens_nothing(tokens: JwtTokens, registry: Served) -> None:
    """A run's token is short-lived."""
    key, then = b"k" * 32, NOW - timedelta(minutes=6)
    old = mint(key, actor=Actor("run/1"), scope="push:shop", ttl=timedelta(minutes=5), now=then)
    with registry.client() as http:
        answer = http.post("/v2/shop/blobs/uploads/", headers={"authorization": f"Bearer {old}"})
    assert answer.status_code == 401
    assert "expired" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v2/Shop/tags/list", 404, "NAME_INVALID"),
        ("GET", "/v2/sh%20op/tags/list", 404, "NAME_INVALID"),
        ("GET", "/v2/shop/nothing", 404, "UNSUPPORTED"),
        ("POST", "/v2/shop/tags/list", 405, "UNSUPPORTED"),
        ("GET", "/v2/shop/blobs/uploads/", 405, "UNSUPPORTED"),
    ],
)
def test_paths_that_are_none(registry: Served, method: str, path: str, status: int, code: str) -> None:
    """Wrong names, paths and methods are told so."""
    with registry.client("push:shop") as http:
        request = http.build_request(method, registry.url + "/v2/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = http.send(request)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_checkers_are_asked_in_turn() -> None:
    """People's tokens are another checker's; the first that knows a token counts."""

    class Knows:
        def __init__(self, known: str) -> None:
            self.known = known

        def check(self, token: str) -> Grant | None:
            grant = Grant(actor=Actor(self.known), push=frozenset(), pull=frozenset({"*"}))
            return grant if token == self.known else None

    both = FirstOf(Knows("run"), Knows("ada"))
    ada = both.check("ada")
    assert ada is not None
    assert (ada.actor, ada.may_pull("shop"), ada.may_push("shop")) == ("ada", True, False)
    assert both.check("eve") is None
