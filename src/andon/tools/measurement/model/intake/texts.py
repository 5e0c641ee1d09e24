"""What other tools say in free text, before it stands in a fact: short, and no address that a browser would run."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from andon.kernel.ids import CommitId

#: characters of a title or reason that are kept
LONGEST_TEXT = 300
#: characters of an address; a longer one is left out
LONGEST_ADDRESS = 2000

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_NO_COMMIT = re.compile(r"0+")


def first_line(text: str | None) -> str:
    """Its first line, cut."""
    return (text or "").strip().partition("\n")[0][:LONGEST_TEXT].strip()


def web_address(text: str | None) -> str:
    """The address where it is one of the web; "" for everything else."""
    if not text or len(text) > LONGEST_ADDRESS or not text.startswith(("https://", "http://")):
        return ""
    try:
        return text if urlsplit(text).hostname else ""
    except ValueError:
        return ""


def commit_in(text: str | None) -> CommitId | None:
    """The commit that a text is; None for a branch, a tag, a cut id, and for the zeros that stand for no commit."""
    if not text or not _COMMIT.fullmatch(text) or _NO_COMMIT.fullmatch(text):
        return None
    return CommitId(text)
