"""The rules of good delivery, one file each; all of them are asked about every command."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.errors import Refused
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules import (
    author_is_not_approver,
    built_once,
    closed_repository,
    cord_pulled,
    nothing_serves,
    one_source,
    only_ci_writes,
    same_artifact,
    stop_on_failed_step,
)
from andon.line.rules.verdict import Rule

RULES: tuple[Rule, ...] = (
    author_is_not_approver.RULE,
    built_once.RULE,
    closed_repository.RULE,
    cord_pulled.RULE,
    nothing_serves.RULE,
    one_source.RULE,
    only_ci_writes.RULE,
    same_artifact.RULE,
    stop_on_failed_step.RULE,
)


def judge_all(facts: Facts, order: Order, now: datetime) -> None:
    """Let every rule judge. Errors: Refused by the first that denies."""
    for rule in RULES:
        verdict = rule.judge(facts, order, now)
        if verdict is not None:
            raise Refused(rule.id, verdict.reason, verdict.remedy)
