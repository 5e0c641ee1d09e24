"""The statements of readers: made once for each kind of question, because making one costs more than answering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text

from andon.kernel.ids import ChainId, StreamId
from andon.ledger.rows import COLUMNS
from andon.ledger.schema import entries

#: the largest number of 64 bits
LAST_POSITION = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """Which entries a reader wants; see Ledger.read."""

    after: int = 0
    before: int | None = None
    limit: int = 1000
    stream: StreamId | None = None
    chain: ChainId | None = None
    type_prefix: str = ""
    newest_first: bool = False

    def statement(self) -> Select[Any]:
        """SQL for every question of this kind."""
        return _statement(
            before=self.before is not None,
            stream=self.stream is not None,
            chain=bool(self.chain),
            prefix=bool(self.type_prefix),
            newest_first=self.newest_first,
        )

    def values(self) -> Mapping[str, object]:
        """What this one fills in."""
        asked = {
            "before": None if self.before is None else _bounded(self.before),
            "stream": self.stream,
            "chain": self.chain or None,
            "prefix": self.type_prefix or None,
            "prefix_length": len(self.type_prefix) or None,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return {"after": _bounded(self.after), "limit": self.limit, **given}


def _bounded(position: int) -> int:
    """As far as a database counts; nobody's history is as long, and anybody can ask for it."""
    return max(-LAST_POSITION, min(position, LAST_POSITION))


@cache
def _statement(*, before: bool, stream: bool, chain: bool, prefix: bool, newest_first: bool) -> Select[Any]:
    column = entries.c
    wanted = select(*(column[name] for name in COLUMNS)).where(column.position > bindparam("after"))
    wanted = wanted.where(column.position < bindparam("before")) if before else wanted
    wanted = wanted.where(column.stream == bindparam("stream")) if stream else wanted
    # the second condition, word for word that of the partial index, lets it answer
    wanted = wanted.where(column.chain == bindparam("chain"), text("chain <> ''")) if chain else wanted
    begins = func.substr(column.type, 1, bindparam("prefix_length"))
    wanted = wanted.where(begins == bindparam("prefix")) if prefix else wanted
    # within a stream both orders are the same, and its index has this one
    order = column.sequence if stream else column.position
    return wanted.order_by(order.desc() if newest_first else order).limit(bindparam("limit"))
