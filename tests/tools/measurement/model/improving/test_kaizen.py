"""Improvements as a noun: plan, do, check, act, in that order and each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import Command, fold
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import EffectKey, EnvironmentName, ServiceName
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.improving.improvement import (
    CHECK_WITHIN,
    Aim,
    Improvement,
    MeasureNumber,
    Reading,
    RecordCheck,
    Verdict,
    verdict_of,
    want,
    window_of,
)
from andon.tools.measurement.model.improving.kaizen import (
    NOUN,
    BeginImprovement,
    CheckImprovement,
    DropImprovement,
    ImprovementTick,
    KeepImprovement,
    PlanImprovement,
)
from andon.tools.measurement.model.improving.pulse import NOUN as PULSE
from andon.tools.measurement.model.improving.pulse import ChoosePulseQuestion
from andon.tools.measurement.model.metric import Unit, Window

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
AIM = Aim(
    metric="change-lead-time",
    unit="seconds",
    place=Place(service=ServiceName("shop"), environment=EnvironmentName("production")),
    definition="dora",
    target=4 * 3600.0,
    by=NOW + 14 * DAY,
    over=30 * DAY,
)
WINDOW = Window(begin=NOW - 30 * DAY, end=NOW)


def read(value: float | None, window: Window = WINDOW) -> Reading:
    return Reading(value=value, n=20, window=window)


def plan(aim: Aim = AIM, baseline: Reading | None = None) -> PlanImprovement:
    return PlanImprovement(
        number=1, title="Smaller changes", because="", aim=aim, baseline=baseline or read(8 * 3600.0)
    )


def after(*commands: Command[Improvement], now: datetime = NOW) -> Improvement:
    state = NOUN.initial
    for command in commands:
        state = fold(state, command.decide(state, now))
    return state


def due(state: Improvement, now: datetime) -> tuple[Improvement, MeasureNumber]:
    """The state with its number wanted, and the wish."""
    state = fold(state, ImprovementTick().decide(state, now))
    (wish,) = want(state, now)
    assert isinstance(wish, MeasureNumber)
    return state, wish


def test_on_its_date_the_number_is_wanted_once() -> None:
    """By itself, not a moment before; and the report brings the verdict."""
    state = after(plan(), BeginImprovement())
    assert NOUN.deadline(state) == AIM.by
    assert ImprovementTick().decide(state, AIM.by - timedelta(seconds=1)) == ()
    state, wish = due(state, AIM.by)
    assert wish.window == Window(begin=NOW, end=AIM.by)
    state = fold(state, RecordCheck(key=wish.key, reading=read(3 * 3600.0)).decide(state, AIM.by))
    assert (state.phase, state.checks[-1].verdict) == ("checked", "reached")
    assert want(state, AIM.by) == ()
    assert NOUN.deadline(state) is None


def test_what_is_being_measured_is_not_kept() -> None:
    """Nobody knows yet whether it helped."""
    state = after(plan(), BeginImprovement(), CheckImprovement())
    with pytest.raises(Refused, match="is being measured"):
        KeepImprovement(learned="It helps.").decide(state, NOW)


@pytest.mark.parametrize(
    ("metric", "target", "said"),
    [("change-lead-time", 9 * 3600.0, "less is better"), ("deployment-frequency", 3600.0, "more is better")],
)
def test_nobody_aims_at_what_is_worse(metric: str, target: float, said: str) -> None:
    """By the number: of some less is better, of some more."""
    with pytest.raises(Invalid, match=said):
        after(plan(replace(AIM, metric=metric, target=target)))


def test_what_was_before_it_began_is_not_counted() -> None:
    """Time from before would hide what it did; a long time after is cut to the length of the baseline."""
    began = fold(after(plan()), BeginImprovement().decide(after(plan()), NOW + 10 * DAY))
    state, _ = due(began, AIM.by)
    assert window_of(state) == Window(begin=NOW + 10 * DAY, end=AIM.by)
    short = replace(AIM, over=DAY)
    state, _ = due(after(plan(aim=short), BeginImprovement()), AIM.by)
    assert window_of(state) == Window(begin=AIM.by - DAY, end=AIM.by)


def test_a_number_that_does_not_come_is_said() -> None:
    """Nothing waits for ever, and "not measured" is not 0."""
    state, wish = due(after(plan()), AIM.by)
    late = AIM.by + CHECK_WITHIN
    state = fold(state, ImprovementTick().decide(state, late))
    check = state.checks[-1]
    assert (state.phase, check.verdict, check.reading.value) == ("checked", "unknown", None)
    assert RecordCheck(key=wish.key, reading=read(1.0)).decide(state, late) == ()


def test_a_failed_measurement_says_why() -> None:
    """The engine's words are in the reading's notes."""
    state, wish = due(after(plan()), AIM.by)
    state = fold(state, wish.failed("it broke").decide(state, AIM.by))
    assert state.checks[-1].reading.notes == ("it broke",)


@pytest.mark.parametrize(
    ("target", "now", "verdict"),
    [
        (4.0, 4.0, "reached"),
        (4.0, 3.0, "reached"),
        (4.0, 6.0, "moved"),
        (4.0, 8.0, "unmoved"),
        (4.0, 9.0, "unmoved"),
        (10.0, 10.0, "reached"),
        (10.0, 9.0, "moved"),
        (10.0, 7.0, "unmoved"),
        (4.0, None, "unknown"),
    ],
)
def test_the_verdict_says_how_far_it_got(target: float, now: float | None, verdict: Verdict) -> None:
    """From 8, downwards or upwards."""
    metric = "deployment-frequency" if target > 8 else AIM.metric
    state = after(plan(aim=replace(AIM, metric=metric, target=target), baseline=read(8.0)))
    assert verdict_of(state, read(now)) == verdict


@pytest.mark.parametrize(
    "bad",
    [
        plan(aim=replace(AIM, by=NOW)),
        plan(baseline=read(None)),
        plan(aim=replace(AIM, target=8 * 3600.0)),
        PlanImprovement(number=1, title=" ", because="", aim=AIM, baseline=read(1.0)),
    ],
)
def test_a_plan_that_could_never_be_judged_is_none(bad: PlanImprovement) -> None:
    """A date that is over, a number without data, a target that is there already, nothing to do."""
    with pytest.raises(Invalid):
        bad.decide(NOUN.initial, NOW)


def test_nothing_is_kept_unchecked() -> None:
    """Checked first; dropping is always possible, with what was learned."""
    state = after(plan())
    with pytest.raises(Refused, match="never checked"):
        KeepImprovement(learned="it felt good").decide(state, NOW)
    with pytest.raises(Invalid, match="nothing is said"):
        DropImprovement(learned=" ").decide(state, NOW)
    assert after(plan(), DropImprovement(learned="nobody had time")).phase == "dropped"


def test_what_is_over_is_over() -> None:
    """One way round; what follows is another improvement."""
    state = after(plan(), DropImprovement(learned="x"))
    for command in (BeginImprovement(), CheckImprovement(), DropImprovement(learned="y"), KeepImprovement(learned="z")):
        with pytest.raises(Refused, match="is dropped already"):
            command.decide(state, NOW)
    with pytest.raises(NotFound):
        BeginImprovement().decide(NOUN.initial, NOW)


STEPS = ("do", "check", "tick", "report", "late", "keep", "drop")


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 6)), max_size=25))
def test_every_way_through_ends_or_waits_for_something(steps: list[tuple[str, int]]) -> None:
    """Whatever happens in whatever order: while it is open a deadline is set, and a report counts at most once."""
    state, now = after(plan()), NOW
    for step, days in steps:
        now += days * DAY
        wanted = [effect.key for effect in want(state, now)]
        commands: dict[str, Command[Improvement]] = {
            "do": BeginImprovement(),
            "check": CheckImprovement(),
            "tick": ImprovementTick(),
            "report": RecordCheck(key=wanted[0] if wanted else EffectKey("measure/1/0"), reading=read(1.0)),
            "late": RecordCheck(key=EffectKey(f"measure/1/{state.turn - 1}"), reading=read(1.0)),
            "keep": KeepImprovement(learned="x"),
            "drop": DropImprovement(learned="x"),
        }
        checks = len(state.checks)
        try:
            state = fold(state, commands[step].decide(state, now))
        except Refused:
            continue
        assert state.is_open == (NOUN.deadline(state) is not None)
        assert len(state.checks) - checks <= 1
        assert step != "late" or len(state.checks) == checks
        assert bool(want(state, now)) == (state.phase == "checking")


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("ratio", -1),
        ("ratio", 2),
        ("ratio", 1e308),
        ("ratio", float("nan")),
        ("per day", 0),
        ("per day", -1),
        ("per day", float("inf")),
        ("seconds", -1),
        ("seconds", 1e30),
        ("count", -1),
    ],
)
def test_what_nobody_could_reach_is_no_target(unit: Unit, target: float) -> None:
    """Whether people write it or programs do."""
    with pytest.raises(Invalid, match="nothing to aim at"):
        after(plan(replace(AIM, unit=unit, target=target)))


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[8mb", "a\x9bb", "a\u202eb"])
def test_words_give_no_orders(text: str) -> None:
    """Not to a terminal, and not to a page; a new line is a space."""
    for bad in (replace(plan(), title=text), replace(plan(), because=text)):
        with pytest.raises(Invalid, match="an invisible character"):
            after(bad)
    with pytest.raises(Invalid, match="an invisible character"):
        after(plan(), DropImprovement(learned=text))
    with pytest.raises(Invalid, match="an invisible character"):
        ChoosePulseQuestion(question=text).decide(PULSE.initial, NOW)
    assert after(replace(plan(), title="größe\n und\tmehr")).title == "größe und mehr"
