"""Pipeline files: what they mean, and what is wrong with them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from andon.kernel.errors import Invalid
from andon.kernel.ids import ArtifactName, ServiceName, TaskName
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.pipeline import ArtifactSpec, CheckSpec, Pipeline, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.pipeline_file import json_schema

WHOLE = """\
schema = 1
budget = "3m"

[task.lint]
run = "ruff check"
inputs = ["src/**"]

[task.unit]
run = "pytest"
needs = ["lint"]
env = { MODE = "test" }
timeout = "90s"
network = true
reports = { junit = "out/*.xml" }

[task.pack]
run = "make dist"
needs = ["unit"]
reports = { junit = ["a.xml", "b.xml"], advisory = true, minimum = 9 }
artifact = { name = "shop", path = "dist", version = "2.0", base = "registry/base" }

[service]
command = ["python3", "server.py"]
health = "/health"
smoke = ["/", { path = "/api", status = 201, contains = "ok" }]
config = { MODE = "production" }
start_timeout = "5s"
"""
LEAST = 'schema = 1\n[task.test]\nrun = "make test"\n'


def problems(text: str) -> list[str]:
    """Everything that is wrong with it: place, message and remedy."""
    with pytest.raises(Invalid) as caught:
        parse_pipeline(text)
    return [f"{p.where.partition(':')[2]} {p.message} {p.remedy}".strip() for p in caught.value.problems]


def task(more: str) -> str:
    """A file with one good task that says more."""
    return f"{LEAST}{more}\n"


def test_a_whole_file_is_a_pipeline() -> None:
    """Every key of schema 1 has its meaning."""
    ok = CheckSpec(path="/api", status=201, contains="ok")
    assert parse_pipeline(WHOLE) == Pipeline(
        tasks=(
            TaskSpec(name=TaskName("lint"), run="ruff check", inputs=("src/**",)),
            TaskSpec(
                name=TaskName("unit"),
                run="pytest",
                needs=(TaskName("lint"),),
                env=(("MODE", "test"),),
                timeout=timedelta(seconds=90),
                network=True,
                reports=("out/*.xml",),
            ),
            TaskSpec(
                name=TaskName("pack"),
                run="make dist",
                needs=(TaskName("unit"),),
                reports=("a.xml", "b.xml"),
                reports_advisory=True,
                reports_minimum=9,
            ),
        ),
        artifact=ArtifactSpec(
            name=ArtifactName("shop"), task=TaskName("pack"), path="dist", version="2.0", base="registry/base"
        ),
        service=ServiceSpec(
            name=ServiceName("shop"),
            command=("python3", "server.py"),
            health=CheckSpec(path="/health"),
            smoke=(CheckSpec(path="/"), ok),
            config=(("MODE", "production"),),
            start_timeout=timedelta(seconds=5),
        ),
        budget=timedelta(minutes=3),
    )


def test_the_least_file_is_one_task() -> None:
    """Without network, killed after ten minutes, in a run of five."""
    pipeline = parse_pipeline(LEAST)
    (only,) = pipeline.tasks
    assert (only.network, only.timeout, pipeline.budget) == (False, timedelta(minutes=10), timedelta(minutes=5))
    assert pipeline.artifact is None
    assert pipeline.service is None


def test_every_problem_is_said_at_once() -> None:
    """Slips, types, durations, needs and what does not fit together, in the order of the file."""
    text = """\
