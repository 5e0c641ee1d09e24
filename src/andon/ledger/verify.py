"""Proving a ledger: every entry stands where its hash says, unchanged, after the one it was linked to; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from andon.ledger.chain import link
from andon.ledger.ledger import EMPTY, LedgerHead, Verification

RESTORE = "Stop the server, keep this file as evidence and restore the last backup that verifies."
RESTORE_TAIL = f"{RESTORE} A backup taken after the kept head still has these entries."

#: a row of the store as it lies there, in the order of rows.COLUMNS; of any type when somebody wrote into it
RawRow = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far the proof has come."""

    #: head of what is proven
    head: LedgerHead = EMPTY
    #: a head that was kept elsewhere
    kept: LedgerHead | None = None
    #: None as long as nothing is wrong
    found: Verification | None = None

    def over(self, rows: Sequence[RawRow]) -> Walk:
        """The walk after the next rows, which begin right after its head; it stops at the first that is wrong."""
        walk = self
        for index, row in enumerate(rows):
            problem = _problem(walk.head, rows, index)
            if problem:
                return walk.stopped(problem, RESTORE)
            walk = replace(walk, head=LedgerHead(position=row[0], hash=row[-1]))
            if walk.kept and walk.kept.position == row[0] and walk.kept.hash != row[-1]:
                return walk.rewritten()
        return walk

    def stopped(self, problem: str, remedy: str) -> Walk:
        """The walk with something wrong right after its head."""
        position = self.head.position + 1
        found = Verification(
            ok=False, entries=self.head.position, head=self.head, position=position, problem=problem, remedy=remedy
        )
        return replace(self, found=found)

    def rewritten(self) -> Walk:
        """The walk that came by another way to the position of the kept head."""
        at = self.head.position
        problem = f"Entry {at} is not the one that was kept: the history up to it was rewritten."
        found = Verification(ok=False, entries=at, head=self.head, position=at, problem=problem, remedy=RESTORE)
        return replace(self, found=found)

    def finished(self) -> Verification:
        """What the walk found, after the last row."""
        last = self.head.position
        if self.found is None and self.kept and self.kept.position > last:
            problem = (
                f"{_entries(last + 1, self.kept.position)} cut off the end: the kept head is at {self.kept.position}."
            )
            return self.stopped(problem, RESTORE_TAIL).finished()
        return self.found or Verification(ok=True, entries=last, head=self.head)


def _problem(head: LedgerHead, rows: Sequence[RawRow], index: int) -> str:
    """What is wrong with the row after this head; empty when nothing is."""
    expected, row = head.position + 1, rows[index]
    if row[0] != expected:
        return _missing(head, rows[index:])
    if _fits(head.hash, row):
        return ""
    elsewhere = next((other[0] for other in rows[index + 1 :] if _fits(head.hash, (expected, *other[1:]))), None)
    if elsewhere is not None:
        return f"Entries were reordered: the entry that belongs at position {expected} stands at {elsewhere}."
    return f"Entry {expected} was changed: its content does not give its hash."


def _missing(head: LedgerHead, rows: Sequence[RawRow]) -> str:
    expected, found = head.position + 1, rows[0][0]
    if not isinstance(found, int) or found < expected:
        return f"An entry that nobody appended stands before entry {expected}, at position {found!r}."
    moved = next((row[0] for row in rows if _fits(head.hash, (expected, *row[1:]))), None)
    if moved is not None:
        return f"Entries were reordered: the entry that belongs at position {expected} stands at {moved}."
    return f"{_entries(expected, found - 1)} missing."


def _entries(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _fits(before: str, row: RawRow) -> bool:
    try:
        return bool(link(before, row[:-1]) == row[-1])
    except (TypeError, UnicodeEncodeError):
        return False
