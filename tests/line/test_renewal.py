"""When a service gets a changed secret, as whoever set it reads it."""

from __future__ import annotations

from typing import Any

import pytest

from andon.kernel.ids import EnvironmentName
from andon.line.renewal import Renewal
from andon.tools.delivery.events import RolloutStarted
from andon.tools.infra.events import SecretSet
from andon.tools.infra.model.secret import SecretName

from .histories import NOW, PRODUCTION, SHOP, TEST, facts_of, line, published, pulled, requested, verified


def secret(environment: EnvironmentName) -> SecretSet:
    return SecretSet(environment=environment, service=SHOP, name=SecretName("KEY"), fingerprint="1")


def live(environment: EnvironmentName) -> tuple[Any, ...]:
    asked = requested(environment)
    return (
        line(),
        published(),
        asked,
        RolloutStarted(promotion=asked.promotion, slot="blue", by=NOW),
        verified(environment),
    )


@pytest.mark.parametrize(
    ("environment", "history", "words"),
    [
        (TEST, (line(),), "Nothing of shop in test runs with another value"),
        (TEST, live(TEST), "shop in test restarts with it now"),
        (TEST, (*live(TEST), pulled()), "until the cord is released"),
        (TEST, (line(), published(), requested()), "shop in test is being deployed"),
        (PRODUCTION, live(PRODUCTION), "uses the old value until:  andon restart shop --env production"),
    ],
)
def test_the_answer_says_when_the_value_is_in_use(
    environment: EnvironmentName, history: tuple[Any, ...], words: str
) -> None:
    """By itself, by a command, or at the next start."""
    assert words in Renewal(facts_of(*history, secret(environment))).of(environment, SHOP)
