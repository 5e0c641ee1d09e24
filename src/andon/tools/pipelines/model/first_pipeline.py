"""A first pipeline for a repository that has none: from the files it has to an `andon.toml` that teaches."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from andon.standards.toml import basic_string

Files = Mapping[str, str]  #: text by name; of files and folders that only their name matters, ""

#: files whose text is looked at
READ = ("pyproject.toml", "package.json", "Makefile", "noxfile.py", "tox.ini")
#: files and folders that matter by being there
SEEN = (
    "uv.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "tox.toml",
    "tests",
    "test",
    "Cargo.toml",
    "go.mod",
)

_ROLES = ("lint", "types", "test", "build")  #: in the order they are written


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTask:
    """A task that the repository's files suggest."""

    role: str
    run: str
    #: the file it was found in
    found_in: str
    network: bool = False
    junit: str = ""


def suggest(files: Files) -> tuple[FirstTask, ...]:
    """One task for each role: what people run by one verb first, a tool's own habits last."""
    found = [task for look in (_makefile, _nox, _tox, _python, _node, _compiled) for task in look(files)]
    return tuple(next(task for task in found if task.role == role) for role in _ROLES if _has(found, role))


def write_first(tasks: tuple[FirstTask, ...]) -> str:
    """The file's text; always a valid pipeline."""
    shown = tasks or (FirstTask(role="test", run=_TO_FILL_IN, found_in=""),)
    return "\n".join([_HEAD, *(_section(task, shown) for task in shown), _TAIL])


def _section(task: FirstTask, tasks: tuple[FirstTask, ...]) -> str:
    why = (
        f"# found in {task.found_in}" if task.found_in else "# nothing here says how it is tested: put that command in"
    )
    lines = [why, f"[task.{task.role}]", f"run = {basic_string(task.run)}"]
    if task.role == "build" and len(tasks) > 1:
        needs = ", ".join(basic_string(other.role) for other in tasks if other is not task)
        lines.append(f"needs = [{needs}]  # waits until these are green")
    if task.network:
        lines.append("network = true  # it fetches what it depends on; without this a task has no network")
    if task.junit:
        lines.append(f"reports = {{ junit = {basic_string(task.junit)} }}  # failed tests are named in the result")
    return "\n".join(lines) + "\n"


#: red until somebody has: what tests nothing must not be green
_TO_FILL_IN = "echo 'Put the command that tests this repository into andon.toml, at [task.test].' >&2; exit 1"
_HEAD = """\
# The pipeline of this repository: every push to Andon runs it.
# What is wrong with it, and what it will do:  andon check
# Run it here, without a server:               andon run
schema = 1

# A run should take less than this; a longer one is said aloud.
budget = "5m"

# A task is a plain command. It runs in a fresh checkout, in a sandbox with a clean environment and without network.
# Tasks that do not wait for each other (needs = ["…"]) run at the same time.
"""
_TAIL = """\
# What a green run publishes, once, and every environment gets: add this to the task that makes it.
# artifact = { name = "shop", path = "dist" }

# How the artifact runs as a service: it serves HTTP on $HOST:$PORT.
# [service]
# command = ["python3", "server.py"]
# health = "/health"        # answers 200 as long as the service works
# smoke = ["/"]             # asked before any traffic
"""


def _has(found: Iterable[FirstTask], role: str) -> bool:
    return any(task.role == role for task in found)


def _makefile(files: Files) -> list[FirstTask]:
    """Targets that are named after a role."""
    targets = _targets(files)
    verbs = {
        "lint": ("lint",),
        "types": ("typecheck", "types"),
        "test": ("test", "tests", "check"),
        "build": ("dist", "build", "package"),
    }
    chosen = {role: next((verb for verb in of if verb in targets), "") for role, of in verbs.items()}
    return [FirstTask(role=role, run=f"make {verb}", found_in="Makefile") for role, verb in chosen.items() if verb]


def _targets(files: Files) -> set[str]:
    return set(re.findall(r"^([A-Za-z0-9_-]+)\s*:(?!=)", files.get("Makefile", ""), re.MULTILINE))


