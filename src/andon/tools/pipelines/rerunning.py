"""Runs a commit again: asks for a run on the branch of an earlier one, and waits for its number."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import PortError
from andon.kernel.ids import stream
from andon.tools.pipelines.model.request import RequestRun
from andon.tools.pipelines.views import Runs, RunSeen

#: for the flow to give a requested run its number
NUMBER_WITHIN = timedelta(seconds=5)
_LOOK_EVERY_S = 0.02


async def rerun(desk: CallersDesk, runs: Runs, before: RunSeen) -> RunSeen:
    """The new run. Errors: Refused, PortError when it has no number soon."""
    # the branch comes from the earlier run: whoever may run could else call any commit the trunk
    command = RequestRun(
        repository=before.repository,
        commit=before.commit,
        branch=before.branch,
        subject=before.subject,
        author=before.author,
    )
    newest = runs.of_commit(before.repository, before.commit)[0].number
    await desk.submit(stream("requests", before.repository), command)
    try:
        async with asyncio.timeout(NUMBER_WITHIN.total_seconds()):
            while (found := runs.of_commit(before.repository, before.commit)[0]).number <= newest:  # noqa: ASYNC110  (views ring no bell)
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError as error:
        raise PortError("The run was asked for, but has no number yet. See: andon runs") from error
    return found
