"""The forms of kaizen: plan, do, check, keep, drop; and the answer to the pulse."""

from __future__ import annotations

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.kernel.decider import Command
from andon.kernel.errors import Forbidden, Invalid, NotFound, Problem
from andon.tools.measurement.api.improve import NewImprovement, plan_in
from andon.tools.measurement.improving import Improving
from andon.tools.measurement.model.improving.improvement import Improvement
from andon.tools.measurement.model.improving.kaizen import (
    BeginImprovement,
    CheckImprovement,
    DropImprovement,
    KeepImprovement,
    PlanImprovement,
)
from andon.tools.measurement.model.improving.pulse import PEOPLE, PULSE_STREAM, AnswerPulse, week_of
from andon.tools.measurement.pseudonyms import Pseudonyms
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages, back_to

Improves = NamedDependency[SkipValidation[Improving]]


class PlanForm(msgspec.Struct):
    """What somebody wants to try."""

    title: str
    metric: str
    service: str
    #: "4h", "5 %", "2 a day"
    target: str
    #: a date
    by: str
    environment: str = ""
    because: str = ""


@post("/kaizen", include_in_schema=False, opt={"gives": PlanImprovement})
async def plan(
    data: URLEncodedBody[PlanForm],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    improving: Improves,
) -> Redirect:
    """Plan: this should move that number there by then. Errors: Invalid, Refused."""
    wanted = NewImprovement(
        title=data.title,
        metric=data.metric,
        target=data.target,
        by=data.by,
        because=data.because,
        service=data.service,
        environment=data.environment,
    )
    planned = await improving.plan(plan_in(wanted, measured, pages.now), by=asked.who)
    return back_to(f"/kaizen#improvement-{planned.number}")


class ActForm(msgspec.Struct):
    """What was learned; nothing where nothing is asked."""

    learned: str = ""


@post("/kaizen/{number:int}/{act:str}", include_in_schema=False, opt={"gives": BeginImprovement})
async def act(
    number: FromPath[int],
    act: FromPath[str],
    data: URLEncodedBody[ActForm],
    asked: NamedDependency[Asked],
    improving: Improves,
) -> Redirect:
    """Do, check, keep or drop. Errors: NotFound, Refused, Invalid."""
    await improving.ask(number, _command(act, data.learned), by=asked.who)
    return back_to(f"/kaizen#improvement-{number}")


def _command(act: str, learned: str) -> Command[Improvement]:
    match act:
        case "do":
            return BeginImprovement()
        case "check":
            return CheckImprovement()
        case "keep":
            return KeepImprovement(learned=learned)
        case "drop":
            return DropImprovement(learned=learned)
    raise NotFound(f'An improvement can be asked to do, check, keep or drop, not to "{act[:40]}".')


class AnswerForm(msgspec.Struct):
    """From 1 (worst) to 5 (best)."""

    score: str


@post("/kaizen/pulse", include_in_schema=False, opt={"gives": AnswerPulse})
async def answer(
    data: URLEncodedBody[AnswerForm],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    desk: NamedDependency[CallersDesk],
    pseudonyms: NamedDependency[SkipValidation[Pseudonyms]],
) -> Redirect:
    """Answer the pulse; nobody can be told from it. Errors: Forbidden, Invalid."""
    account = asked.who.account
    if account is None:
        raise Forbidden("An answer is somebody's: sign in first (andon login). It is kept without your name.")
    if data.score not in {"1", "2", "3", "4", "5"}:
        raise Invalid(Problem(where="score", message=f'an answer is 1 to 5, not "{data.score[:20]}".'))
    command = AnswerPulse(voice=pseudonyms.of(account, week_of(pages.now)), score=int(data.score))
    await desk.submit(PULSE_STREAM, command, called=PEOPLE)
    return back_to("/kaizen#pulse")


HANDLERS = (plan, answer, act)