def _compiled(files: Files) -> list[FirstTask]:
    """What a compiler's own tool does, and a Makefile that only builds."""
    by_tool = {"Cargo.toml": ("cargo test", "cargo build --release"), "go.mod": ("go test ./...", "go build ./...")}
    found = [
        FirstTask(role=role, run=run, found_in=name, network=True)
        for name, verbs in by_tool.items()
        if name in files
        for role, run in zip(("test", "build"), verbs, strict=True)
    ]
    return [*found, FirstTask(role="build", run="make all", found_in="Makefile")] if "all" in _targets(files) else found


def _nox(files: Files) -> list[FirstTask]:
    """Sessions that are named after a role."""
    sessions = re.findall(r"@(?:nox\.)?session\b.*?\ndef\s+(\w+)", files.get("noxfile.py", ""), re.DOTALL)
    roles = {"lint": "lint", "mypy": "types", "typing": "types", "test": "test", "tests": "test", "build": "build"}
    return [
        FirstTask(role=roles[name], run=f"nox -s {name}", found_in="noxfile.py", network=True)
        for name in sessions
        if name in roles
    ]


def _tox(files: Files) -> list[FirstTask]:
    name = next((name for name in ("tox.toml", "tox.ini") if name in files), "")
    return [FirstTask(role="test", run="tox run", found_in=name, network=True)] if name else []


def _python(files: Files) -> list[FirstTask]:
    """The usual tools, as far as pyproject.toml names them."""
    if "pyproject.toml" not in files:
        return []
    words = set(re.findall(r"[A-Za-z][A-Za-z0-9_-]*", files["pyproject.toml"]))
    tools = {"ruff": ("lint", "ruff check ."), "mypy": ("types", "mypy ."), "pytest": ("test", _PYTEST)}
    named = [tools[tool] for tool in tools if tool in words]
    if not named and ("tests" in files or "test" in files):
        named = [("test", "python3 -m unittest discover")]
    found = [FirstTask(role=role, run=run, found_in="pyproject.toml") for role, run in named]
    if _is_toml_with(files["pyproject.toml"], "build-system"):
        found.append(FirstTask(role="build", run=_BUILD, found_in="pyproject.toml", network=True))
    return [_with_tools(task, files) for task in found]


_BUILD = "python3 -m venv .venv && .venv/bin/pip install --quiet build && .venv/bin/python -m build"
_PYTEST = "pytest -q --junitxml=out/pytest.xml"


def _with_tools(task: FirstTask, files: Files) -> FirstTask:
    """The task with the project's dependencies installed first, and its report named."""
    junit = "out/*.xml" if task.run == _PYTEST else ""
    if task.run == _BUILD:
        return replace(task, run="uv build") if "uv.lock" in files else task
    if task.run.startswith("python3"):
        return task
    if "uv.lock" in files:
        return replace(task, run=f"uv run --frozen {task.run}", network=True, junit=junit)
    tool = task.run.split()[0]
    install = f"python3 -m venv .venv && .venv/bin/pip install --quiet {'. ' if tool != 'ruff' else ''}{tool}"
    return replace(task, run=f"{install} && .venv/bin/{task.run}", network=True, junit=junit)


def _node(files: Files) -> list[FirstTask]:
    """Scripts of package.json that are named after a role."""
    scripts = _scripts(files.get("package.json", ""))
    roles = {"lint": "lint", "typecheck": "types", "test": "test", "build": "build"}
    install, run = _node_tool(files)
    return [
        FirstTask(role=roles[name], run=f"{install} && {run} {name}", found_in="package.json", network=True)
        for name, script in scripts.items()
        if name in roles and "no test specified" not in script
    ]


def _node_tool(files: Files) -> tuple[str, str]:
    """How dependencies are installed and scripts are run, by the lock file that is there."""
    if "pnpm-lock.yaml" in files:
        return "pnpm install --frozen-lockfile", "pnpm run"
    if "yarn.lock" in files:
        return "yarn install --frozen-lockfile", "yarn run"
    return ("npm ci" if "package-lock.json" in files else "npm install"), "npm run"


def _scripts(text: str) -> dict[str, str]:
    data = _parsed(json.loads, text)
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return {str(name): str(script) for name, script in scripts.items()} if isinstance(scripts, dict) else {}


def _is_toml_with(text: str, table: str) -> bool:
    data = _parsed(tomllib.loads, text)
    return isinstance(data, dict) and table in data


def _parsed(parse: Callable[[str], object], text: str) -> object:
    """What a file says; nothing when it cannot be read: a guess must not fail."""
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return None
