"""What the page, the API and the terminal show of the storage, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from andon.kernel.sizes import GIBIBYTE, MEBIBYTE
from andon.tools.storage.model.retention import KeptItem, RetentionPolicy
from andon.tools.storage.pages import sentence
from andon.tools.storage.showing import KindShown, Room, shown

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = RetentionPolicy(age=timedelta(days=90), size_bytes=GIBIBYTE)
KEPT = (
    KeptItem(kind="images", name="a", size_bytes=MEBIBYTE, last_used=NOW - timedelta(days=3), held="in use"),
    KeptItem(kind="run logs", name="1", size_bytes=MEBIBYTE, last_used=NOW - timedelta(days=91)),
    KeptItem(kind="run logs", name="2", size_bytes=MEBIBYTE, last_used=NOW - timedelta(days=1)),
)


def test_kinds_are_counted_and_what_goes_next_says_when_and_why() -> None:
    told = shown(KEPT, POLICY, Room(free_bytes=2 * GIBIBYTE, reserve_bytes=GIBIBYTE), NOW)
    assert told.kinds == (
        KindShown(kind="images", count=1, size_bytes=MEBIBYTE, held=1),
        KindShown(kind="run logs", count=2, size_bytes=2 * MEBIBYTE, held=0),
    )
    assert [(one.name, one.why, one.due) for one in told.next] == [
        ("1", "not used for more than 90 days", NOW - timedelta(days=1)),
        ("2", "", NOW + timedelta(days=89)),
    ]
    assert sentence(told) == "2 GiB of disk are free; 3 MiB are kept that may be deleted one day."


def test_a_disk_without_room_is_said_first() -> None:
    told = shown(KEPT, POLICY, Room(free_bytes=MEBIBYTE, reserve_bytes=GIBIBYTE), NOW)
    assert sentence(told).startswith("The disk is nearly full: 1 MiB are free, 1 GiB are reserved.")
