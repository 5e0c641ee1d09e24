"""The API of measurement: one module a question, as the pages and the commands have it."""

from __future__ import annotations

from andon.tools.measurement.api import availability, export, files, improve, numbers, people, sources, stream

HANDLERS = tuple(
    handler
    for room in (numbers, stream, availability, export, sources, files, improve, people)
    for handler in room.HANDLERS
)
