"""A clone for a moment: commits and tags without files where the server can do that, no question asked of anybody."""

from __future__ import annotations

import re
from dataclasses import replace

from andon.kernel.errors import Invalid, PortError, Problem
from andon.machine.git.git import PROTOCOLS, Git, running
from andon.machine.git.process import Process
from andon.machine.git.words import clean, reason
from andon.tools.measurement.adapters.commits_git.addresses import without_password
from andon.tools.measurement.ports import Progress

#: until a server answers first
_ANSWER_WITHIN_S = 30.0
#: without a byte from a server that has answered
_SILENT_AT_MOST_S = 120.0
_SETTINGS = (
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    # the first answer may lead on within a host (http to https, a name without ".git"); see _require_host
    "http.followRedirects=initial",
    "transfer.bundleURI=false",
    "fetch.uriProtocols=",
    "gc.auto=0",
)
#: the person's own git settings stay (proxies, certificates, keys, stored passwords)
_GIT = Git(search_path=None, settings=_SETTINGS, protocols=PROTOCOLS)
_REDIRECTED = re.compile(r"^warning: redirecting to (\S+)", re.MULTILINE)
_ADDRESS = re.compile(r"\w+://[^\s'\"]+")
_SHARE = re.compile(r"(?:remote: )?([A-Z][a-z ]+):\s+(\d+)% \((\d+)/(\d+)\)")
_WORDS = 2000


def clone(address: str, folder: str, told: Progress) -> None:
    """Fetch the address into the empty folder. Errors: Invalid when it is none; PortError in git's words."""
    scheme = address.partition("://")[0].lower() if "://" in address else "ssh"
    if scheme not in PROTOCOLS:
        message = f"git is not asked to fetch by {scheme}://."
        raise Invalid(
            Problem(where=without_password(address), message=message, remedy=f"Use one of {', '.join(PROTOCOLS)}.")
        )
    options = ("--bare", "--filter=tree:0", "--template=", "--progress")
    told(f"asking {_host(address)}", 0, None)
    with running(replace(_GIT.start("clone", *options, "--", address, folder), joined=True)) as process:
        said = _listen(process, address, told)
        if process.exit_code_within(_SILENT_AT_MOST_S):
            raise PortError(f"{without_password(address)} cannot be cloned: {_reason(said, address)}", permanent=True)


def _listen(process: Process, address: str, told: Progress) -> str:
    said, silent_s = "", _ANSWER_WITHIN_S
    while chunk := _heard(process, silent_s, address):
        said = (said + chunk.decode(errors="replace"))[-_WORDS:]
        _require_host(said, address)
        if "remote:" in said:
            silent_s = _SILENT_AT_MOST_S
        if found := list(_SHARE.finditer(said)):
            last = found[-1]
            told(last[1].lower(), int(last[3]), int(last[4]))
    return said


def _heard(process: Process, silent_s: float, address: str) -> bytes:
    try:
        return process.read_within(silent_s)
    except TimeoutError:
        message = f"{_host(address)} sent nothing for {silent_s:g} s, so git was stopped. Try again later."
        raise PortError(message) from None


def _require_host(said: str, address: str) -> None:
    """Errors: PortError when the server named leads to another one: whoever asked did not mean that."""
    found = _REDIRECTED.search(said)
    if found and _host(found[1]).lower() != _host(address).lower():
        raise PortError(
            f"{without_password(address)} leads on to {without_password(found[1])}, which is another server and is not"
            " followed. If that is what you mean, measure that address.",
            permanent=True,
        )


def _reason(said: str, address: str) -> str:
    """What git gave as the reason, in a line, and what to do about it."""
    words = reason(clean(said.encode())).replace(address, without_password(address))
    why = _ADDRESS.sub(lambda found: without_password(found[0]), words)
    if re.search("could not read Username|Authentication failed|Permission denied|not found", said):
        return f"{why}. Is the address right, and may you read it? Try: git ls-remote ADDRESS"
    return f"{why}. Try: git ls-remote ADDRESS"


def _host(address: str) -> str:
    found = re.search(r"(?:://(?:[^/@]*@)?|@)([^/:]+)", address)
    return found[1] if found else "the server"
