"""Secrets that changed since what serves was started."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.line.histories import NOW, SHOP, TEST, envelope, failed, verified

from andon.tools.delivery.events import RolloutStarted, ServiceRetired, SlotRestarted
from andon.tools.delivery.model.service import service_stream
from andon.tools.infra.events import SecretRemoved, SecretSet
from andon.tools.infra.model.secret import SecretName
from andon.tools.infra.model.waiting_secrets import WaitingSecrets

KEY = SecretName("KEY")
STARTED = RolloutStarted(promotion=verified().promotion, slot="blue", by=NOW)
LIVE = (STARTED, verified())


def was_set(fingerprint: str) -> SecretSet:
    return SecretSet(environment=TEST, service=SHOP, name=KEY, fingerprint=fingerprint)


def told(*events: Any) -> WaitingSecrets:
    waiting = WaitingSecrets()
    for event in events:
        waiting.apply(replace(envelope(event), stream=service_stream(TEST, SHOP)))
    return waiting


def names(*events: Any) -> tuple[str, ...]:
    return told(*events).names(TEST, SHOP)


def test_a_value_waits_from_its_change_to_the_next_start() -> None:
    """A crash starts the instance with the newest value as well."""
    assert names(was_set("1"), *LIVE) == ()
    assert names(was_set("1"), *LIVE, was_set("2")) == ("KEY",)
    assert names(was_set("1"), *LIVE, was_set("2"), was_set("1")) == ()
    assert names(was_set("1"), *LIVE, SecretRemoved(environment=TEST, service=SHOP, name=KEY)) == ("KEY",)
    restarted = SlotRestarted(slot="blue", reason="it died", restarts=1)
    assert names(was_set("1"), *LIVE, was_set("2"), restarted) == ()


def test_nothing_waits_where_nothing_serves() -> None:
    """Neither before the first verdict nor after the end."""
    gone = ServiceRetired(environment=TEST, service=SHOP, reason="", by_hand=True, by=None)
    assert names(was_set("1")) == names(STARTED, was_set("1")) == names(*LIVE, was_set("1"), gone) == ()


def test_values_that_failed_are_not_tried_again_by_themselves() -> None:
    """They wait on, for a person; what the cord stopped is tried again."""
    again = (replace(STARTED, slot="green"), failed())
    waiting = told(*LIVE, was_set("1"), *again)
    assert waiting.names(TEST, SHOP) == ("KEY",)
    assert not waiting.is_untried(TEST, SHOP)
    stopped = told(*LIVE, was_set("1"), again[0], replace(failed(), outcome="cancel"))
    assert stopped.is_untried(TEST, SHOP)
