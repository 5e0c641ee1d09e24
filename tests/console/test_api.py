"""Commands ask the server, and understand what it answers."""

from __future__ import annotations

import msgspec
import pytest

from andon.console.api import Api
from andon.kernel.errors import Forbidden, Invalid, NotFound, PortError, Problem, Refused
from tests.terminals import Told, server_that_answers


class Run(msgspec.Struct):
    """What a test asks for."""

    number: int


def error(**told: object) -> bytes:
    """The server's error answer."""
    return msgspec.json.encode({"error": {"kind": "", "rule": "", "reason": "", "remedy": "", "problems": []} | told})


def test_an_answer_is_decoded() -> None:
    """As plain data, or as the record that is asked for."""
    with server_that_answers(Told(body=b'{"number": 815}')) as server:
        api = Api(url=server.url)
        assert api.get("/api/v1/runs/815") == {"number": 815}
        assert api.get("/api/v1/runs/815", into=Run) == Run(number=815)
        api.close()


def test_a_request_carries_token_query_and_body() -> None:
    """And nothing for what is not given."""
    with server_that_answers(Told()) as server:
        api = Api(url=f"{server.url}/", token="andon_x")
        assert api.get("/a", query={"limit": 3, "before": None}) is None
        api.post("/b", Run(number=1))
        api.put("/c", {"x": "y"})
        api.delete("/d")
        api.close()
    assert server.asked == [
        ("GET", "/a?limit=3", b"", "Bearer andon_x"),
        ("POST", "/b", b'{"number":1}', "Bearer andon_x"),
        ("PUT", "/c", b'{"x":"y"}', "Bearer andon_x"),
        ("DELETE", "/d", b"", "Bearer andon_x"),
    ]


def test_a_refusal_is_the_refusal_it_was() -> None:
    """With rule, reason and remedy."""
    body = error(kind="refused", rule="cord-pulled", reason="The cord is pulled.", remedy="Release it.")
    with server_that_answers(Told(status=409, body=body)) as server, pytest.raises(Refused) as caught:
        Api(url=server.url).post("/promote")
    assert (caught.value.rule, caught.value.reason, caught.value.remedy) == (
        "cord-pulled",
        "The cord is pulled.",
        "Release it.",
    )


def test_invalid_input_keeps_its_problems() -> None:
    """With place and excerpt."""
    problem = {"where": "line.toml:3:1", "message": "unknown.", "excerpt": "3 | x"}
    body = error(kind="invalid", reason="unknown.", problems=[problem])
    with server_that_answers(Told(status=400, body=body)) as server, pytest.raises(Invalid) as caught:
        Api(url=server.url).get("/x")
    assert caught.value.problems == (Problem(where="line.toml:3:1", message="unknown.", excerpt="3 | x"),)


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (401, error(reason="Nobody is logged in."), Forbidden, "Sign in with: andon login"),
        (403, error(reason="Promoting needs the role operator."), Forbidden, "Promoting needs the role operator."),
        (404, error(reason="There is no run 9."), NotFound, "There is no run 9."),
        (429, error(reason="Try again in 3 s."), PortError, "Try again in 3 s."),
        (500, error(reason="The id is 1f."), PortError, "The id is 1f."),
        (404, b"<html>nginx</html>", NotFound, "has no such thing"),
        (502, b"", PortError, r"failed \(502\)"),
        (400, b"", Invalid, "did not understand"),
    ],
)
def test_other_errors_are_said_as_the_server_says_them(status: int, body: bytes, kind: type, message: str) -> None:
    """Also when something else than Andon answers."""
    with server_that_answers(Told(status=status, body=body)) as server, pytest.raises(kind, match=message):
        Api(url=server.url).get("/x")


def test_a_server_that_is_not_there_says_how_to_start_one() -> None:
    """Instead of a stack of exceptions."""
    with server_that_answers(Told()) as server:
        pass
    with pytest.raises(PortError, match=f"No server answers at {server.url}. Start one with: andon up"):
        Api(url=server.url).get("/x")


def test_a_connection_that_breaks_is_said() -> None:
    """Whoever asks may ask again."""
    with server_that_answers(Told(hangs_up=True)) as server, pytest.raises(PortError, match="broke"):
        Api(url=server.url).get("/x")


@pytest.mark.parametrize("url", ["ftp://x", "nonsense", "http://a:b"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    """With an example of one."""
    with pytest.raises(PortError, match="is no address of a server"):
        Api(url=url).get("/x")


@pytest.mark.parametrize("body", [b"<html>", b'{"number": "x"}'])
def test_an_answer_that_cannot_be_read_is_said(body: bytes) -> None:
    """Another version, or another program."""
    with server_that_answers(Told(body=body)) as server, pytest.raises(PortError, match="does not answer as"):
        Api(url=server.url).get("/x", into=Run)


def test_a_stream_is_read_as_it_comes() -> None:
    """Its errors are the same as those of an answer."""
    with server_that_answers(Told(body=b"one\ntwo\n")) as server:
        with Api(url=server.url).stream("/log") as chunks:
            assert b"".join(chunks) == b"one\ntwo\n"
        server.status, server.body = 404, error(reason="There is no such log.")
        with pytest.raises(NotFound, match="no such log"), Api(url=server.url).stream("/log"):
            pass


def test_events_are_followed() -> None:
    """From a position of the ledger on."""
    with server_that_answers(Told(body=b"id: 7\nevent: run\ndata: {}\n\n: still here\n\n")) as server:
        (message,) = Api(url=server.url).events(after=6)
    assert (message.id, message.event, message.data) == ("7", "run", "{}")
    assert server.asked[0][1] == "/events?after=6"
