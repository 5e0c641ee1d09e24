"""What people ask of an improvement: plan, do, check, act; and the noun itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun
from andon.kernel.errors import Invalid, NotFound, Problem, Refused
from andon.kernel.refusal import CommandRefused
from andon.tools.measurement.model.improving.improvement import (
    CHECK_WITHIN,
    KIND,
    Aim,
    Improvement,
    ImprovementBegun,
    ImprovementChecked,
    ImprovementDropped,
    ImprovementDue,
    ImprovementKept,
    ImprovementPlanned,
    Reading,
    checked,
    deadline,
    nothing_read,
    want,
    window_of,
)
from andon.tools.measurement.model.improving.words import words_in
from andon.tools.measurement.model.metric import Unit

_LONGEST = 500
#: what a number can become at most, and how to write it
_MOST: Mapping[Unit, tuple[float, str]] = {
    "seconds": (3660 * 86400.0, 'Name a time of ten years at most: "4h".'),
    "ratio": (1.0, 'Name a share from 0 to 100 %: "5 %".'),
    "per day": (100_000.0, 'Name how often: "3 a week".'),
    "count": (1e9, "Name a number from 0 to a thousand million."),
}
#: of the other numbers less is better
MORE_IS_BETTER = frozenset(("deployment-frequency", "mean-time-between-failures"))

Events = tuple[Event[Improvement], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanImprovement:
    """Plan: this, because of that, should move the number there. What the number is now was measured just before."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    number: int
    title: str
    because: str
    aim: Aim
    baseline: Reading

    def decide(self, state: Improvement, now: datetime) -> Events:
        if state.phase != "unknown":
            raise Refused("one-number", f"improvement {self.number} is planned already.", "Plan it once more.")
        planned = ImprovementPlanned(
            number=self.number,
            title=_words(self.title, "title"),
            because=_words(self.because, "because", needed=False),
            aim=self.aim,
            baseline=self.baseline,
            at=now,
        )
        _check_aim(self.aim, self.baseline, now)
        return (planned,)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginImprovement:
    """Do: it begins now. Saying so twice changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    def decide(self, state: Improvement, now: datetime) -> Events:
        _known(state)
        if state.phase == "doing":
            return ()
        if state.phase != "planned":
            raise _over(state, "Plan another one: andon kaizen plan")
        return (ImprovementBegun(number=state.number, at=now),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckImprovement:
    """Check: measure the number again, before its date or once more after it."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    def decide(self, state: Improvement, now: datetime) -> Events:
        _known(state)
        if state.phase == "checking":
            return ()
        if state.phase in {"kept", "dropped"}:
            raise _over(state, "See the number as it is now: andon measure")
        return (_due(state, now),)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepImprovement:
    """Act: the new way stays. Only what was checked can be kept."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    learned: str

    def decide(self, state: Improvement, now: datetime) -> Events:
        _known(state)
        learned = _words(self.learned, "learned")
        if state.phase in {"kept", "dropped"}:
            raise _over(state, "Plan another one: andon kaizen plan")
        if state.phase == "checking":
            raise Refused(
                "check-before-keep",
                f"improvement {state.number} is being measured, so it is not known yet whether it helped.",
                "See when it is checked: andon kaizen list",
            )
        if not state.checks:
            raise Refused(
                "check-before-keep",
                f"improvement {state.number} was never checked, so it is not known whether it helped.",
                f"Check it first: andon kaizen check {state.number}",
            )
        return (ImprovementKept(number=state.number, learned=learned),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropImprovement:
    """Act: leave it. That is no failure when something was learned."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    learned: str

    def decide(self, state: Improvement, now: datetime) -> Events:
        _known(state)
        learned = _words(self.learned, "learned")
        if state.phase in {"kept", "dropped"}:
            raise _over(state, "Plan another one: andon kaizen plan")
        return (ImprovementDropped(number=state.number, learned=learned),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementTick:
    """Its date has come, or a measurement did not."""

    def decide(self, state: Improvement, now: datetime) -> Events:
        due = deadline(state)
        if due is None or now < due:
            return ()
        if state.phase != "checking":
            return (_due(state, now),)
        return (checked(state, nothing_read(window_of(state), "it could not be measured within 10 min"), now),)


def _due(state: Improvement, now: datetime) -> ImprovementDue:
    return ImprovementDue(number=state.number, turn=state.turn + 1, by=now + CHECK_WITHIN)


def _known(state: Improvement) -> None:
    if state.phase == "unknown":
        raise NotFound("There is no improvement of this number. See them with: andon kaizen list")


def _over(state: Improvement, remedy: str) -> Refused:
    return Refused("one-way-round", f"improvement {state.number} is {state.phase} already.", remedy)


def _words(text: str, where: str, *, needed: bool = True) -> str:
    words = words_in(text, where)
    if needed and not words:
        raise Invalid(Problem(where=where, message="nothing is said.", remedy="Say it in one sentence."))
    if len(words) > _LONGEST:
        raise Invalid(Problem(where=where, message=f"that is longer than {_LONGEST} characters."))
    return words


def _check_aim(aim: Aim, baseline: Reading, now: datetime) -> None:
    problems: list[Problem] = list(_no_target(aim))
    if aim.by <= now:
        problems.append(Problem(where="by", message="that day is over.", remedy="Name one that is to come."))
    if baseline.value is None:
        because = f" ({'; '.join(baseline.notes)})" if baseline.notes else ""
        message = f"there is no data of {aim.metric} yet, so a change could not be measured{because}."
        problems.append(Problem(where="metric", message=message, remedy="Choose a number that is known, or wait."))
    elif baseline.value == aim.target:
        problems.append(Problem(where="to", message="the number is there already.", remedy="Aim at another value."))
    elif (aim.target > baseline.value) != (aim.metric in MORE_IS_BETTER):
        better = "more" if aim.metric in MORE_IS_BETTER else "less"
        message = f"that is worse than what it is now; of {aim.metric}, {better} is better."
        problems.append(Problem(where="to", message=message, remedy=f"Aim at {better} than it is now."))
    if problems:
        raise Invalid(*problems)


def _no_target(aim: Aim) -> Iterator[Problem]:
    """Why nobody could get there."""
    most, remedy = _MOST[aim.unit]
    never = aim.unit == "per day" and aim.target == 0
    if never or not 0 <= aim.target <= most:
        message = f"{aim.target:g} {aim.unit} is nothing to aim at."
        yield Problem(where="to", message=message, remedy=remedy)


NOUN: Noun[Improvement] = Noun(
    kind=KIND,
    initial=Improvement(),
    events=(
        ImprovementPlanned,
        ImprovementBegun,
        ImprovementDue,
        ImprovementChecked,
        ImprovementKept,
        ImprovementDropped,
        CommandRefused,
    ),
    want=want,
    deadline=deadline,
    tick=ImprovementTick(),
    is_open=lambda state: state.is_open,
)
