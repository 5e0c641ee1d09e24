"""What an instance is told, and where it may listen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import ServiceName
from andon.tools.delivery.model.launch import command_of, environment_of, spec_of, wrong_with_listening
from andon.tools.delivery.model.slots import State
from andon.tools.pipelines.events import CheckSpec, ServiceSpec

from .street import request

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
(REQUESTED, *_) = request("a", config=(("COLOUR", "mauve"), ("SIZE", "9"))).decide(State(), NOW)


def test_the_environment_overrides_the_service_and_secrets_override_both() -> None:
    """But nothing overrides what Andon says."""
    spec = ServiceSpec(
        name=ServiceName("shop"),
        command=("x",),
        health=CheckSpec(path="/"),
        config=(("COLOUR", "red"), ("SHAPE", "round"), ("ANDON_VERSION", "9")),
    )
    told = environment_of(REQUESTED, spec, {"SIZE": "10"})  # type: ignore[arg-type]  # the request is the first event
    assert (told["COLOUR"], told["SHAPE"], told["SIZE"]) == ("mauve", "round", "10")
    assert (told["ANDON_VERSION"], told["ANDON_ENVIRONMENT"]) == ("1.a", "production")


@pytest.mark.parametrize(
    ("listening", "words"),
    [
        ([("127.0.0.1", 80)], ""),
        ([("::1", 80), ("127.0.0.1", 81)], ""),
        ([("0.0.0.0", 80)], "it listens on 0.0.0.0:80"),
        ([("127.0.0.1", 80), ("10.0.0.1", 9)], "it listens on 10.0.0.1:9"),
        ([("::", 80)], "it listens on :::80"),
        ([("127.0.0.1", 8000)], "it does not listen on PORT, which is 80, but on 127.0.0.1:8000"),
        ([], "it does not listen on PORT, which is 80"),
    ],
)
def test_only_loopback_may_have_traffic(listening: list[tuple[str, int]], words: str) -> None:
    """And it must be the port that it was given."""
    assert wrong_with_listening(listening, 80).startswith(words)
    assert bool(wrong_with_listening(listening, 80)) == bool(words)


@pytest.mark.parametrize(
    ("labels", "words"), [((), "is no service"), ((("dev.andon.service", "{}"),), "cannot be read")]
)
def test_an_image_without_a_service_cannot_run(labels: tuple[tuple[str, str], ...], words: str) -> None:
    """And says so for good."""
    with pytest.raises(PortError, match=words) as raised:
        spec_of(labels, REQUESTED)  # type: ignore[arg-type]  # the request is the first event
    assert raised.value.permanent


@pytest.mark.parametrize(
    ("word", "filled"),
    [
        ("--bind=$HOST:$PORT", "--bind=127.0.0.1:8123"),
        ("${HOST}:${PORT}", "127.0.0.1:8123"),
        ("$PORTS $HOSTNAME $PORT_2 ${PORTS}", "$PORTS $HOSTNAME $PORT_2 ${PORTS}"),
        ("$DATABASE_URL", "$DATABASE_URL"),
    ],
)
def test_a_command_may_say_where_to_listen(word: str, filled: str) -> None:
    """There is no shell to fill HOST and PORT in; nothing else is touched."""
    assert command_of(("serve", word), "127.0.0.1", 8123) == ("serve", filled)
