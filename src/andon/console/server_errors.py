"""The server's error answers, back as the errors they were."""

from __future__ import annotations

import msgspec

from andon.kernel.errors import AndonError, Forbidden, Invalid, NotFound, PortError, Problem, Refused


class _Problem(msgspec.Struct):
    message: str
    where: str = ""
    excerpt: str = ""
    remedy: str = ""


class _Error(msgspec.Struct):
    kind: str = ""
    rule: str = ""
    reason: str = ""
    remedy: str = ""
    problems: tuple[_Problem, ...] = ()


class _Body(msgspec.Struct):
    error: _Error


#: error and what is said when the answer says nothing
_KINDS: dict[int, tuple[type[AndonError], str]] = {
    403: (Forbidden, "You may not do this at {url}."),
    404: (NotFound, "{url} has no such thing."),
    429: (PortError, "{url} was asked too often. Wait a minute."),
}


def error_of(status: int, body: bytes, url: str) -> AndonError:
    """The error in an answer; one in words of our own when the answer is not from an Andon server."""
    try:
        error = msgspec.json.decode(body, type=_Body).error
    except msgspec.MsgspecError:
        error = _Error()
    text = f"{error.reason} {error.remedy}".strip()
    if status == 409 and error.rule:
        return Refused(error.rule, error.reason, error.remedy)
    if status in {400, 409, 413, 422}:
        problems = tuple(_as_problem(problem) for problem in error.problems)
        return Invalid(*problems) if problems else Invalid(text or f"{url} did not understand the request.")
    if status == 401:
        return Forbidden(f"{url} does not know you. Sign in with: andon login --url {url}")
    kind, said = _KINDS.get(status, (PortError, "{url} failed ({status}). Its log says why."))
    return kind(text or said.format(url=url, status=status))


def _as_problem(problem: _Problem) -> Problem:
    return Problem(message=problem.message, where=problem.where, excerpt=problem.excerpt, remedy=problem.remedy)
