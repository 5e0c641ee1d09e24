"""A clone for a moment: commits and tags without files where the server can do that, no question asked of anybody."""

from __future__ import annotations

import re
import subprocess

from andon.kernel.errors import Invalid, PortError, Problem
from andon.tools.measurement.adapters.commits_git.addresses import PROTOCOLS, shown
from andon.tools.measurement.adapters.commits_git.git import SILENT_AT_MOST_S, child, heard, piped
from andon.tools.measurement.ports import Progress

#: until a server is heard of first
_ANSWER_WITHIN_S = 30
#: the person's own git settings stay (proxies, certificates, keys, stored passwords); nobody is asked for one
_ASKS_NOBODY = (
    "GIT_TERMINAL_PROMPT=0",
    "GIT_ASKPASS=false",
    "SSH_ASKPASS=false",
    "SSH_ASKPASS_REQUIRE=never",
    f"GIT_ALLOW_PROTOCOL={':'.join(PROTOCOLS)}",
    "LC_ALL=C.UTF-8",
)
_SETTINGS = (
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    # the first answer may lead on within a host (http to https, a name without ".git"); see _require_host
    "http.followRedirects=initial",
    "transfer.bundleURI=false",
    "fetch.uriProtocols=",
    "gc.auto=0",
    "advice.detachedHead=false",
)
_REDIRECTED = re.compile(r"^warning: redirecting to (\S+)", re.MULTILINE)
_ADDRESS = re.compile(r"\w+://[^\s'\"]+")
_SHARE = re.compile(r"(?:remote: )?([A-Z][a-z ]+):\s+(\d+)% \((\d+)/(\d+)\)")
_WORDS = 2000


def clone(address: str, folder: str, told: Progress) -> None:
    """Fetch the address into the empty folder. Errors: Invalid when it is none; PortError in git's words."""
    scheme = address.partition("://")[0].lower() if "://" in address else "ssh"
    if scheme not in PROTOCOLS:
        message = f"git is not asked to fetch by {scheme}://."
        raise Invalid(Problem(where=shown(address), message=message, remedy=f"Use one of {', '.join(PROTOCOLS)}."))
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    options = ("--bare", "--filter=tree:0", "--template=", "--progress")
    command = ["env", *_ASKS_NOBODY, "git", *settings, "clone", *options, "--", address, folder]
    told(f"asking {_host(address)}", 0, None)
    with child(command, None, None) as process:
        said = _listen(process, address, told)
        if process.wait():
            raise PortError(f"{shown(address)} cannot be cloned: {_reason(said, address)}", permanent=True)


def _listen(process: subprocess.Popen[bytes], address: str, told: Progress) -> str:
    said, silent_s = "", _ANSWER_WITHIN_S
    stream = piped(process.stderr)
    while True:
        chunk = next(heard(process, stream, silent_s, _host(address)), b"")
        if not chunk:
            return said
        said = (said + chunk.decode(errors="replace"))[-_WORDS:]
        _require_host(said, address)
        if "remote:" in said:
            silent_s = SILENT_AT_MOST_S
        if found := list(_SHARE.finditer(said)):
            last = found[-1]
            told(last[1].lower(), int(last[3]), int(last[4]))


def _require_host(said: str, address: str) -> None:
    """Errors: PortError when the server named leads to another one: whoever asked did not mean that."""
    found = _REDIRECTED.search(said)
    if found and _host(found[1]).lower() != _host(address).lower():
        raise PortError(
            f"{shown(address)} leads on to {shown(found[1])}, which is another server and is not followed. "
            "If that is what you mean, measure that address.",
            permanent=True,
        )


def _reason(said: str, address: str) -> str:
    """What git gave as the reason, in a line, and what to do about it."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", said)]
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    words = (fatal[0] if fatal else " ".join(lines[-2:])).replace(address, shown(address))
    reason = _ADDRESS.sub(lambda found: shown(found[0]), words).rstrip(".")
    if re.search("could not read Username|Authentication failed|Permission denied|not found", said):
        return f"{reason}. Is the address right, and may you read it? Try: git ls-remote ADDRESS"
    return f"{reason}. Try: git ls-remote ADDRESS"


def _host(address: str) -> str:
    found = re.search(r"(?:://(?:[^/@]*@)?|@)([^/:]+)", address)
    return found[1] if found else "the server"
