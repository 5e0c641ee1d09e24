"""How what measurement wishes for is done: walking repositories, measuring on a date."""

from __future__ import annotations

from collections.abc import Callable

from andon.engine.dispatch import Performer, Tell
from andon.kernel.crash_guard import CrashGuard, unguarded
from andon.tools.measurement.answers.aimed_metric import AimedMetric, reading
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.improvement import MeasureNumber, RecordCheck
from andon.tools.measurement.model.intake.walk import OWN, FinishWalk, RecordCommits, WalkRepository
from andon.tools.measurement.ports import OwnCommits, RemoteCommits


def performers(
    remote: RemoteCommits, own: OwnCommits, history: Callable[[], History], trying: CrashGuard = unguarded
) -> dict[type, Performer]:
    """One for each kind of effect."""

    async def walk(asked: WalkRepository, tell: Tell) -> None:
        async def take(commits: tuple[Commit, ...]) -> None:
            graph = history().graph(asked.repository)  # what a walk that was cut off has told is not reported again
            new = tuple(commit for commit in commits if graph.number(commit.id) is None)
            await tell(RecordCommits(key=asked.key, commits=new))

        async with trying(f"reading the history of {asked.repository} from {asked.head}", "push another commit"):
            walked = await (own if asked.connection == OWN else remote).walk(asked, take)
        await tell(FinishWalk(key=asked.key, head=asked.head, commits=walked.commits, troubles=walked.troubles))

    async def measure(asked: MeasureNumber, tell: Tell) -> None:
        aim = asked.aim
        number = AimedMetric(metric=aim.metric, place=aim.place, definition=aim.definition)
        _, read = reading(history(), number, asked.window)
        await tell(RecordCheck(key=asked.key, reading=read))

    return {WalkRepository: walk, MeasureNumber: measure}
