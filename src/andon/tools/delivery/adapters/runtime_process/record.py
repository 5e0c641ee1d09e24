"""What is known about the instance in a slot, in a file, so that a restarted server finds exactly it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.machine.files import write_whole
from andon.machine.process.detached import Detached
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.slots import SLOTS, Slot
from andon.tools.delivery.ports import SlotKey

RECORD, STATUS = "instance.json", "status.json"
#: in the environment of the outermost process of an instance
MARK = "ANDON_INSTANCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One started instance."""

    promotion: str
    port: int
    starts: int
    #: random; the value of MARK
    mark: str
    limits: AskedLimits = NOTHING_ASKED


def write(folder: Path, record: Record) -> None:
    """Keep the record, whole or not at all."""
    write_whole(folder / RECORD, json.dumps(asdict(record)).encode())


def read(folder: Path) -> Record | None:
    """The record of the slot's folder; None when there is none that can be read."""
    try:
        kept = json.loads((folder / RECORD).read_text())
        return Record(**{**kept, "limits": AskedLimits(**kept.get("limits", {}))})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def drop(folder: Path, known: Record) -> None:
    """Forget the instance."""
    (folder / RECORD).unlink(missing_ok=True)
    process_of(folder, known).forget()


def process_of(folder: Path, known: Record) -> Detached:
    """The instance's process."""
    return Detached(folder=folder, mark=f"{MARK}={known.mark}", status_name=STATUS)


def group_key(key: SlotKey) -> str:
    """Names the processes in a slot as a group."""
    return f"service-{key.environment}-{key.service}-{key.slot}"


def folder_of(services: Path, key: SlotKey) -> Path:
    return services / key.environment / key.service / key.slot


def recorded(services: Path) -> tuple[SlotKey, ...]:
    """Every instance that has a record."""
    keys: list[SlotKey] = []
    for path in sorted(services.glob(f"*/*/*/{RECORD}")):
        found = read(path.parent)
        slot = _slot(path.parent.name)
        if found and slot:
            keys.append(
                SlotKey(
                    environment=EnvironmentName(path.parts[-4]),
                    service=ServiceName(path.parts[-3]),
                    slot=slot,
                    promotion=PromotionId(found.promotion),
                )
            )
    return tuple(keys)


def _slot(name: str) -> Slot | None:
    return next((slot for slot in SLOTS if slot == name), None)
