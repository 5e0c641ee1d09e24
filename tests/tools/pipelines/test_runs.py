"""Whole runs: real git, real sandboxes, a real ledger."""

from __future__ import annotations

import signal
from datetime import timedelta

import psutil
import pytest

from andon.kernel.ids import BranchName, stream
from andon.machine.process.ending import send
from andon.machine.process.finding import marked
from andon.machine.sandbox import sandboxes
from andon.machine.sandbox.bubblewrap import Bubblewrap, Trial
from andon.testing.waiting import until
from andon.tools.pipelines.model.run import CancelRun

from .workshop import ADA, Workshop, git, pipeline

pytestmark = pytest.mark.anyio


async def test_a_green_run_ends_with_status_logs_and_artifact(shop: Workshop) -> None:
    """Tasks run by their graph; the artifact is packed from the checkout of its task."""
    files = pipeline(
        lint='run = "echo linted"',
        unit='run = "echo tested"\nneeds = ["lint"]',
        package='run = "mkdir dist && cp src dist/app && echo packed"\nneeds = ["unit"]\n'
        'artifact = { name = "shop", path = "dist" }',
    )
    ended = await shop.build({**files, "src": "the shop"})
    assert (ended.outcome, ended.reason) == ("success", "")
    assert ended.artifact is not None
    assert [shop.log(1, task) for task in ("lint", "unit", "package")] == ["linted\n", "tested\n", "packed\n"]
    assert shop.task("unit").log_lines == 1


async def test_a_red_task_ends_the_run_and_its_log_says_why(shop: Workshop) -> None:
    """The run names the task; what needed it is not started."""
    ended = await shop.build(pipeline(unit='run = "echo broken; exit 3"', package='run = "true"\nneeds = ["unit"]'))
    assert (ended.outcome, ended.reason, ended.artifact) == ("failure", "unit: exit code 3", None)
    assert shop.log(1, "unit") == "broken\n"
    assert shop.task("package").outcome == "cancel"


async def test_the_first_red_task_stops_those_that_run(shop: Workshop) -> None:
    """Nobody waits for a result that no longer matters."""
    files = pipeline(slow='run = "sleep 60"', unit='run = "sleep 0.2; exit 1"')
    ended = await shop.build(files)
    assert ended.reason == "unit: exit code 1"
    assert (shop.task("slow").outcome, shop.task("slow").reason) == ("cancel", "not needed any more: unit is red")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\necho built\n", "build.sh is not executable in the commit: git update-index --chmod=+x build.sh"),
        ("#!/bin/sh\r\necho built\r\n", "build.sh has Windows line ends (CRLF)"),
    ],
)
async def test_a_script_that_cannot_run_is_explained(shop: Workshop, script: str, words: str) -> None:
    """The shell's own words name neither the mode nor the ends of lines."""
    ended = await shop.build({**pipeline(unit='run = "./build.sh"'), "build.sh": script})
    assert ended.outcome == "failure"
    assert words in ended.reason


async def test_missing_contents_are_explained(shop: Workshop) -> None:
    """A pointer of Git LFS is no picture."""
    files = pipeline(unit='run = "cat logo.psd; exit 1"')
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    ended = await shop.build({**files, "logo.psd": pointer, ".gitattributes": "*.psd filter=lfs -text\n"})
    assert "The contents of Git LFS files are not stored here (*.psd in .gitattributes)" in ended.reason
    assert "andon: The contents of Git LFS files" in shop.log(1, "unit")


async def test_a_timeout_is_an_error_that_says_so(shop: Workshop) -> None:
    """Killed whole, and named."""
    ended = await shop.build(pipeline(slow='run = "sleep 60"\ntimeout = "1s"'))
    assert (ended.outcome, ended.reason) == ("error", "slow: killed at its timeout of 1 s")


async def test_a_commit_without_a_pipeline_is_skipped(shop: Workshop) -> None:
    """It says nothing about the commit, good or bad; the remedy is a command."""
    ended = await shop.build({"README": "hello"})
    assert ended.outcome == "skip"
    assert "andon init" in ended.reason


async def test_an_invalid_pipeline_points_at_the_place(shop: Workshop) -> None:
    """File, line and column."""
    ended = await shop.build({"andon.toml": "schema = 1\n[task.unit]\nrum = 'true'\n"})
    assert ended.outcome == "failure"
    assert "andon.toml:3:1" in ended.reason


