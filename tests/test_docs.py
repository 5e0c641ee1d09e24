"""What the documents say is so: references are fresh, links lead somewhere, commands and files in examples are real."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from andon.command_table import COMMANDS
from andon.line.rules import RULES
from andon.tools.delivery.model.line_file import parse_line
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
#: the rows of the catalogue: letter and how many
CATALOGUE = {"A": 8, "B": 12, "C": 6, "D": 16, "E": 8, "F": 11, "G": 7, "H": 10, "I": 8}
LANGUAGES = {"sh", "toml", "text", "python", "nginx", "haproxy", "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of code on a page."""

    page: Path
    line: int
    language: str
    #: what follows the language: the file's name, or what the block is for
    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """Every block of code on the page, in its order."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w*) ?([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(
            page=page,
            line=text.count("\n", 0, found.start()) + 1,
            language=found[1],
            about=found[2],
            text=found[3],
        )


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def name_of(page: Path) -> str:
    """The page as people call it."""
    return page.relative_to(ROOT).as_posix()


def test_the_reference_is_fresh() -> None:
    """docs/reference is what tools/reference.py writes from the code as it is now."""
    command = [sys.executable, "tools/reference.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr


def test_every_setting_is_described() -> None:
    """A variable that config.py reads is in the reference."""
    source = (ROOT / "src" / "andon" / "config.py").read_text(encoding="utf-8")
    said = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:ANDON|XDG)_[A-Z_]+|NO_COLOR)"', source))
    assert read
    assert [name for name in sorted(read) if f"`{name}" not in said] == []


def test_every_command_is_described() -> None:
    """A command that `andon --help` lists, and each below it, has its section in the reference."""
    said = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"## andon {name}\n" not in said] == []


def test_every_event_is_described() -> None:
    """An event that any tool publishes is in the reference, with all its fields."""
    said = (REFERENCE / "events.md").read_text(encoding="utf-8")
    for file in sorted((ROOT / "src" / "andon" / "tools").glob("*/events.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = next(
            node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "EVENTS"
        )
        assert isinstance(names, ast.Tuple)
        for name in names.elts:
            assert isinstance(name, ast.Name)
            assert f"### {file.parent.name}.{name.id}\n" in said


def test_every_rule_is_described() -> None:
    """A rule of the line has its section in the reference, with its reason."""
    said = (REFERENCE / "rules.md").read_text(encoding="utf-8")
    assert [rule.id for rule in RULES if f"### {rule.id}\n" not in said or rule.why not in said] == []


def test_every_call_is_described() -> None:
    """A path of the HTTP API is in the reference."""
    said = (REFERENCE / "api.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "andon"
    for file in sorted({*source.rglob("api*.py"), *source.rglob("api/*.py")}):
        for path in re.findall(r'@(?:get|post|put|patch|delete)\(\s*"(/api/[^"]+)"', file.read_text(encoding="utf-8")):
            plain = re.sub(r":\w+}", "}", path)
            assert f" {plain}`" in said, f"{path} of {file.relative_to(ROOT)}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file names one that is there; a link into a page names one of its headings."""
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", without_blocks(page)):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), f"{target} is not there"
        assert not heading or heading in headings_of(file), f"{target} has no such heading"


def without_blocks(page: Path) -> str:
    """The page's prose."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def headings_of(page: Path) -> set[str]:
    """The anchors that a page's headings have."""
    titles = re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_blocks_say_what_they_are(block: Block) -> None:
    """A block of code names its language, so that it can be checked."""
    assert block.language in LANGUAGES


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "toml"], ids=str)
def test_files_in_examples_are_good(block: Block) -> None:
    """An andon.toml or line.toml on a page is one that Andon takes."""
    parse = parse_line if block.about == "line.toml" or block.page.name == "line-file.md" else parse_pipeline
    parse(block.text)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sh"], ids=str)
def test_commands_in_examples_are_real(block: Block) -> None:
    """A command on a page is one that there is, with options that it has."""
    said = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    for words in andon_commands(block.text):
        section = section_of(said, words)
        assert section, f"there is no andon {' '.join(words)}"
        unknown = [word for word in words if word.startswith("--") and word not in f"{section} --json --url --help"]
        assert not unknown, f"andon {' '.join(words)}: unknown {unknown}"


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sh"], ids=str)
def test_verbs_in_examples_are_real(block: Block) -> None:
    """A `make` verb on a page is one of the Makefile, a script on a page is one that is there."""
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", block.text, re.MULTILINE)) <= verbs
    assert all((ROOT / script).exists() for script in re.findall(r"\b(tools/\w+\.py)", block.text))


def andon_commands(script: str) -> Iterator[list[str]]:
    """The words after `andon` of every command in a script."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\|\||[|;]|\$\(", line):
            try:
                words = shlex.split(part.rstrip(")"), comments=True)
            except ValueError:
                continue
            if words and words[0] == "andon" and words[1:] and words[1] not in {"--help", "--version"}:
                yield words[1:]


def section_of(said: str, words: list[str]) -> str:
    """The reference of the command that the words name; "" when there is none."""
    for name, level in ((" ".join(words[:2]), "###"), (words[0], "##")):
        found = re.search(rf"^{level} andon {re.escape(name)}\n(.*?)(?=^#|\Z)", said, re.MULTILINE | re.DOTALL)
        if found:
            return found[1]
    return ""


def test_the_whole_catalogue_is_accounted_for() -> None:
    """docs/coverage.md has every row of the catalogue once; a row that works names the tests that show it."""
    page = (DOCS / "coverage.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-I]\d+) \|[^|]*\| (works|partly|not yet) \| (.*) \|$", page, re.MULTILINE)
    assert [row[0] for row in rows] == [
        f"{letter}{n}" for letter, last in CATALOGUE.items() for n in range(1, last + 1)
    ]
    for number, state, shown in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", shown)
        assert tests or state != "works", f"{number} works, and no test shows it"
        for file, name in tests:
            assert (ROOT / file).exists(), f"{number} names {file}, which is not there"
            assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{number}: no {name}"


@pytest.mark.parametrize("record", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda record: str(record.stem))
def test_decisions_are_short(record: Path) -> None:
    """A decision says context, choice and consequences on less than a page, under its number."""
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(record.stem[:4])}. ")
    assert len(text.splitlines()) <= 40
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Choice", "Consequences"]


def test_cited_decisions_exist() -> None:
    """A decision that the code cites is written down."""
    written = {int(record.stem[:4]) for record in (DOCS / "decisions").glob("0*.md")}
    for file in sorted((ROOT / "src").rglob("*.py")):
        cited = re.findall(r"decision (\d{4})", file.read_text(encoding="utf-8"))
        assert {int(number) for number in cited} <= written, file
