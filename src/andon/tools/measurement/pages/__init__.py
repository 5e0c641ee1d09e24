"""The pages of measurement. Each is about a place, a time and a definition, and its address says which."""

from __future__ import annotations

from andon.tools.measurement.pages import (
    availability,
    data,
    kaizen,
    kaizen_forms,
    numbers,
    overlay,
    sources,
    stream,
    wall,
    zoom,
)

HANDLERS = (
    *numbers.HANDLERS,
    *stream.HANDLERS,
    *overlay.HANDLERS,
    *wall.HANDLERS,
    *kaizen.HANDLERS,
    *kaizen_forms.HANDLERS,
    *sources.HANDLERS,
    *availability.HANDLERS,
    *data.HANDLERS,
    *zoom.HANDLERS,
)
