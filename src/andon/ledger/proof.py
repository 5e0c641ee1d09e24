"""Proving a ledger with the heads that were kept of it, and saying what was proven and what could not be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.words import minute
from andon.ledger.heads import HeadFile, HeadSigner, SignedHead, is_genuine, sign_head
from andon.ledger.ledger import Ledger, LedgerHead, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What verifying the ledger found."""

    ok: bool
    #: entries proven from the first on
    entries: int
    #: position and hash of the last proven entry, to keep elsewhere
    position: int
    hash: str
    #: nothing up to this entry was cut off or rewritten since its head was kept; 0 without a kept head
    proven_to: int
    #: what is proven about the end of the ledger, and what cannot be; "" when something is wrong
    says: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerProver:
    """The ledger of a server with its signed heads."""

    ledger: Ledger
    heads: HeadFile
    signer: HeadSigner
    now: Callable[[], datetime]

    async def prove(self, kept: LedgerHead | None = None) -> Proof:
        """Walk the chain; it must lead to the newest signed head, and to a kept one. Errors: PortError."""
        lines = await asyncio.to_thread(self.heads.read)
        genuine = (one for one in lines if is_genuine(one, self.signer))
        signed = max(genuine, key=lambda one: one.position, default=None)
        found = await self.ledger.verify(kept or (signed.head if signed else None))
        if found.ok and kept and signed:
            found = await self.ledger.verify(signed.head)
        return proof_of(found, kept, signed)

    async def sign(self) -> SignedHead:
        """The head as it is now, signed. Errors: PortError."""
        return sign_head(await self.ledger.head(), self.now(), self.signer)


def proof_of(found: Verification, kept: LedgerHead | None, signed: SignedHead | None = None) -> Proof:
    """What was found, with what the heads prove of the end."""
    proven_to = max(kept.position if kept else 0, signed.position if signed else 0)
    since = f", signed {minute(signed.at)}," if signed and signed.position == proven_to else ""
    return Proof(
        ok=found.ok,
        entries=found.entries,
        position=found.head.position,
        hash=found.head.hash,
        proven_to=proven_to if found.ok else 0,
        says=_about_the_end(found.head.position, proven_to, since) if found.ok else "",
        problem=found.problem,
        remedy=found.remedy,
    )


def _about_the_end(last: int, proven_to: int, since: str) -> str:
    unproven = f"Whether entries after {last:,} were cut off cannot be proven without a head that was kept of them."
    if not proven_to:
        return unproven
    whole = f"The kept head of entry {proven_to:,}{since or ''} is part of this history: nothing up to it was cut off."
    return f"{whole} {unproven}"
