"""The one place where an error becomes words and an exit code: 0 done, 1 failed, 2 refused, 64 wrong use."""

from __future__ import annotations

import errno

from andon.console.paint import Paint, wrapped
from andon.console.session import Session
from andon.console.terminal import inert
from andon.kernel.errors import AndonError, Forbidden, Invalid, NotFound, PortError, Problem, Refused

FAILED = 1
REFUSED = 2
WRONG_USE = 64  #: sysexits' EX_USAGE

_MOST_PROBLEMS = 50
_REMEDIES = {
    errno.EACCES: "Run the command as the owner, or give yourself access.",
    errno.EPERM: "Run the command as the owner, or give yourself access.",
    errno.EROFS: "Name a place that can be written.",
    errno.ENOSPC: "Make room on this disk, then try again.",
    errno.EDQUOT: "Make room on this disk, then try again.",
    errno.EMFILE: "Allow more open files (ulimit -n), then try again.",
}


class WrongUse(Exception):
    """A command line that no command understands; says what is wrong and where to read on."""


def exit_code(error: AndonError) -> int:
    """What the command ends with."""
    return REFUSED if isinstance(error, Refused | Forbidden) else FAILED


def failure_of(error: OSError | UnicodeError) -> AndonError:
    """What the operating system, or text that is no text, kept a command from doing: one sentence and a remedy."""
    if isinstance(error, UnicodeError):
        return Invalid(
            "Something that came in is no UTF-8 text. Convert it first (iconv -t UTF-8), or encode it as base64."
        )
    what = f"{error.filename}: " if error.filename else ""
    remedy = _REMEDIES.get(error.errno or 0, "")
    return PortError(f"{what}{error.strerror or error}. {remedy}".strip(), permanent=True)


def show_failure(session: Session, error: AndonError) -> None:
    """Says the error: words on the error stream, or with --json the same facts as the server's API gives."""
    if session.json:
        session.show(as_json(error), str)
    else:
        terminal = session.terminal
        terminal.note(in_words(error, Paint(terminal.err_colour), terminal.width))


def as_json(error: AndonError) -> dict[str, object]:
    """The shape of the API's errors."""
    told: dict[str, object] = {"kind": _kind(error), "rule": "", "reason": str(error), "remedy": "", "problems": []}
    if isinstance(error, Refused):
        told |= {"rule": error.rule, "reason": error.reason, "remedy": error.remedy}
    if isinstance(error, Invalid):
        told["problems"] = [
            {"where": p.where, "message": p.message, "excerpt": p.excerpt, "remedy": p.remedy} for p in error.problems
        ]
    return {"error": told}


def in_words(error: AndonError, paint: Paint, width: int = 1000) -> str:
    """What a person reads: what happened, why, and what to do next."""
    if isinstance(error, Invalid):
        return _problems_in_words(error, paint, width)
    if not isinstance(error, Refused):
        return wrapped(f"{paint.bad('✗')} {inert(str(error))}", width, "  ")
    first = f"{paint.bad('✗')} refused by {paint.strong(inert(error.rule))}: {inert(error.reason)}"
    remedy = "".join(f"\n  {line.strip()}" for line in inert(error.remedy).splitlines())
    return wrapped(first + remedy, width, "  ")


def _problems_in_words(error: Invalid, paint: Paint, width: int) -> str:
    """Every problem like a good compiler says it: place, message, the line with a caret, and how many there are."""
    shown = [problem_in_words(problem, paint, width) for problem in error.problems[:_MOST_PROBLEMS]]
    if len(error.problems) == 1:
        return shown[0]
    left = len(error.problems) - len(shown)
    more = f", of which the first {len(shown)} are shown" if left else ""
    return "\n\n".join([*shown, paint.bad("✗") + f" {len(error.problems)} problems{more}"])


def problem_in_words(problem: Problem, paint: Paint, width: int = 1000) -> str:
    """One problem."""
    problem = inert(problem)
    where = paint.strong(problem.where) + "\n  " if problem.excerpt else f"{problem.where}: " if problem.where else ""
    said = wrapped(f"{paint.bad('✗')} {where}{problem.message}", width, "  ")
    remedy = wrapped(f"\n    {paint.accent('→')} {problem.remedy}", width, "      ") if problem.remedy else ""
    return said + _excerpt(problem.excerpt, paint) + remedy


def _excerpt(excerpt: str, paint: Paint) -> str:
    """Source in the terminal's colour, its gutter quiet, the caret red."""
    if not excerpt:
        return ""
    lines = []
    for line in excerpt.splitlines():
        gutter, bar, source = line.partition("|")
        is_caret = not gutter.strip() and source.strip()
        lines.append("    " + paint.quiet(gutter + bar) + (paint.bad(source) if is_caret else source))
    return "\n" + "\n".join(lines)


def _kind(error: AndonError) -> str:
    names = {Refused: "refused", Forbidden: "forbidden", Invalid: "invalid", NotFound: "not_found", PortError: "failed"}
    return names.get(type(error), "failed")
