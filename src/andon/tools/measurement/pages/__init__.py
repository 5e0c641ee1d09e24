"""The pages of measurement. Each is about a place, a time and a definition, and its address says which."""

from __future__ import annotations

from andon.tools.measurement.pages import happened, numbers, stream

HANDLERS = (*numbers.HANDLERS, *stream.HANDLERS, *happened.HANDLERS)
