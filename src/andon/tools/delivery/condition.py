"""How services stand in their environments, in words, worst first, for every page, command and lamp. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from andon.kernel.ids import EnvironmentName
from andon.kernel.words import ago, plural
from andon.tools.delivery.events import PromotionFailed, PromotionVerified
from andon.tools.delivery.model.slots import Phase
from andon.tools.delivery.views import Promoted, ServiceSeen
from andon.web.condition import Condition, Finding, worst_first

#: so many restarts within this time are a crash loop
LOOP_RESTARTS = 3
LOOP_WITHIN = timedelta(minutes=10)

#: phase -> what is done in it, as a person says it
PHASES: dict[Phase, str] = {
    "start": "starting",
    "smoke": "smoke checks",
    "traffic": "traffic moves over",
    "drain": "the old one finishes its requests",
    "stop": "the old one is stopped",
}


def of_service(seen: ServiceSeen, now: datetime, weight: int = 0) -> Condition:
    """One service in one environment; the weight tells whose trouble comes first."""
    return worst_first(_findings(seen, now, weight))


def cut_off_sentence(verdict: PromotionVerified) -> str:
    """What the switch cost, and what to do about it; "" when every request could end."""
    if not verdict.cut_off:
        return ""
    verb = "was" if verdict.cut_off == 1 else "were"
    drain = f"of {verdict.drain.total_seconds():g} s " if verdict.drain is not None else ""
    requests = plural(verdict.cut_off, "request")
    return f"{requests} {verb} cut off when the drain {drain}ended; raise drain in line.toml."


def of_environment(name: EnvironmentName, services: Sequence[ServiceSeen], now: datetime) -> Condition:
    """Every service in an environment: their troubles, and how many serve."""
    serving = sum(seen.state.verified is not None for seen in services)
    verb = "serves" if serving == 1 else "serve"
    count = (
        Finding(kind="good", sentence=f"{plural(serving, 'service')} {verb} {name}.")
        if serving
        else Finding(kind="empty", sentence=f"Nothing serves {name} yet.")
    )
    return worst_first((*troubles(services, now), count))


def troubles(services: Iterable[ServiceSeen], now: datetime, order: Sequence[EnvironmentName] = ()) -> list[Finding]:
    """What is wrong with services; in later environments of the order it weighs more."""
    weights = {name: at for at, name in enumerate(order)}
    return [
        one for seen in services for one in of_service(seen, now, weights.get(seen.environment, 0)).troubles
    ]  # fmt: skip


def warnings(sentences: Iterable[str]) -> list[Finding]:
    """What is to be looked at, and breaks nothing now."""
    return [Finding(kind="warning", sentence=sentence) for sentence in sentences]


def _findings(seen: ServiceSeen, now: datetime, weight: int) -> Iterator[Finding]:
    yield from (Finding(kind=one.kind, sentence=one.sentence, weight=weight) for one in _now(seen, now))
    yield from (Finding(kind=one.kind, sentence=one.sentence, weight=weight) for one in _verdict(seen, now))
    yield from _secrets(seen, weight)
    yield from _to_come(seen)
    yield _serves(seen)


def _now(seen: ServiceSeen, now: datetime) -> Iterator[Finding]:
    """What is wrong with what serves."""
    verified = seen.state.verified
    what = f"{seen.service} {verified.request.version}" if verified else str(seen.service)
    recent = [at for at in seen.restarted if now - at < LOOP_WITHIN]
    if seen.state.route_trouble:
        sentence = f"{what} cannot be reached in {seen.environment}; its route is being opened again."
        yield Finding(kind="down", sentence=sentence)
    elif verified and verified.lost and len(recent) < LOOP_RESTARTS:
        yield Finding(kind="down", sentence=f"{what} is down in {seen.environment} and is being started again.")
    if len(recent) >= LOOP_RESTARTS:
        often = f"{len(recent)} restarts in {LOOP_WITHIN.seconds // 60} min"
        yield Finding(kind="crash loop", sentence=f"{what} crashes in a loop in {seen.environment}: {often}.")
    elif recent:
        sentence = f"{what} crashed in {seen.environment} and was restarted {ago(recent[-1], now)}."
        yield Finding(kind="degraded", sentence=sentence)


def _verdict(seen: ServiceSeen, now: datetime) -> Iterator[Finding]:
    """What the last verdict says; it holds until a newer promotion has one."""
    last = next((one for one in seen.promoted if not _is_cancelled(one)), None)
    if last is None:
        return
    if isinstance(last.verdict, PromotionFailed) and last.verdict.restart:
        sentence = (
            f"The restart of {seen.service} {last.verdict.version} in {seen.environment} failed {ago(last.at, now)}."
        )
        yield Finding(kind="degraded", sentence=sentence)
    elif isinstance(last.verdict, PromotionFailed):
        sentence = f"{seen.service} {last.verdict.version} failed in {seen.environment}."
        yield Finding(kind="deployment failed" if seen.state.verified else "nothing serves", sentence=sentence)
    elif last.verdict.rollback and (bad := gone_back_from(seen, last)):
        sentence = f"{seen.service} {bad} was rolled back from {seen.environment} {ago(last.at, now)} by {last.by}."
        yield Finding(kind="rolled back", sentence=sentence)


def _secrets(seen: ServiceSeen, weight: int) -> Iterator[Finding]:
    """What serves has the values that its secrets had when it was started."""
    if seen.newer_secrets and seen.state.verified and not (seen.state.new or seen.state.queued):
        sentence = f"{old_values(seen)} until: andon restart {seen.service} --env {seen.environment}."
        yield Finding(kind="warning", sentence=sentence, weight=weight)


def old_values(seen: ServiceSeen) -> str:
    """Which values what serves still has: "shop in production uses the old value of KEY"."""
    what = "value" if len(seen.newer_secrets) == 1 else "values"
    return f"{seen.service} in {seen.environment} uses the old {what} of {', '.join(seen.newer_secrets)}"


def _is_cancelled(one: Promoted) -> bool:
    """Did the cord or a newer request end it? Then it says nothing about the artifact."""
    return isinstance(one.verdict, PromotionFailed) and one.verdict.outcome == "cancel"


def gone_back_from(seen: ServiceSeen, rollback: Promoted) -> str:
    """The version that served before a rollback; "" when that is not known any more."""
    before = (one.verdict for one in seen.promoted[seen.promoted.index(rollback) + 1 :])
    return next(
        (
            str(verdict.version)
            for verdict in before
            if isinstance(verdict, PromotionVerified) and verdict.digest != rollback.verdict.digest
        ),
        "",
    )


def _to_come(seen: ServiceSeen) -> Iterator[Finding]:
    state = seen.state
    if state.new and state.phase:
        moving = f"{seen.service} {state.new.request.version} is on its way into {seen.environment}"
        if state.new.request.restart:
            moving = f"{seen.service} {state.new.request.version} restarts in {seen.environment}"
        yield Finding(kind="moving", sentence=f"{moving}: {PHASES[state.phase]}.")
    if state.queued:
        sentence = f"{seen.service} {state.queued.version} waits its turn into {seen.environment}."
        yield Finding(kind="moving", sentence=sentence)
    if state.offered:
        sentence = f"{seen.service} {state.offered.version} waits to be promoted into {seen.environment}."
        yield Finding(kind="waiting", sentence=sentence)


def _serves(seen: ServiceSeen) -> Finding:
    verified = seen.state.verified
    if verified is None:
        return Finding(kind="empty", sentence=f"Nothing of {seen.service} serves {seen.environment} yet.")
    if verified.lost or seen.state.route_trouble:
        return Finding(kind="empty", sentence=f"Nothing answers for {seen.service} in {seen.environment}.")
    return Finding(kind="good", sentence=f"{seen.service} {verified.request.version} serves {seen.environment}.")
