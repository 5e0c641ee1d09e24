"""A run as lines for someone who waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.progress import lines_for

from .workshop import Workshop, pipeline

URL = "http://127.0.0.1:8600"


async def told(shop: Workshop, files: dict[str, str | bytes], url: str = URL) -> list[str]:
    """Every line of a run, as it would have been told, without what differs each time."""
    await shop.build(files)
    lines: list[str] = []
    again = type(shop.runs)()
    for happened in shop.happened:
        again.apply(happened)
        lines += lines_for(happened.event, again.get(1), url)
    commit = again.get(1).commit
    return [line.replace(commit[:7], "COMMIT") for line in lines]


@pytest.mark.anyio
async def test_a_green_run_reads_as_in_the_design(tmp_path: Path) -> None:
    """One line a task, in the order they end; the verdict last, with the way to see more."""
    report = '<testsuite><testcase name="a"/></testsuite>'
    files = pipeline(
        unit=f"run = '''echo '{report}' > u.xml'''\nreports = {{ junit = \"u.xml\" }}",
        package='run = "mkdir dist && touch dist/a"\nneeds = ["unit"]\nartifact = { name = "shop", path = "dist" }',
    )
    head, unit, package, artifact, end = await told(Workshop(data=tmp_path), files)
    assert head == 'andon  COMMIT "Change the shop"  ·  shop'
    assert unit.startswith("  ✓ unit ")
    assert unit.endswith(" s  1 passed")
    assert package.startswith("  ✓ package ")
    assert artifact == "  ✓ shop                   sha256:aaaa…aa"
    assert end.startswith(f"  {URL}/runs/1  green  ")


@pytest.mark.anyio
async def test_a_red_task_says_where_to_look(tmp_path: Path) -> None:
    """The failed tests, and the command that shows the log."""
    report = '<testsuite><testcase classname="t" name="b"><failure/></testcase></testsuite>'
    run = f"echo '{report}' > u.xml; exit 1"
    files = pipeline(
        unit=f"run = '''{run}'''\nreports = {{ junit = \"u.xml\" }}", late='run = "true"\nneeds = ["unit"]'
    )
    _, unit, name, see, end = await told(Workshop(data=tmp_path), files)
    assert unit.endswith(" s  exit code 1  1 failed")
    assert (name, see) == ("      t::b", "      see: andon log 1 unit")
    assert "red" in end


@pytest.mark.anyio
async def test_a_red_task_shows_why_before_where_to_look(tmp_path: Path) -> None:
    """What its tests say, else the part of its log that looks like the cause."""
    report = '<testsuite><testcase name="b"><failure message="1 is not 2"/></testcase></testsuite>'
    files = pipeline(unit=f"run = '''echo '{report}' > u.xml; exit 1'''\nreports = {{ junit = \"u.xml\" }}")
    _, _, why, see, _ = await told(Workshop(data=tmp_path / "tests"), files)
    assert (why, see) == ("      b: 1 is not 2", "      see: andon log 1 unit")
    files = pipeline(unit='run = "echo building; echo error: no total; exit 1"')
    _, _, why, see, _ = await told(Workshop(data=tmp_path / "log"), files)
    assert (why, see) == ("      error: no total", "      see: andon log 1 unit")


@pytest.mark.anyio
async def test_a_red_task_says_which_hosts_were_refused(tmp_path: Path) -> None:
    """Its own error does not know why; hosts that it reached are no cause. A long reason has its remedy at the end."""
    shop = Workshop(data=tmp_path)
    await shop.build(pipeline(unit='run = "exit 1"'))
    (ended,) = (each.event for each in shop.happened if type(each.event).__name__ == "TaskFinished")
    refused = HostContact(host="a.example", port=443, connections=1, sent_bytes=0, received_bytes=0, refused="add it.")
    run = shop.runs.get(1)
    seen = replace(run, tasks=(replace(run.tasks[0], hosts=(refused, replace(refused, refused=""))),))
    assert lines_for(ended, seen, URL)[-2:] == ("      refused: add it.", "      see: andon log 1 unit")
    told_much = replace(run, tasks=(replace(run.tasks[0], reason="exit code 1: " + "cause and " * 20 + "remedy"),))
    said = lines_for(ended, told_much, URL)
    assert " ".join(" ".join(said).split()).count("cause and") == 20
    assert said[-2].endswith("remedy")
    assert max(map(len, said)) <= 100  # what is longer is cut off on its way to the pusher


@pytest.mark.anyio
async def test_a_green_run_with_warnings_shows_them(tmp_path: Path) -> None:
    """Below the task, and in the verdict."""
    unit = 'run = "echo \'<a/>\' > r.xml"\nreports = { junit = "r.xml" }'
    lines = await told(Workshop(data=tmp_path), pipeline(unit=unit))
    (warning,) = (line for line in lines if "warning:" in line)
    assert warning.startswith("      warning: r.xml:1 (byte 4): this report cannot be read: ")
    assert "green, with 1 warning" in lines[-1]


@pytest.mark.anyio
async def test_a_run_without_tasks_says_why(tmp_path: Path) -> None:
    """Every line of the reason."""
    _, reason, end = await told(Workshop(data=tmp_path), {"README": "x"}, url="")
    assert reason.startswith("  – there is no andon.toml at this commit.")
    assert end.startswith("  skipped  ")


@pytest.mark.anyio
async def test_a_reused_task_names_the_run_it_is_from(tmp_path: Path) -> None:
    """As in the design."""
    shop = Workshop(data=tmp_path)
    commit = shop.commit(pipeline(unit='run = "true"\ninputs = ["**"]'))
    async with shop.engine() as engine:
        for number in (1, 2):
            await shop.queue(engine, number, commit)
            await shop.finished(number)
    (reused,) = [e for e in shop.happened if type(e.event).__name__ == "TaskReused"]
    run = shop.runs.get(2)
    assert lines_for(reused.event, run) == ("  ✓ unit                   (unchanged since run 1)",)


@pytest.mark.anyio
async def test_the_time_is_held_against_the_budget(tmp_path: Path) -> None:
    """What took too long says so."""
    shop = Workshop(data=tmp_path)
    ended = await shop.build(pipeline(unit='run = "true"'))
    slow = replace(shop.runs.get(1), took=timedelta(minutes=2), budget=timedelta(minutes=5))
    late = replace(slow, took=timedelta(minutes=6))
    assert lines_for(ended, slow, URL)[-1].endswith("green  2 min of 5 min")
    assert lines_for(ended, late, URL)[-1].endswith("6 min of 5 min: over its budget")