REPORT = '<testsuite><testcase name="a"/><testcase classname="t" name="b"><failure/></testcase></testsuite>'


async def test_test_results_are_read(shop: Workshop) -> None:
    """Counts, and the names of what failed."""
    command = f"mkdir out; cat > out/unit.xml <<X\n{REPORT}\nX\nexit 1"
    files = pipeline(unit=f"run = '''{command}'''\nreports = {{ junit = \"out/*.xml\" }}")
    await shop.build(files)
    tests = shop.task("unit").tests
    assert tests is not None
    assert (tests.passed, tests.failed, tests.failures) == (1, 1, ("t::b",))


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("true", "wrote no such file"),
        ("mkdir -p out; ln -s /etc/hostname out/unit.xml", "wrote no such file"),
        ("mkdir -p out && mkfifo out/unit.xml", "wrote no such file"),
    ],
)
async def test_a_green_task_without_its_declared_report_is_red(shop: Workshop, command: str, complaint: str) -> None:
    """Absence of failure is not success; nor is a report in git, or a link to somewhere else."""
    files = pipeline(unit=f"run = '''{command}'''\nreports = {{ junit = \"out/*.xml\" }}")
    ended = await shop.build({**files, "out/old.xml": REPORT})
    assert ended.outcome == "failure"
    assert complaint in ended.reason


_BROKEN = '<testsuite><testcase name="a"/><testcase name="b"></testsuite>'


@pytest.mark.parametrize(
    ("report", "more", "outcome", "said"),
    [
        (REPORT, "", "failure", "unit: 1 test failed: t::b"),
        (REPORT, ", advisory = true", "success", "1 test failed: t::b; reports.advisory lets the task pass"),
        (_BROKEN, "", "success", "out/unit.xml:1 (byte 52): this is no XML: mismatched tag."),
        ("", "", "success", "out/unit.xml:2 (byte 1): this report cannot be read: it has nothing but blanks."),
        (_BROKEN, ", minimum = 1", "failure", "unit: out/unit.xml:1 (byte 52): this is no XML: mismatched tag."),
        (_BROKEN, ", minimum = 1, advisory = true", "failure", "unit: out/unit.xml:1 (byte 52)"),
        ("<testsuite/>", ", minimum = 1", "failure", "unit: no tests ran, and reports.minimum is 1"),
        ("<testsuite/>", "", "success", ""),
        (REPORT, ", minimum = 3, advisory = true", "failure", "unit: 2 tests ran, and reports.minimum is 3"),
    ],
)
async def test_reports_decide_when_the_command_ends_with_0(
    shop: Workshop, report: str, more: str, outcome: str, said: str
) -> None:
    """A failed test fails the task; what cannot be read is a warning, unless the task demands tests."""
    command = f"mkdir out; cat > out/unit.xml <<X\n{report}\nX"
    ended = await shop.build(pipeline(unit=f"run = '''{command}'''\nreports = {{ junit = \"out/*.xml\"{more} }}"))
    assert ended.outcome == outcome
    assert said in (ended.reason if outcome == "failure" else str(shop.task("unit").tests))


async def test_tasks_are_told_the_commits_time(shop: Workshop) -> None:
    """What builds reproducibly asks for it; a pipeline may say another."""
    commit = shop.commit(
        pipeline(
            unit='run = "echo at $SOURCE_DATE_EPOCH"',
            own='run = "echo at $SOURCE_DATE_EPOCH"\nenv = { SOURCE_DATE_EPOCH = "7" }',
        )
    )
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
    bare = str(shop.data / "repositories" / "shop.git")
    assert f"at {git('-C', bare, 'log', '-1', '--format=%ct', commit).strip()}" in shop.log(1, "unit")
    assert "at 7" in shop.log(1, "own")


