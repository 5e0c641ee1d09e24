"""Writes docs/reference from the code: commands, settings, files, API, events, rules, tables, CDEvents.

python tools/reference.py           write every page
python tools/reference.py --check   write nothing; say which pages are stale, and end with 1 when one is
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from reference_catalogue import cdevents, data_catalogue
from reference_files import line_file, pipeline_file
from reference_import import import_format
from writing import Row, block, code, table

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "andon"
FOLDER = ROOT / "docs" / "reference"
WIDTH = 100  #: columns of help texts


def commands() -> Iterator[str]:
    """Every command as its own help describes it."""
    from andon.command_table import COMMANDS

    yield "# Commands\n\nEvery text below is what `andon COMMAND --help` says.\n\n"
    yield block(_help())
    for name, command in COMMANDS.items():
        module, _, attribute = command.target.partition(":")
        if not importlib.util.find_spec(module):
            continue
        yield f"\n## andon {name}\n\n"
        yield block(_help(name))
        for below in _names_below(getattr(importlib.import_module(module), attribute)):
            yield f"\n### andon {name} {below}\n\n"
            yield block(_help(name, below))


def _names_below(target: object) -> list[str]:
    """The commands of a group; none for a plain command."""
    from cyclopts import App

    return sorted(name for name in target if not name.startswith("-")) if isinstance(target, App) else []


def _help(*words: str) -> str:
    from andon.cli import run

    os.environ.update(COLUMNS=str(WIDTH), NO_COLOR="1")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run([*words, "--help"])
    text = "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())
    return text.partition("With every command:")[0].rstrip() if words else text


def settings() -> Iterator[str]:
    """Every setting of the server and the command."""
    from andon import config

    yield "# Settings\n\nRead from the environment once, at the start. Everything has a default.\n"
    for title, record in (("The server", config.ServerConfig), ("The command", config.ClientConfig)):
        rows = []
        for _, type_text, default, said in _fields(record):
            variable, _, meaning = said.partition(": ")
            if re.match(r"[A-Z][A-Z_]+", variable):
                rows.append((_code_names(variable), meaning, code(_default(default)), code(type_text)))
        yield f"\n## {title}\n\n{record.__doc__}\n\n"
        yield table(("variable", "what it means", "default", "type"), rows)


def _default(text: str) -> str:
    """As a person writes it; where it is computed, the variable's own text says it."""
    from andon import config

    return str(getattr(config, text, text)).strip('"') if text not in {"Path()", "()"} and "field(" not in text else ""


def _code_names(text: str) -> str:
    return re.sub(r"([A-Z][A-Z_]+(?:/andon)?|~/[\w./]+)", r"`\1`", text)


def events() -> Iterator[str]:
    """Every event of every tool."""
    from andon.engine.codec import type_name
    from andon.kernel.refusal import CommandRefused
    from andon.wiring.tools import TOOLS

    yield (
        "# Events\n\nWhat the ledger holds. Every entry has an envelope: position, id, stream, type, version of the "
        "shape, time (UTC), actor, cause (the event that led to it), chain (the change it belongs to), and the hash "
        "that ties it to the entry before. `andon ledger list --json` shows them whole.\n"
    )
    yield "\n## Of every noun\n"
    yield _event(type_name(CommandRefused), CommandRefused)
    for tool in sorted((tool for tool in TOOLS if tool.events), key=lambda tool: tool.name):
        yield f"\n## {tool.name}\n\n{_first_sentence(importlib.import_module(tool.package))}\n"
        for event in tool.load(tool.events):
            yield _event(type_name(event), event)


def _event(name: str, event: type) -> str:
    rows = [(code(field), code(type_text), said) for field, type_text, _, said in _fields(event)]
    return f"\n### {name}\n\n{inspect.getdoc(event)}\n\n" + table(("field", "type", "what it means"), rows)


