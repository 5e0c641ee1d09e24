"""Secrets as a noun, and what may be one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.infra.model.secret import (
    NOUN,
    VALUE_LIMIT,
    RemoveSecret,
    Secret,
    SecretName,
    SetSecret,
    check_value,
    parse_place,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def setting(name: str, fingerprint: str) -> SetSecret:
    return SetSecret(
        environment=EnvironmentName("test"),
        service=ServiceName("shop"),
        name=SecretName(name),
        fingerprint=fingerprint,
    )


def removing(name: str) -> RemoveSecret:
    return RemoveSecret(environment=EnvironmentName("test"), service=ServiceName("shop"), name=SecretName(name))


def test_the_same_value_again_changes_nothing() -> None:
    """Setting twice is one event."""
    state = fold(NOUN.initial, setting("KEY", "f1").decide(NOUN.initial, NOW))
    assert setting("KEY", "f1").decide(state, NOW) == ()
    assert len(setting("KEY", "f2").decide(state, NOW)) == 1


def test_what_is_not_there_cannot_be_removed() -> None:
    """A mistyped name is said, and nothing is recorded."""
    with pytest.raises(NotFound, match="no secret KEY in test"):
        removing("KEY").decide(NOUN.initial, NOW)


_names = st.sampled_from(["A", "B", "C"])


@given(st.lists(st.tuples(_names, st.none() | st.sampled_from(["f1", "f2"]))))
def test_the_state_is_what_was_set_last_and_not_removed(orders: list[tuple[str, str | None]]) -> None:
    """Against the plainest model there is: a dictionary."""
    state, plain = NOUN.initial, dict[str, str]()
    for name, fingerprint in orders:
        if fingerprint is not None:
            state = fold(state, setting(name, fingerprint).decide(state, NOW))
            plain[name] = fingerprint
        elif plain.pop(name, None):
            state = fold(state, removing(name).decide(state, NOW))
    assert state.secrets == tuple(Secret(name=SecretName(n), fingerprint=f) for n, f in sorted(plain.items()))


@pytest.mark.parametrize(
    ("environment", "service", "name"),
    [
        ("../keys", "shop", "KEY"),
        ("test", "..", "KEY"),
        ("test", "shop", "../../KEY"),
        ("test", "shop", "key"),
        ("test", "shop", "A=B"),
        ("test", "shop", ""),
        ("test", "shop", "PATH"),
        ("test", "shop", "PORT"),
        ("test", "shop", "LD_PRELOAD"),
        ("test", "shop", "ANDON_TOKEN"),
        ("test", "shop", "KEY\n"),
    ],
)
def test_a_place_cannot_lead_elsewhere(environment: str, service: str, name: str) -> None:
    """No path out of the folder, no variable that would change how a process starts."""
    with pytest.raises(Invalid):
        parse_place(environment, service, name)


@pytest.mark.parametrize("value", ["", "a\0b", "x" * (VALUE_LIMIT + 1), "ü" * (VALUE_LIMIT // 2 + 1)])
def test_a_value_that_no_process_can_take_is_refused_without_repeating_it(value: str) -> None:
    """The text of the error says what is wrong and not what was sent."""
    with pytest.raises(Invalid) as invalid:
        check_value(value)
    assert len(value) < 2 or value[:50] not in str(invalid.value)
