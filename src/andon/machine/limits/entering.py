"""The words before a command that bring it into its group before it starts: a shell that then becomes the command."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from andon.kernel.limits import Limits

_SHELL = "/bin/sh"
#: the kernel chooses tasks and services before the server when the machine runs out of memory; the server stands at 0
OOM_SCORE_ADJ = 500
_UNIT_BYTES = 512  #: of `ulimit -f`
#: $1: open files, $2: largest file, $3: processes of the user ("" sets none), $4: how many groups follow
_SCRIPT = f"""\
echo {OOM_SCORE_ADJ} > /proc/self/oom_score_adj
ulimit -c 0 && ulimit -n "$1" && ulimit -f "$2" || exit 125
if [ -n "$3" ]; then ulimit -u "$3" 2>/dev/null || ulimit -p "$3" || exit 125; fi
groups=$4
shift 4
while [ "$groups" -gt 0 ]; do echo $$ > "$1" || exit 125; shift; groups=$((groups - 1)); done
exec "$@"
"""


def entering(limits: Limits, groups: Iterable[Path], *, most_of_user: int | None = None) -> tuple[str, ...]:
    """The words; the command itself follows. It ends with 125 when it cannot be limited."""
    files = [str(group / "cgroup.procs") for group in groups]
    of_user = "" if most_of_user is None else str(most_of_user)
    rlimits = (str(limits.open_files), str(-(-limits.disk // _UNIT_BYTES)), of_user)
    return (_SHELL, "-c", _SCRIPT, "sh", *rlimits, str(len(files)), *files)
