"""Why access refuses what it refuses, by the rule's name in refusals."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = {
    "account-exists": "One name is one account: what was done under it is history of one person or machine.",
    "account-removed": (
        "A name that stands in the ledger is never given to somebody else, so that nobody is taken for another."
    ),
    "last-admin": "Without an admin nobody could let anybody in, or take a right away.",
    "login-link-once": (
        "A link that works twice is a password that was sent in the open. "
        "Source: OWASP ASVS 4.0.3, 2.7.3: a code that is sent is usable once."
    ),
    "people-log-in": (
        "A machine has tokens with the scopes that it needs; a session in a browser may all that its account may."
    ),
    "scope-within-role": (
        "A token that could do more than its account would give rights that no admin gave. Source: NIST SP 800-53,"
        " AC-6: least privilege."
    ),
    "tokens-limit": "Keys that nobody counts any more are keys that nobody revokes.",
}