async def test_unchanged_inputs_reuse_an_earlier_green_run(shop: Workshop) -> None:
    """Shown as reused, from the run in which it really ran; the artifact's task always runs."""
    files = pipeline(
        unit='run = "echo tested"\ninputs = ["src/**"]',
        package='run = "cp -r src dist"\ninputs = ["src/**"]\nneeds = ["unit"]\n'
        'artifact = { name = "shop", path = "dist" }',
    )
    first = shop.commit({**files, "src/a": "1"})
    docs = shop.commit({**files, "src/a": "1", "README": "new"})
    changed = shop.commit({**files, "src/a": "2"})
    async with shop.engine() as engine:
        for number, commit in enumerate((first, docs, docs, changed), 1):
            await shop.queue(engine, number, commit)
            assert (await shop.finished(number)).outcome == "success"
    seen = [shop.runs.get(number).task("unit") for number in (1, 2, 3, 4)]
    assert [(task.lamp, task.reused_from) for task in seen] == [
        ("success", None),
        ("reused", 1),
        ("reused", 1),
        ("success", None),
    ]
    assert [shop.runs.get(number).task("package").lamp for number in (1, 2)] == ["success", "success"]


async def test_a_task_with_inputs_sees_these_files_and_no_others(shop: Workshop) -> None:
    """Nor is it told which run or commit it is of: another run may take its result."""
    seen = "find . -type f -o -type l | sort; env | grep ^ANDON_ | sort"
    unit = f'run = "{seen}"\ninputs = ["src/", "!src/secret", "link"]'
    files = {**pipeline(unit=unit), "src/a": "1", "src/secret": "2", "other": "3", "link": "4"}
    assert (await shop.build(files)).outcome == "success"
    said = shop.log(1, "unit").split()
    assert said == ["./link", "./src/a", "ANDON_REPOSITORY=shop", "ANDON_TASK=unit"]


async def test_inputs_that_name_no_file_make_the_run_red(shop: Workshop) -> None:
    """Before anything runs, with the pattern and what was meant."""
    ended = await shop.build({**pipeline(unit='run = "true"\ninputs = ["scr/**"]'), "src/a": "1"})
    assert ended.outcome == "failure"
    assert 'the pattern "scr/**" matches no file of the commit. Did you mean "src/**"?' in ended.reason


async def test_a_poisoned_result_of_a_side_branch_is_not_used_on_the_trunk(shop: Workshop) -> None:
    """The same files and command, green on the branch: the trunk's own run of them comes first."""
    files = {**pipeline(unit='run = "true"\ninputs = ["src/"]'), "src/a": "1"}
    commit = shop.commit(files)
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit, branch=BranchName("try"))
        await shop.finished(1)
        for number in (2, 3):
            await shop.queue(engine, number, commit)
            await shop.finished(number)
    assert [shop.runs.get(n).task("unit").reused_from for n in (1, 2, 3)] == [None, None, 2]


async def test_an_artifact_without_a_file_is_the_commits_failure(shop: Workshop) -> None:
    """There is nothing to publish."""
    artifact = '\nartifact = { name = "shop", path = "dist" }'
    ended = await shop.build(pipeline(package=f'run = "mkdir -p dist/sub"{artifact}'))
    assert ended.outcome == "failure"
    assert 'the task left "dist" without a file in it' in ended.reason


async def test_an_artifact_that_is_not_there_is_the_commits_failure(shop: Workshop) -> None:
    """And so is one outside of the checkout."""
    artifact = '\nartifact = { name = "shop", path = "dist" }'
    ended = await shop.build(pipeline(package=f'run = "true"{artifact}'))
    assert (ended.outcome, ended.reason) == ("failure", 'artifact: the task left no "dist" in its checkout.')


async def test_an_artifact_cannot_lead_out_of_the_checkout(shop: Workshop) -> None:
    """A link to the server's own files is refused."""
    artifact = '\nartifact = { name = "shop", path = "dist" }'
    ended = await shop.build(pipeline(package=f'run = "ln -s /etc dist"{artifact}'))
    assert ended.reason == 'artifact: "dist" leads out of the checkout.'


async def test_a_run_survives_a_restart_of_the_server(shop: Workshop) -> None:
    """Stopped in the middle, started again: the same processes, one verdict, nothing run twice."""
    command = "echo began; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo ended"
    files = pipeline(unit=f'run = "{command}"', after='run = "echo after"\nneeds = ["unit"]')
    commit = shop.commit(files)
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.log(1, "unit") == "began\n", what="the task's first line")
    (shop.data / "runs" / "1" / "unit" / "home" / "go").touch()
    async with shop.engine():
        ended = await shop.finished(1)
    assert ended.outcome == "success"
    assert (shop.log(1, "unit"), shop.log(1, "after")) == ("began\nended\n", "after\n")