def rules() -> Iterator[str]:
    """Every rule that can say no."""
    from andon.line.rules import RULES
    from andon.wiring.rules import known_rules

    yield (
        "# Rules\n\nA refusal names its rule, the reason, and what to do next: in the terminal, on the page and in the "
        "API alike. It is recorded in the ledger, with who was refused. `GET /api/v1/rules` lists all of "
        "them.\n\n## Rules of the line\n"
    )
    for rule in RULES:
        judge = inspect.getdoc(rule.judge) or ""
        yield f"\n### {rule.id}\n\n{judge.splitlines()[0]}\n\nWhy: {rule.why}\n"
    yield "\n## What the tools refuse by themselves\n\n"
    own = [rule for rule in known_rules() if rule.id not in {judged.id for judged in RULES}]
    yield table(("rule", "why", "who says it"), [(code(rule.id), rule.why, rule.of) for rule in own])


def api() -> Iterator[str]:
    """Every call of the HTTP API."""
    from andon.wiring.tools import TOOLS

    yield (
        "# HTTP API\n\nA token goes into the header `Authorization: Bearer TOKEN`. Errors are JSON: "
        '`{"error": {"kind", "rule", "reason", "remedy", "problems"}}`.\n'
    )
    for tool in sorted(TOOLS, key=lambda tool: tool.name):
        for door in (name for name in tool.doors if not name.startswith("pages")):
            module = tool.load(door)
            title = tool.name if door == "api" else f"{tool.name}: {door}"
            yield f"\n## {title}\n\n{inspect.getdoc(module)}\n\n"
            yield table(("call", "takes", "what it does", "needs"), [_call(handler) for handler in module.HANDLERS])


def _call(handler: Any) -> Row:
    function = handler.fn
    where = " ".join(sorted(handler.http_methods - {"HEAD", "OPTIONS"}))
    path = re.sub(r"\{(\w+):\w+\}", r"{\1}", min(handler.paths))
    said = (inspect.getdoc(function) or "").splitlines()[0]
    return code(f"{where} {path}"), _takes(function), said, _needs(handler.opt)


def _needs(opt: dict[str, Any]) -> str:
    from andon.kernel.caller import needs

    if opt.get("public"):
        return ""
    return " or ".join(needs(opt["gives"]) if "gives" in opt else [opt.get("permission", "read")])


def _takes(function: Callable[..., object]) -> str:
    """The query's names and the body's fields."""
    from andon.tools.measurement.api.metric_query import provide_asking

    taken = []
    for name, kind in inspect.signature(function).parameters.items():
        text = str(kind.annotation)
        if name in {"asking", "question"}:
            taken.append(_takes(provide_asking))
        elif "Query" in text:
            taken.append(code(f"?{name.rstrip('_')}"))  # an underscore keeps it from being a word of Python
        elif name == "data":
            taken += [code(field.name) for field in fields(get_type_hints(function)["data"])]
    return " ".join(taken)


def _fields(record: type) -> Iterator[Row]:
    """Name, type, default and `#:` comment of a record's own fields, as its source has them."""
    said: list[str] = []
    for line in inspect.getsource(record).splitlines():
        text = line.strip()
        if text.startswith("#: "):
            said.append(text.removeprefix("#: "))
        elif found := re.fullmatch(r"(\w+): ([^=]+?)(?: = (.+?))?(?:  #: (.+))?", text):
            yield found[1], found[2], found[3] or "", found[4] or " ".join(said)
            said = []
        elif text.startswith(("def ", "@property")):
            return


def _first_sentence(module: object) -> str:
    return (inspect.getdoc(module) or "").partition("\n\n")[0].replace("\n", " ")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands.md": commands,
    "settings.md": settings,
    "pipeline-file.md": pipeline_file,
    "line-file.md": line_file,
    "api.md": api,
    "events.md": events,
    "rules.md": rules,
    "data-catalogue.md": data_catalogue,
    "cdevents.md": cdevents,
    "import-format.md": import_format,
}


def main(arguments: list[str]) -> int:
    """The exit code: 1 when --check found a stale page."""
    pages = {FOLDER / name: "".join(write()) for name, write in PAGES.items()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments == ["--check"]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run python tools/reference.py\n")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
