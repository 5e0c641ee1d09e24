"""What strangers send costs in proportion to its size: ten times as much at most 15 times, a hundred times at most 200.

One line a parser and a way to torment it; growth.py says how that is measured.
"""

from __future__ import annotations

import pytest

from andon.kernel.ids import TaskName, parse_name
from andon.kernel.masks import Masks
from andon.standards.bidi import unturned
from andon.standards.cdevents import parse_cdevent
from andon.standards.cloudevents import parse_cloudevents
from andon.standards.csv_lines import CsvLines
from andon.standards.dsse import parse_envelope
from andon.standards.durations import parse_duration
from andon.standards.instants import parse_instant
from andon.standards.intoto import parse_provenance
from andon.standards.junit import read_junit
from andon.standards.oci import is_name, is_tag
from andon.standards.purl import parse_purl
from andon.standards.terminal_text import spans
from andon.standards.text_lines import lines_of
from andon.standards.web_origin import parse_origin
from andon.tools.delivery.model.line_file import parse_line
from andon.tools.pipelines.model.graph import circles, waves
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.patterns import parse_pattern
from andon.tools.source.model.repository import parse_branch
from andon.web.graph import layout

from .growth import Torment, is_in_proportion, many

HEAD = 'schema = 1\n[task.a]\nrun = "x"\n'
ENVIRONMENT = '[[environment]]\nname = "a"\n'
CD = b'{"context":{"version":"0.4.1","id":"a","source":"s","type":"dev.cdevents.x.y.0.1.0","timestamp":"%s"}}'


def named(number: int) -> TaskName:
    return TaskName(f"t{number}")


def ring(count: int) -> object:
    return circles({named(n): (named((n + 1) % count), named(n * 7 % count)) for n in range(count)})


def behind(count: int) -> object:
    return waves({named(n): tuple(named(m) for m in range(max(0, n - 5), n)) for n in range(count)})


def picture(count: int) -> object:
    return layout({f"t{n}": [f"t{m}" for m in range(max(0, n - 3), n)] for n in range(count)})


def csv(text: bytes) -> object:
    return list(CsvLines([b"a,b\n" + text]).rows())


def masked(text: str) -> str:
    masks = Masks()
    masks.learn("hunter2hunter2")
    return masks.text(text)


#: where it begins, and what is done with so much
TORMENTS: dict[str, Torment] = {
    "tasks": (80, lambda n: parse_pipeline(HEAD + many(n, '[task.t#]\nrun = "x"\nneeds = ["t#0"]\n'))),
    "unknown keys": (200, lambda n: parse_pipeline(HEAD + many(n, "x# = 1\n"))),
    "unknown needs": (200, lambda n: parse_pipeline(HEAD + "needs = [" + many(n, '"x#",') + "]\n")),
    "needs twice": (200, lambda n: parse_pipeline(HEAD + "needs = [" + '"b",' * n + "]\n")),
    "inputs": (100, lambda n: parse_pipeline(HEAD + "inputs = [" + '"a*",' * n + "]\n", paths=("a",))),
    "nested lists": (200, lambda n: parse_pipeline(HEAD + "x = " + "[" * n + "]" * n)),
    "nested tables": (200, lambda n: parse_pipeline(HEAD + "x = " + "{a=" * n + "1" + "}" * n)),
    "dotted key": (200, lambda n: parse_pipeline(HEAD + "a." * n + "b = 1")),
    "dotted keys": (200, lambda n: parse_pipeline(HEAD + many(n, "a.b.c.d.e.f.k# = 1\n"))),
    "escapes": (1000, lambda n: parse_pipeline(HEAD + 'x = "' + "\\n" * n + '"\n')),
    "open texts": (500, lambda n: parse_pipeline(HEAD + 'x = """\\"\n' * n)),
    "digits": (1000, lambda n: parse_pipeline(HEAD + "x = " + "9" * n)),
    "hexadecimal digits": (1000, lambda n: parse_pipeline("schema = 0x" + "f" * n)),
    "environments": (200, lambda n: parse_line("schema = 1\n" + ENVIRONMENT * n)),
    "services": (50, lambda n: parse_line("schema = 1\n" + ENVIRONMENT + many(n, "[service.s#.a]\nport = 2#\n"))),
    "circles": (100, ring),
    "waves": (100, behind),
    "a picture of tasks": (10, picture),
    "stars": (5, lambda n: parse_pattern("*a" * n + "b").matches("a" * 40 * n)),
    "stars in a long name": (100, lambda n: parse_pattern("*a*a*a*a*a*a*a*a*ab").matches("a" * n)),
    "double stars": (4, lambda n: parse_pattern("**/a/" * n + "b").matches("a/" * 20 * n + "c")),
    "double stars in a long path": (100, lambda n: parse_pattern("**/a/**/a/**/a/**/b").matches("a/" * n + "c")),
    "JUnit cases": (200, lambda n: read_junit(b"<testsuite>" + b"<testcase name='x'/>" * n + b"</testsuite>")),
    "JUnit suites": (200, lambda n: read_junit(b"<testsuite>" * n + b"</testsuite>" * n)),
    "JUnit control characters": (1000, lambda n: read_junit(b"<testsuite>" + b"\x1b[31m&#27;" * n + b"</testsuite>")),
    "JUnit references": (1000, lambda n: read_junit(b"<testsuite>" + b"&#" * n)),
    "CDEvent": (1000, lambda n: parse_cdevent(CD % (b"1" * n))),
    "nested JSON": (1000, lambda n: parse_cdevent(b"[" * n + b"]" * n)),
    "CloudEvents": (
        200,
        lambda n: parse_cloudevents(
            {"content-type": "application/cloudevents-batch+json"},
            b"[" + b'{"specversion":"1.0","id":"1","source":"s","type":"t"},' * n + b"0]",
        ),
    ),
    "provenance": (1000, lambda n: parse_provenance(b"[" * n + b"]" * n)),
    "envelope": (1000, lambda n: parse_envelope(b'{"payload":"' + b"A" * n + b'"}')),
    "CSV rows": (100, lambda n: csv(b"1,2\n" * n)),
    "CSV quotes": (50, lambda n: csv(b'"x,1\n' * n)),
    "durations": (1000, lambda n: parse_duration("1s" * n)),
    "times": (1000, lambda n: parse_instant("2026-01-01T00:00:00." + "1" * n)),
    "image names": (1000, lambda n: is_name("a-" * n + "!")),
    "tags": (1000, lambda n: is_tag("a" * n)),
    "package URLs": (500, lambda n: parse_purl("pkg:oci/a@" + "%41" * n)),
    "turns of writing": (1000, lambda n: unturned("\u202a" * n)),
    "names": (1000, lambda n: parse_name("a." * n, "x")),
    "branches": (1000, lambda n: parse_branch("a/" * n)),
    "origins": (500, lambda n: parse_origin("http://" + "a." * n)),
    "colours": (200, lambda n: spans("\x1b[31mx" * n)),
    "erasures": (200, lambda n: spans("x" * n + "\x1b[1K" * n)),
    "moves": (200, lambda n: spans("\x1b[9999Gx\x1b[2K" * n)),
    "lines": (1000, lambda n: list(lines_of([b"a"] * n))),
    "masks": (1000, lambda n: masked("hunter2" * n)),
}


@pytest.mark.parametrize("name", TORMENTS)
def test_the_cost_grows_with_the_size(name: str) -> None:
    """Whatever is wrong with what is sent."""
    assert is_in_proportion(*TORMENTS[name])
