"""How source speaks to a person at the other end of a push: plain lines that fit a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from andon.kernel.errors import Refused
from andon.kernel.ids import CommitId, RepositoryName, short
from andon.tools.source.model.push import RefUpdate
from andon.tools.source.model.repository import Repository

#: git puts "remote: " before each line
WIDTH = 100
#: what could move the cursor, change colours or end the line
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: a line of a file, and the carets below it: wrapped, they would point elsewhere
_EXCERPT = re.compile(r" *\d* \| ")


def fitted(line: str) -> str:
    """The line without control characters, cut to the width with an ellipsis."""
    clean = _CONTROL.sub(" ", line).expandtabs(4).rstrip()
    return clean if len(clean) <= WIDTH else f"{clean[: WIDTH - 1]}…"


def refusal_lines(refused: Refused) -> Iterator[str]:
    """A refusal in the shape every door gives it: the rule and the reason, then what to do next."""
    yield ""
    first, *more = refused.reason.splitlines() or [""]
    yield from _wrapped(f"✗ refused by {refused.rule}: {first}")
    for line in more:
        yield from (fitted(f"  {line}"),) if _EXCERPT.match(line) else _wrapped(f"  {line}")
    for line in refused.remedy.splitlines():
        yield from _wrapped(f"  {line}")
    yield ""


def detached_line(commit: CommitId, subject: str) -> str:
    """Said instead of the run when the pusher does not want to watch."""
    return fitted(f'andon  {short(commit)} "{subject}"  ·  accepted; its run goes on without you')


def trunk_lines(repository: RepositoryName, updates: tuple[RefUpdate, ...], state: Repository) -> Iterator[str]:
    """Said while a repository has no commit on its trunk: nothing of it is deployed, and how to change that."""
    if not state.exists:
        yield from _wrapped(f"andon  the tags are kept; {repository} begins with its first branch: git push andon main")
        return
    pushed = [update.branch for update in updates if update.branch and update.after]
    if pushed and state.head(state.trunk) is None:
        yield from _wrapped(
            f"andon  {pushed[0]} is built and not deployed: the trunk of {repository} is {state.trunk}, "
            f"which has no commits yet. Push {state.trunk}, or let an admin make another branch the trunk: "
            f"andon repository trunk {repository} BRANCH"
        )


def _wrapped(line: str) -> Iterator[str]:
    clean = _CONTROL.sub(" ", line)
    yield from textwrap.wrap(clean, WIDTH, subsequent_indent="  ", break_on_hyphens=False) or [""]
