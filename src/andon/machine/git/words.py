"""What git writes about a failure, as one clean text: without passwords, control characters and progress."""

from __future__ import annotations

import re

from andon.kernel.errors import PortError

_MOST_CHARACTERS = 2000
_PASSWORDS = re.compile(r"//[^/@\s]+@")
_CONTROLS = re.compile(r"[^\S\n]|[^\s\x20-\x7e\xa0-\U0010ffff]")
#: "Receiving objects:  41% (12/29)", which ends with a carriage return until it is done
_PROGRESS = re.compile(r"^(?:remote: )?[A-Z][a-z ]+:\s+\d+% \(.*$")


class GitFailed(PortError):
    """git ended with an error; the text is git's own, cleaned."""

    def __init__(self, message: str, *, said: str, code: int) -> None:
        super().__init__(message, permanent=True)
        self.said = said
        self.code = code


class TooMuch(PortError):
    """git printed more than was wanted."""


def clean(said: bytes) -> str:
    """git's words, a sentence a line; the end of them when they are many."""
    text = _PASSWORDS.sub("//", said.decode(errors="replace"))
    lines = (_CONTROLS.sub(" ", line).strip() for line in re.split(r"[\r\n]+", text))
    return "\n".join(line for line in lines if line and not _PROGRESS.match(line))[-_MOST_CHARACTERS:]


def reason(said: str) -> str:
    """The one sentence that says why: what git calls fatal, else its last line."""
    lines = said.splitlines()
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    return ([*fatal[:1], *lines[-1:]] or ["git failed without a message"])[0].rstrip(".")


def failed(called: str, code: int, said: str) -> GitFailed:
    """The error for a git command that ended with this exit code and these words, which are clean."""
    return GitFailed(f"{called} failed: {said or f'exit code {code}'}", said=said, code=code)