schema = 1
budgt = "5m"
[task.lint]
run = ""
timeout = 90
[task.unit]
nedds = ["lint"]
run = "pytest"
[task.pack]
needs = ["lnt", "unit"]
run = "make"
network = "yes"
[service]
command = "python server.py"
health = "/health"
"""
    like = 'Like network = true, or network = ["pypi", "files.example.org"].'
    give = 'Give the task that builds it: artifact = { name = "…", path = "…" }.'
    assert problems(text) == [
        '2:1 unknown key "budgt". Did you mean "budget"?',
        '4:7 there is nothing to run. Like run = "make test".',
        '5:11 expected a duration such as "30s" or "5m", found the number 90. Write "90s" for seconds.',
        '7:1 unknown key "nedds". Did you mean "needs"?',
        '10:10 there is no task "lnt". Did you mean "lint"?',
        f'12:11 expected true, false or a list of hosts, found "yes". {like}',
        f"13:2 a service needs an artifact to run, and no task has one. {give}",
        '14:11 expected a list, found "python server.py". Like ["python3", "server.py"].',
    ]


def test_a_circle_is_shown_as_a_path() -> None:
    """Once, where it begins."""
    text = 'schema = 1\n[task.a]\nrun = "a"\nneeds = ["b"]\n[task.b]\nrun = "b"\nneeds = ["a"]\n'
    assert problems(text) == ["4:9 these tasks wait for each other: a -> b -> a. Remove one of these needs."]


@pytest.mark.parametrize(
    ("needs", "problem"),
    [
        ('["test"]', "4:10 test cannot wait for itself."),
        ('["x", "x"]', '4:10 there is no task "x".'),
        ("[1]", '4:10 expected text in quotes, found the number 1. Write "1".'),
        ('"x"', '4:9 expected a list, found "x". Like ["lint", "unit"].'),
    ],
)
def test_needs_are_tasks(needs: str, problem: str) -> None:
    """Others, of this file."""
    assert problems(task(f"needs = {needs}"))[0] == problem


def test_a_need_is_said_once() -> None:
    """Twice is a slip."""
    text = 'schema = 1\n[task.a]\nrun = "a"\n[task.b]\nrun = "b"\nneeds = ["a", "a"]\n'
    assert problems(text) == ['6:15 "a" is already in this list.']


def test_only_one_task_has_the_artifact() -> None:
    """What is published is one thing."""
    one = 'artifact = { name = "a", path = "." }'
    text = f'schema = 1\n[task.a]\nrun = "a"\n{one}\n[task.b]\nrun = "b"\n{one}\n'
    assert problems(text) == [
        '7:1 a pipeline publishes one artifact, and task "a" already has it. Let one task bring both together.'
    ]


@pytest.mark.parametrize("path", ["../out", "/etc", "a/../../b", "..", "a\\\\b", ""])
@pytest.mark.parametrize("key", ['reports = {{ junit = "{}" }}', 'artifact = {{ name = "a", path = "{}" }}'])
def test_paths_stay_inside_the_checkout(key: str, path: str) -> None:
    """Nothing outside is read or published."""
    (problem,) = problems(task(key.format(path)))
    assert "path" in problem


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('timeout = "90"', '4:11 expected a duration such as "30s", "5m" or "1h30m". Write "90s" for seconds.'),
        ('env = { "A-B" = "x" }', "4:9 a variable's name has only letters, digits and _ and begins with no digit."),
        ('env = { ANDON_RUN = "x" }', "4:9 names that begin with ANDON_ are given by Andon itself."),
        ("env = { A = 1 }", '4:13 expected text in quotes, found the number 1. Write "1".'),
        ('run2 = "x"', '4:1 unknown key "run2". Known here: '),
        ('artifact = { name = "Shop", path = "x" }', '4:21 "Shop" is no name for an artifact: '),
        ('artifact = { name = "a.-b", path = "x" }', "4:21 a registry takes only one . or _ between "),
        ('artifact = { path = "x" }', '4:1 name is missing. Like name = "shop".'),
        ('artifact = { name = "a", path = "x", version = "v 1" }', "4:48 expected the first part of a version "),
        ('artifact = { name = "a", path = "x", base = "a b" }', "4:45 expected an image such as "),
        ('[task."a b"]\nrun = "x"', '4:7 "a b" is no name for a task: '),
        ('[task.b]\nrun = "a\\u0000b"', "5:7 a NUL character cannot be given to a process."),
        ("[task.b]", '4:7 run is missing. Every task runs a command, like run = "make test".'),
    ],
)
def test_a_task_is_checked(more: str, problem: str) -> None:
    """Each slip has one problem, which says what to write."""
    (only,) = problems(task(more))
    assert only.startswith(problem)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("command = []", "7:11 this list is empty. "),
        ('command = [""]', "7:12 expected a word, found empty text."),
        ('health = "health"', "8:10 expected a path that begins with a slash and has no blanks"),
        (
            "health = { path = '/', status = 700 }",
            "8:33 expected a whole number from 100 to 599, found the number 700.",
        ),
        ('smoke = "/"', '9:9 expected a list, found "/". '),
        ('config = { PORT = "80" }', "9:12 PORT is given by the environment the service runs in; "),
        ('name = "My Shop"', '9:8 "My Shop" is no name for a service: '),
        ('stop_timeout = "soon"', "9:16 expected a duration such as "),
        ("healthy = 1", '9:1 unknown key "healthy". '),
    ],
)
def test_a_service_is_checked(more: str, problem: str) -> None:
    """Each slip has one problem, which says what to write."""
    good = {"command": 'command = ["x"]', "health": 'health = "/"'}
    key = more.partition(" ")[0]
    lines = [LEAST + 'artifact = { name = "a", path = "x" }', "", "[service]"]
    lines += [more if key == name else line for name, line in good.items()]
    lines += [] if key in good else [more]
    (only,) = problems("\n".join(lines))
    assert only.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "schema is missing. Begin the file with schema = 1."),
        ("schema = 1", "task is missing. A pipeline has at least one task: "),
        ("schema = 1\ntask = {}", "2:8 there is no task. "),
        ("schema = 1\ntask = 3", "2:8 expected a table, found the number 3."),
        ("schema = 2\nnew = true", "1:10 this Andon reads schema 1, and the file says 2. A newer Andon may read it."),
        ('schema = "1"\n[task.a]\nrun = "x"', '1:10 expected 1, found "1".'),
        ("schema = = 1", "1:10 expected a value here; "),
    ],
)
def test_a_file_is_checked(text: str, problem: str) -> None:
    """Before anything else is."""
    assert problems(text)[0].startswith(problem)


def test_a_file_has_not_too_many_tasks() -> None:
    """A run could not hold them."""
    text = "schema = 1\n" + "".join(f'[task.t{n}]\nrun = "x"\n' for n in range(201))
    assert problems(text) == ["2:2 201 members are more than the 200 that may stand here."]


def test_tasks_do_not_wait_for_too_much_altogether() -> None:
    """A page draws every need."""
    names = [f"t{n}" for n in range(200)]
    tables = (f'[task.{name}]\nrun = "x"\nneeds = {names[:at]!r}\n' for at, name in enumerate(names))
    assert problems("schema = 1\n" + "".join(tables)) == [
        "2:2 all needs together are more than 2,000. Name the last task of a chain only."
    ]


def test_reading_ends_where_nobody_reads_on() -> None:
    """A file of mistakes is given back with the first of them."""
    text = "schema = 1\n[task.a]\nrun = 'x'\n" + "".join(f"wrong{n} = 1\n" for n in range(5000))
    assert len(problems(text)) == 50


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 9000])
def test_a_number_without_end_is_a_mistake_like_any_other(number: str) -> None:
    """Python itself refuses to print it."""
    assert len(problems(f"schema = {number}\n[task.a]\nrun = 1")) >= 1
    assert len(problems(f"schema = 1\n[task.a]\nrun = {number}")) == 1


def test_the_json_schema_allows_what_is_read() -> None:
    """So that an editor can help."""
    import tomllib

    Draft202012Validator.check_schema(json_schema())
    validator = Draft202012Validator(json_schema())
    assert validator.is_valid(tomllib.loads(WHOLE))
    assert not validator.is_valid(tomllib.loads(LEAST + "nedds = []"))


_KEYS = st.sampled_from(
    ["schema", "budget", "task", "run", "needs", "inputs", "env", "timeout", "artifact", "service", "x"]
)
_VALUES = st.recursive(
    st.one_of(st.integers(-1, 2), st.booleans(), st.sampled_from(['"a"', '"5m"', '"/"', '""'])).map(
        lambda v: str(v).lower()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(_KEYS, inner, max_size=4).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        ),
    ),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=6), st.dictionaries(_KEYS, _VALUES, max_size=6))
def test_any_file_is_a_pipeline_or_invalid(top: dict[str, str], of_task: dict[str, str]) -> None:
    """Whatever stands where; and every problem that is in the file has its line."""
    text = "\n".join([f"{key} = {value}" for key, value in top.items() if key != "task"])
    text += "\n[task.a]\n" + "\n".join(f"{key} = {value}" for key, value in of_task.items())
    with suppress(Invalid):
        parse_pipeline(text)
