"""Gathers what a commit shows about a task's failure."""

from __future__ import annotations

from andon.kernel.errors import AndonError, Invalid
from andon.tools.pipelines.model.cause import absent, is_missed, suspects, why_not_run, without_network
from andon.tools.pipelines.model.run import RunTask
from andon.tools.pipelines.ports import Logs, PipelineSource

_LOG_END_BYTES = 8192
_ATTRIBUTES = ".gitattributes"


async def explained(effect: RunTask, exit_code: int, reason: str, source: PipelineSource, logs: Logs) -> str:
    """The reason, with what the commit shows about it, where that can be read."""
    try:
        cause = await _cause(effect, exit_code, source, logs)
    except AndonError:  # how the task ended is known all the same
        return reason
    return f"{reason}: {cause}" if cause else reason


async def _cause(effect: RunTask, exit_code: int, source: PipelineSource, logs: Logs) -> str:
    """ "" when the commit shows none; what a checkout has not got is noted in the log in any case."""
    modes = {
        entry.path: entry.content.split(" ", 1)[0] for entry in await source.entries(effect.repository, effect.commit)
    }
    task = effect.spec.name
    size = (await logs.summary(effect.number, task)).size_bytes
    first = max(0, size - _LOG_END_BYTES)
    end = (await logs.read(effect.number, task, offset=first, size=_LOG_END_BYTES)).decode(errors="replace")
    for path in suspects(exit_code, end, effect.spec.run, modes):
        if found := why_not_run(end, path, modes[path], await _text(effect, path, source)):
            return found
    if not effect.spec.network and (found := without_network(end, task)):
        return found
    attributes = await _text(effect, _ATTRIBUTES, source) if _ATTRIBUTES in modes else ""
    sentences = absent(modes, attributes)
    for sentence in sentences:
        await logs.note(effect.number, task, sentence)
    return " ".join(sentences) if is_missed(end, modes, attributes) else ""


async def _text(effect: RunTask, path: str, source: PipelineSource) -> str:
    """The file's text; "" for what is no text, or too big to be a script."""
    try:
        return await source.text(effect.repository, effect.commit, path) or ""
    except Invalid:
        return ""
