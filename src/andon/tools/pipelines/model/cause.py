"""Why a task failed, where its commit shows it: a script without the x bit or with Windows line ends, files that git
does not keep in the commit, a network that its table does not ask for.

Source: exit codes 126 (found, not executable) and 127 (not found) as POSIX 2.8.2 has them; tools between the shell and
the script (make, npm) end with codes of their own, so the words of the log count.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch

from andon.tools.pipelines.model.network import REGISTRIES

#: files that are looked into
MOST_SUSPECTS = 5
_TROUBLE = re.compile(
    r"permission denied|not found|cannot execute|bad interpreter|no such file|\r(?!$)|\\r|\^M", re.IGNORECASE
)
_DENIED = re.compile("permission denied", re.IGNORECASE)
_WORD = re.compile(r"[^\s:;,&|()<>\[\]'\"`‘’]+")
_NOT_RUN = frozenset({126, 127})
_PLAIN, _SUBMODULE = "100644", "160000"
_POINTER = "version https://git-lfs.github.com/spec/v1"

#: as libc, curl, git, node, go and rust say that a name was not found, or that nothing is reachable
_NO_NETWORK = re.compile(
    r"EAI_AGAIN|name resolution|could not resolve|name or service not known|no such host|failed to lookup address"
    r"|temporary failure resolving|network is unreachable|ENETUNREACH|dns error",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|host[:=]? *['\"]?|resolving +['\"]?)([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


def suspects(exit_code: int, log_end: str, command: str, modes: Mapping[str, str]) -> tuple[str, ...]:
    """Files of the commit that could not be run: named where the log tells of trouble, else in the command."""
    trouble = [line for line in log_end.split("\n") if _TROUBLE.search(line)]
    asked = [*trouble, command] if trouble or exit_code in _NOT_RUN else []
    named = dict.fromkeys(path for line in asked for path in _words(line) if modes.get(path, "").startswith("100"))
    return tuple(named)[:MOST_SUSPECTS]


def why_not_run(log_end: str, path: str, mode: str, text: str) -> str:
    """What is wrong with a script that could not be run, and how to mend it; "" when nothing is."""
    if text.partition("\n")[0].endswith("\r"):
        return (
            f"{path} has Windows line ends (CRLF), which a shell reads as part of its words: "
            f"echo '{path} text eol=lf' >>.gitattributes; git add --renormalize . ; then commit and push."
        )
    if mode == _PLAIN and _DENIED.search(log_end) and text.startswith("#!"):
        return f"{path} is not executable in the commit: git update-index --chmod=+x {path}, then commit and push."
    return ""


def without_network(log_end: str, task: str) -> str:
    """What to write for a task without network that looked for a host; "" when its log tells of none."""
    lines = [line for line in log_end.split("\n") if _NO_NETWORK.search(line)]
    if not lines:
        return ""
    hosts = [found[1].lower() for line in lines if (found := _ADDRESS.search(line))]
    registries = [name for name, of in REGISTRIES.items() if hosts and hosts[0] in of]
    entry = f'network = ["{(registries or hosts)[0]}"]' if hosts else "network = true"
    return f"it has no network: add {entry} to [task.{task}] in andon.toml, or let it use what the commit has."


def absent(modes: Mapping[str, str], attributes: str) -> tuple[str, ...]:
    """What a checkout of the commit has not got, a sentence each: files of submodules, and of Git LFS."""
    return (*_submodules(modes), *_pointers(attributes))


def is_missed(log_end: str, modes: Mapping[str, str], attributes: str) -> bool:
    """Whether the log names something that the checkout has not got."""
    names = set(_words(log_end))
    submodules = [path for path, mode in modes.items() if mode == _SUBMODULE]
    patterns = _lfs_patterns(attributes)
    return (
        _POINTER in log_end
        or any(name == path or name.startswith(f"{path}/") for path in submodules for name in names)
        or any(fnmatch(name, p) or fnmatch(posixpath.basename(name), p) for p in patterns for name in names)
    )


def _submodules(modes: Mapping[str, str]) -> Iterator[str]:
    paths = [path for path, mode in modes.items() if mode == _SUBMODULE]
    if paths:
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        yield (
            f"The files of submodules are not fetched ({', '.join(paths[:3])}{more}): those folders are empty. "
            "Fetch them in the task (git clone, with network = true), or keep them in this repository (git subtree)."
        )


def _pointers(attributes: str) -> Iterator[str]:
    patterns = _lfs_patterns(attributes)
    if patterns:
        yield (
            f"The contents of Git LFS files are not stored here ({', '.join(patterns[:3])} in .gitattributes): "
            "tasks find pointers of three lines. Fetch them in the task (with network = true), or keep them in git: "
            "git lfs migrate export --include='PATTERN' --everything"
        )


def _lfs_patterns(attributes: str) -> list[str]:
    lines = (line.split() for line in attributes.splitlines() if not line.lstrip().startswith("#"))
    return [words[0] for words in lines if "filter=lfs" in words[1:]]


def _words(text: str) -> Iterator[str]:
    return (posixpath.normpath(word) for word in _WORD.findall(text))