async def test_what_ended_while_the_server_was_down_counts(shop: Workshop) -> None:
    """However long it was down: nobody was there to hear in time, and that is not the task's fault."""
    command = "echo began; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo ended"
    commit = shop.commit(pipeline(unit=f'run = "{command}"\ntimeout = "20s"'))
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.runs.get(1).tasks and shop.runs.get(1).tasks[0].started_at, what="its start")
    (shop.data / "runs" / "1" / "unit" / "home" / "go").touch()
    await until(lambda: "exit-code" in (shop.data / "runs" / "1" / "unit" / "status").read_text(), what="its end")
    async with shop.engine(ahead=timedelta(hours=9)):
        ended = await shop.finished(1)
    assert (ended.outcome, ended.reason) == ("success", "")


async def test_a_task_that_vanished_with_the_server_is_cut_off(shop: Workshop) -> None:
    """The run ends, and says what happened."""
    commit = shop.commit(pipeline(unit='run = "sleep 60"'))
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.runs.get(1).tasks and shop.runs.get(1).tasks[0].started_at, what="its start")
    send([*marked(f"ANDON_JOB={shop.data}/runs/1/unit")], signal.SIGKILL)
    async with shop.engine():
        ended = await shop.finished(1)
    assert ended.outcome == "error"
    assert ended.reason == "unit: cut off: the server was restarted and task unit had left no result"


async def test_a_cancelled_run_ends_and_leaves_nothing_running(shop: Workshop) -> None:
    """Its task is killed, the verdict is cancel."""
    commit = shop.commit(pipeline(unit='run = "echo began; sleep 60"'))
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.log(1, "unit"), what="the task's first line")
        await engine.desk.submit(stream("run", 1), CancelRun(reason="enough"), actor=ADA)
        ended = await shop.finished(1)
    assert (ended.outcome, ended.reason) == ("cancel", "cancelled: enough")


async def test_only_logs_are_left_of_a_finished_run(shop: Workshop) -> None:
    """The checkout is removed, also where a task made folders that nobody may enter."""
    await shop.build(pipeline(unit='run = "mkdir -p a/b && touch a/b/c && chmod 0 a/b a && echo done"'))
    async with shop.engine():
        await until(lambda: any(type(e.event).__name__ == "WorkspaceRemoved" for e in shop.happened))
    left = [str(path.relative_to(shop.data / "runs" / "1")) for path in (shop.data / "runs" / "1").rglob("*")]
    assert left == ["unit", "unit/log", "unit/log.times"]


async def test_a_line_of_100_mb_does_not_grow_the_server(shop: Workshop) -> None:
    """What a task prints goes to a file, and never through memory."""
    files = pipeline(loud='run = "head -c 100000000 /dev/zero | tr \\\\0 x"')
    before = psutil.Process().memory_info().rss
    ended = await shop.build(files)
    assert (ended.outcome, shop.task("loud").log_bytes, shop.task("loud").log_lines) == ("success", 100_000_000, 1)
    assert psutil.Process().memory_info().rss - before < 20 * 1024 * 1024


async def test_without_overlays_every_task_has_its_own_checkout(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slower, and the same."""

    def no_overlay(program: str, trial: Trial) -> Bubblewrap:
        return Bubblewrap(program=program, has_user_namespaces=True, reason="no overlay here")

    monkeypatch.setattr(sandboxes, "try_out", no_overlay)
    files = pipeline(one='run = "echo mine > file"', two='run = "cat file"\nneeds = ["one"]')
    ended = await shop.build({**files, "file": "committed\n"})
    assert (ended.outcome, shop.log(1, "two")) == ("success", "committed\n")


async def test_without_a_sandbox_the_log_says_so(shop: Workshop) -> None:
    """Loudly, and first."""
    shop.wants_sandbox = False
    ended = await shop.build(pipeline(unit='run = "test -e andon.toml && echo ran"'))
    assert ended.outcome == "success"
    first, second = shop.log(1, "unit").splitlines()
    assert first.startswith("andon: TASKS ARE NOT ISOLATED")
    assert second == "ran"
