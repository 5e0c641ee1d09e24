"""Runs every program of this folder and prints its figures beside target and control.

python -m bench [NAME...]   only these; without a name all
python -m bench --write     also put the figures into docs/benchmarks.md; those of programs that did not run stay
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import FIGURES, Figure, Measured, number

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
#: on the same disk as the repository, and never committed
WORKPLACE = HERE.parent / ".benchmarks"
BEGIN, END = "<!-- figures: python -m bench --write -->\n", "<!-- end of figures -->"
AT_MOST_S = 600
HEAD = ("figure", "measured", "target", "control", "of control")


def main(arguments: list[str]) -> int:
    """The exit code: 1 when a target is missed or a program fails."""
    names = [name for name in arguments if not name.startswith("-")] or programs()
    measured = {name: run(name) for name in names}
    shown = [figure for figure in FIGURES if measured.get(figure.program)]
    rows = [HEAD, *(row(figure, measured[figure.program]) for figure in shown)]
    print("\n".join(aligned(rows)))
    if "--write" in arguments:
        write(rows)
    missed = [figure.says for figure in shown if not figure.is_kept(float(measured[figure.program][figure.key]))]
    for says in missed:
        print(f"missed: {says}", file=sys.stderr)
    return 1 if missed or not all(measured.values()) else 0


def programs() -> list[str]:
    """Every program of this folder."""
    return sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_") and file.stem != "figures")


def run(name: str) -> Measured:
    """What the program measured; empty when it failed, which it said itself."""
    WORKPLACE.mkdir(exist_ok=True)
    print(f"measuring {name} …", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"],
        cwd=WORKPLACE,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=AT_MOST_S,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        print(f"{name} failed with exit code {done.returncode}", file=sys.stderr)
        return {}
    measured: dict[str, float | str] = json.loads(lines[-1])
    return measured


def row(figure: Figure, measured: Measured) -> tuple[str, ...]:
    """The figure beside its target and its control."""
    value = float(measured[figure.key])
    lamp = "" if figure.least is None and figure.most is None else (" ✓" if figure.is_kept(value) else " ✗")
    own = f"{number(value)} {figure.unit}{lamp}"
    if figure.control not in measured:
        return figure.says, own, figure.target, "–", "–"
    control = float(measured[figure.control])
    beside = f"{number(control)} {figure.unit} ({figure.control_says})"
    return figure.says, own, figure.target, beside, f"{value / control:.2f}" if control else "–"


def aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The table for a terminal."""
    widths = [max(len(line[column]) for line in rows) for column in range(len(HEAD))]
    for line in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def page(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The table for the page, and the machine it was measured on."""
    head, *others = rows
    yield f"Measured {datetime.fromtimestamp(time.time(), UTC):%Y-%m-%d} on {machine()}.\n\n"
    for line in (head, ("---",) * len(head), *others):
        yield f"| {' | '.join(line)} |\n"


def machine() -> str:
    """What it ran on, in a few words."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({_processor()}), {memory_gib:.0f} GiB, {platform.system()} "
        f"{platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def _processor() -> str:
    facts: Mapping[str, str] = {}
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return facts.get("model name") or platform.machine()


def write(rows: list[tuple[str, ...]]) -> None:
    """Put the table between its marks on the page; a figure that was not measured now stays as it was."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    earlier, _, after = rest.partition(END)
    said = {line.split(" | ")[0].removeprefix("| "): line for line in earlier.splitlines()[4:] if line.startswith("| ")}
    known = {one[0]: one for one in rows}
    kept = (
        known.get(one.says) or tuple(said[one.says].strip("| ").split(" | "))
        for one in FIGURES
        if one.says in {*known, *said}
    )
    table = page([HEAD, *kept])
    PAGE.write_text(f"{before}{BEGIN}\n{''.join(table)}\n{END}{after}", encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
