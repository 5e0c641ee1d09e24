"""Pseudonyms of people: the same for all answers of one person in one week, and nobody can be recognized by one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from andon.kernel.ids import AccountName

_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pseudonyms:
    """Made with a key that is in no ledger and no log."""

    key: bytes

    def of(self, account: AccountName, week: str) -> str:
        """The pseudonym of a person in a week."""
        return hmac.new(self.key, f"{week}\0{account}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]
