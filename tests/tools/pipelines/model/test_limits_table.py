"""`limits` of a pipeline file: of all, of a task, of the service; and what is wrong with them."""

from __future__ import annotations

import msgspec
import pytest

from andon.kernel.errors import Invalid
from andon.kernel.limits import NOTHING_ASKED, AskedLimits, Limits
from andon.kernel.sizes import GIBIBYTE, MEBIBYTE
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.pipeline import ServiceSpec, TaskSpec

FILE = """\
schema = 1

[limits]
memory = "1GiB"
processes = 300

[task.unit]
run = "make test"
limits = { memory = "3GiB", cpu = 1.5 }

[task.pack]
run = "make dist"
artifact = { name = "shop", path = "dist" }

[service]
command = ["./serve"]
health = "/"
limits = { memory = "256 MiB" }
"""
LEAST = 'schema = 1\n[task.test]\nrun = "true"\n'


def problem(limits: str, largest: Limits | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        parse_pipeline(f"{LEAST}limits = {limits}\n", largest=largest or Limits())
    (found,) = caught.value.problems
    return f"{found.where.partition(':')[2]} {found.message} {found.remedy}".strip()


def test_what_a_task_or_the_service_says_stands_over_what_all_have() -> None:
    pipeline = parse_pipeline(FILE)
    unit, pack = pipeline.tasks
    assert unit.limits == AskedLimits(memory=3 * GIBIBYTE, cpu=1.5, processes=300)
    assert pack.limits == AskedLimits(memory=GIBIBYTE, processes=300)
    assert pipeline.service is not None
    assert pipeline.service.limits == AskedLimits(memory=256 * MEBIBYTE, processes=300)


def test_a_file_without_limits_asks_for_none() -> None:
    assert parse_pipeline(LEAST).tasks[0].limits == NOTHING_ASKED


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ('{ memroy = "2GiB" }', '4:12 unknown key "memroy". Did you mean "memory"?'),
        ('{ memory = "2GB" }', '4:21 expected a size such as "512MiB" or "2GiB".'),
        ("{ memory = 512 }", '4:21 expected a size such as "512MiB" or "2GiB", found the number 512. Write "512MiB"'),
        ("{ cpu = 0 }", "4:18 expected a number of processors from 0.05 up, found the number 0. Like cpu = 2."),
        ("{ processes = 0 }", "4:24 expected a whole number from 8 to 30000, found the number 0."),
    ],
)
def test_what_is_wrong_is_said_at_its_place(limits: str, says: str) -> None:
    assert problem(limits).startswith(says)


def test_more_than_the_server_permits_is_said_with_both_numbers_and_the_setting() -> None:
    assert problem('{ memory = "20GiB" }', Limits(memory=8 * GIBIBYTE)) == (
        "4:21 20 GiB is more than this server permits, 8 GiB. "
        "Ask for less, or an operator permits more with ANDON_TASK_MEMORY_MAX_MIB."
    )


@pytest.mark.parametrize("kind", [TaskSpec, ServiceSpec])
def test_what_was_recorded_before_there_were_limits_asks_for_none(kind: type[TaskSpec | ServiceSpec]) -> None:
    old = {"name": "shop", "run": "true", "command": ["./serve"], "health": {"path": "/"}}
    assert msgspec.json.decode(msgspec.json.encode(old), type=kind).limits == NOTHING_ASKED
