"""What is known about the instance in a slot, in a file, so that a restarted server finds exactly it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.slots import SLOTS, Slot
from andon.tools.delivery.ports import SlotKey

RECORD, STATUS, LOG = "instance.json", "status.json", "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One started instance."""

    promotion: str
    port: int
    starts: int
    #: random; in the environment of everything that belongs to the instance
    mark: str


def write(folder: Path, record: Record) -> None:
    """Keep the record, whole or not at all."""
    draft = folder / f"{RECORD}.new"
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(folder / RECORD)


def read(folder: Path) -> Record | None:
    """The record of the slot's folder; None when there is none that can be read."""
    try:
        return Record(**json.loads((folder / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def drop(folder: Path) -> None:
    """Forget the instance; its log stays."""
    for name in (RECORD, STATUS):
        (folder / name).unlink(missing_ok=True)


def first_process(folder: Path) -> int | None:
    """The number of the sandbox's first process, as bubblewrap wrote it."""
    number = _status(folder).get("child-pid")
    return number if isinstance(number, int) else None


def exit_code(folder: Path) -> int | None:
    """The exit code of the instance, as bubblewrap wrote it."""
    code = _status(folder).get("exit-code")
    return code if isinstance(code, int) else None


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


def _status(folder: Path) -> dict[str, object]:
    """bubblewrap writes one JSON object a line."""
    merged: dict[str, object] = {}
    try:
        lines = (folder / STATUS).read_text().splitlines()
    except OSError:
        return merged
    for line in lines:
        try:
            merged |= json.loads(line)
        except ValueError:
            break
    return merged


def open_status(folder: Path) -> int:
    """An empty status file, as a descriptor for bubblewrap."""
    return os.open(folder / STATUS, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o600)
