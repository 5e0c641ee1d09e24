"""The line's file as it was read: the line becomes what it says, or stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Invalid
from andon.kernel.ids import EffectKey
from andon.tools.delivery.model.line import Events, LineDefined, LineRejected, ReadLine, State
from andon.tools.delivery.model.line_file import parse_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """The file's text."""

    key: EffectKey
    text: str

    def decide(self, state: State, now: datetime) -> Events:
        if state.reading is None or self.key != ReadLine(commit=state.reading).key:
            return ()
        try:
            parsed = parse_line(self.text)
        except Invalid as error:
            return (LineRejected(commit=state.reading, reason=str(error)),)
        names = {spec.name for spec in parsed.environments}
        defined = LineDefined(
            commit=state.reading,
            environments=parsed.environments,
            placements=parsed.placements,
            owners=parsed.owners,
            protected=parsed.protected,
            removed=tuple(spec.name for spec in state.environments if spec.name not in names),
        )
        return (defined,)
