"""A call with a word that it has no use for does nothing, and says which words it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.testing import TestClient

from andon.web.bodies import CarefulRequest
from andon.web.errors import exception_handlers
from andon.web.unknown_words import MOST_TOLD, known_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of many."""

    role: Literal["admin", "viewer"] = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A body."""

    name: str = ""
    part: Part | None = None
    parts: tuple[Part, ...] = ()


@get("/api/things/{thing:str}", sync_to_thread=False)
def things(thing: FromPath[str], branch: FromQuery[str] = "", form: FromQuery[Literal["csv", "json"]] = "csv") -> str:
    return "done"


@get("/things", sync_to_thread=False)
def page() -> str:
    return "done"


@get("/api/hook", sync_to_thread=False, opt={"public": True})
def hook() -> str:
    return "done"


@post("/api/things", sync_to_thread=False)
def make(data: JSONBody[Record]) -> str:
    return "done"


@pytest.fixture(scope="module")
def client() -> TestClient[Litestar]:
    """The calls above, with the guard."""
    return TestClient(
        Litestar(
            [things, page, hook, make],
            guards=[known_parameters],
            request_class=CarefulRequest,
            exception_handlers=exception_handlers(),
        )
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/things/a?branch=x&form=json", ""),
        ("/api/things/a?brnch=x", 'there is no parameter "brnch" here. Did you mean "branch"?'),
        ("/api/things/a?thing=x", 'there is no parameter "thing" here. Known here: branch, form.'),
        ("/api/things/a?xyz=x", 'there is no parameter "xyz" here. Known here: branch, form.'),
        ("/api/things/a?form=jsn", 'form: there is no choice "jsn" here. Did you mean "json"?'),
        ("/things?from=a-newsletter", ""),
        ("/api/hook?delivery=1", ""),
    ],
)
def test_parameters(client: TestClient[Litestar], address: str, said: str) -> None:
    """Of the API; a page and a door for other tools take what others add to their address."""
    answer = client.get(address)
    assert (answer.text == "done") is (not said)
    assert said in answer.text.replace("\\", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "a", "part": {"role": "admin"}, "parts": [{"role": "viewer"}, {}]}, ""),
        ({"part": None}, ""),
        ({"nmae": "a"}, 'there is no field "nmae" here. Did you mean "name"?'),
        ({"part": {"rle": "admin"}}, 'part: there is no field "rle" here. Did you mean "role"?'),
        ({"parts": [{}, {"role": "amdin"}]}, 'parts[1].role: there is no choice "amdin" here. Did you mean "admin"?'),
    ],
)
def test_fields(client: TestClient[Litestar], body: object, said: str) -> None:
    """Also of what is inside."""
    answer = client.post("/api/things", json=body)
    assert (answer.text == "done") is (not said)
    assert said in answer.text.replace("\\", "")


def test_very_many_are_told_as_some(client: TestClient[Litestar]) -> None:
    """Whoever sends a thousand wrong words does not keep the server busy."""
    said = client.post("/api/things", json={f"x{number}": 1 for number in range(1000)}).json()
    assert len(said["error"]["problems"]) == MOST_TOLD
