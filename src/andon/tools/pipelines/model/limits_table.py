"""`limits = { memory = "2GiB", processes = 200 }`: how much of the machine a task or service asks for."""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.limits import LARGEST, NOTHING_ASKED, AskedLimits, Limits, amount, excess
from andon.kernel.sizes import PATTERN, parse_size
from andon.standards.reading import ReadContext
from andon.standards.shapes import Key, Schema, Table, Text, Whole, describe

#: settings by which an operator permits more
_SETTINGS = {"memory": "ANDON_TASK_MEMORY_MAX_MIB", "disk": "ANDON_TASK_DISK_MAX_MIB"}
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Processors:
    """How many processors, as a decimal."""

    def read(self, value: object, here: ReadContext, /) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and _LEAST_SHARE <= value <= LARGEST.cpu:
            return float(value)
        here.wrong(f"expected a number of processors from {_LEAST_SHARE} up, found {describe(value)}.", "Like cpu = 2.")
        return None

    def schema(self) -> Schema:
        return {"type": "number", "minimum": _LEAST_SHARE, "maximum": LARGEST.cpu}


_SIZE = Text(
    parse=parse_size,
    pattern=PATTERN,
    expected='a size such as "512MiB" or "2GiB"',
    instead_of_number='Write "{}MiB" for mebibytes.',
)
_DEFAULT = Limits()
LIMITS = Table(
    make=AskedLimits,
    keys={
        "memory": Key(shape=_SIZE, meaning=f'Most memory. Default "{amount("memory", _DEFAULT.memory)}".'),
        "cpu": Key(shape=Processors(), meaning="Processors at once, also as a decimal. Default: all."),
        "processes": Key(
            shape=Whole(least=8, most=LARGEST.processes),
            meaning=f"Most processes and threads at once. Default {_DEFAULT.processes:,}.",
        ),
        "open_files": Key(
            shape=Whole(least=64, most=LARGEST.open_files),
            meaning=f"Most open files of each process. Default {_DEFAULT.open_files:,}.",
        ),
        "disk": Key(
            shape=_SIZE,
            meaning=f'Most disk, and largest file, of a task. Default "{amount("disk", _DEFAULT.disk)}".',
        ),
        "files": Key(
            shape=Whole(least=100, most=LARGEST.files),
            meaning=f"Most files and folders of a task. Default {_DEFAULT.files:,}.",
        ),
    },
)
KEY = Key(shape=LIMITS, meaning="How much of the machine it may use.", default=NOTHING_ASKED)


def judge_limits(asked: AskedLimits, here: ReadContext, largest: Limits) -> None:
    """Notes what is more than the server permits."""
    for name, sentence in excess(asked, largest).items():
        setting = _SETTINGS.get(name)
        more = f"Ask for less, or an operator permits more with {setting}." if setting else "Ask for less."
        here.below(name).wrong(sentence, more)
