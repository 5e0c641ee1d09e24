"""Task processes for real: what they see, what they may do, and how they end."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import RunNumber, TaskName
from andon.kernel.masks import Masks
from andon.machine.disk import Reserve
from andon.machine.network.egress import Egress
from andon.machine.network.peers import is_from_sandbox
from andon.machine.process.finding import first_marked
from andon.machine.process.output import HOLDER_MARK
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings, look
from andon.testing.limits import groups_of
from andon.testing.serving import serving
from andon.testing.waiting import until
from andon.tools.pipelines.adapters.runner_bubblewrap import runner as runner_module
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings
from andon.tools.pipelines.model.network import Network
from andon.tools.pipelines.ports import Ended, Job, Tree
from andon.web.asgi import Receive, Scope, Send, answer

pytestmark = pytest.mark.anyio

RUN, UNIT = RunNumber(1), TaskName("unit")
PATH = os.environ["PATH"]


class Bench:
    """A data folder, a tree of files, and the runner under test."""

    def __init__(self, data: Path, *, wants_sandbox: bool = True, reserve: Reserve | None = None) -> None:
        self.data = data
        self.reserve = reserve
        self.tree = data / "runs" / "1" / ".source"
        self.tree.mkdir(parents=True)
        (self.tree / "file").write_text("committed\n")
        self.wants_sandbox = wants_sandbox
        self.masks = Masks()
        self.allowed = {"ALLOWED": "yes"}
        self.host_network: frozenset[str] = frozenset()
        self.egress: frozenset[str] = frozenset()
        self.runner = self.new_runner()

    def new_runner(self) -> BubblewrapRunner:
        """As after a restart of the server."""
        seen = SandboxSettings(
            folder=self.data / "sandbox", search_path=PATH, hidden=(self.data,), wanted=self.wants_sandbox
        )
        settings = RunnerSettings(
            runs=self.data / "runs",
            sandboxes=Sandboxes(seen),
            groups=groups_of(self.data),
            reserve=self.reserve or Reserve(folder=self.data),
            allowed_env=self.allowed,
            filter_of=lambda _: self.masks.stream(),
            host_network=self.host_network,
            egress=Egress(opened=self.egress),
        )
        return BubblewrapRunner(settings)

    def job(self, command: str, *, seconds: float = 20, network: Network = False, task: str = "unit") -> Job:
        return Job(
            run=RUN,
            task=TaskName(task),
            command=command,
            env=(("ANDON_TASK", task), ("ANDON_REPOSITORY", "shop")),
            network=network,
            timeout=timedelta(seconds=seconds),
            tree=Tree(path=str(self.tree), is_shared=self.wants_sandbox),
        )

    @asynccontextmanager
    async def started(self, job: Job) -> AsyncIterator[None]:
        """A server that starts the job and waits for it, and ends with the block; the job goes on."""
        await self.runner.start(job)
        waiting = asyncio.create_task(self.runner.wait(job))
        try:
            yield
        finally:
            waiting.cancel()
            await asyncio.wait([waiting])

    async def run(self, command: str, *, seconds: float = 20, network: Network = False, task: str = "unit") -> Ended:
        job = self.job(command, seconds=seconds, network=network, task=task)
        await self.runner.start(job)
        return await self.runner.wait(job)

    def file(self, name: str, task: str = "unit") -> Path:
        return self.data / "runs" / "1" / task / name

    def log(self, task: str = "unit") -> str:
        path = self.file("log", task)
        return path.read_text(errors="replace") if path.exists() else ""


@pytest.fixture
def bare(tmp_path: Path) -> Bench:
    """A runner without a sandbox."""
    return Bench(tmp_path, wants_sandbox=False)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A runner with a sandbox and overlays, as this machine must have for these tests."""
    found = look(SandboxSettings(folder=tmp_path / "sandbox", search_path=PATH)).bubblewrap
    if not found.has_overlay:
        pytest.skip(f"NO SANDBOX HERE: {found.reason}")
    return Bench(tmp_path)


def named(mark: str) -> list[psutil.Process]:
    """Living processes with this word in their command line."""
    return [p for p in psutil.process_iter(["cmdline", "status"]) if _is_alive(p) and mark in (p.info["cmdline"] or [])]


def _is_alive(process: psutil.Process) -> bool:
    return bool(process.info["status"] != psutil.STATUS_ZOMBIE)


async def test_output_is_one_file_in_order_and_the_exit_code_is_known(bench: Bench) -> None:
    """Both streams, as they were written."""
    ended = await bench.run("for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 3")
    assert ended.exit_code == 3
    assert bench.log() == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"


async def test_a_command_of_several_lines_stops_at_the_first_that_fails(bench: Bench) -> None:
    """A failure in the middle is not hidden by what follows."""
    ended = await bench.run("false\necho went on")
    assert (ended.exit_code, bench.log()) == (1, "")


async def test_every_task_sees_the_commit_and_nothing_that_another_wrote(bench: Bench) -> None:
    """Writes go to the task's own layer; the shared tree stays as it is."""
    assert (await bench.run("echo changed > file; echo new > made; rm -f gone", task="one")).exit_code == 0
    await bench.run("cat file; ls", task="two")
    assert bench.log("two") == "committed\nfile\n"
    assert (bench.tree / "file").read_text() == "committed\n"
    assert sorted(p.name for p in (bench.data / "runs/1/one/changes").iterdir()) == ["file", "made"]


async def test_the_environment_is_clean(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the server's but what its operator allows."""
    monkeypatch.setenv("SERVER_SECRET", "hunter2")
    await bench.run("env")
    names = {line.partition("=")[0] for line in bench.log().splitlines()}
    ours = {
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "LANG",
        "CI",
        "PYTHONUNBUFFERED",
        "ALLOWED",
        "ANDON_TASK",
        "ANDON_REPOSITORY",
    }
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == ours


async def test_a_task_is_nobody_special(bench: Bench) -> None:
    """The same user on every server, with a name, without privileges."""
    await bench.run("id -u; whoami; grep CapEff /proc/self/status; touch /usr/x /etc/x /x", task="unit")
    lines = bench.log().splitlines()
    assert lines[:3] == ["1000", "andon", "CapEff:\t0000000000000000"]
    assert len([line for line in lines if "Read-only file system" in line or "Permission denied" in line]) == 3


async def test_the_data_folder_homes_and_secrets_are_not_there(bench: Bench, tmp_path: Path) -> None:
    """Nor are the host's /run, /root and /var; what only root may read is covered."""
    (tmp_path / "secret").write_text("hunter2")
    tried = f"cat {tmp_path}/secret; ls /root/.ssh /home/* /var/lib /run/*; cat /etc/shadow; true"
    await bench.run(tried)
    assert "hunter2" not in bench.log()
    assert "root:" not in bench.log()
    await bench.run("ls /home /var /run", task="list")
    assert bench.log("list").split() == ["/home:", "andon", "/run:", "/var:", "tmp"]


async def test_tools_on_the_search_path_work(bench: Bench) -> None:
    """Also where they are installed below a home that is not shown."""
    ended = await bench.run("python3 -c 'import json, ssl; print(json.dumps(1))'; git --version")
    assert ended.exit_code == 0, bench.log()


async def test_home_and_tmp_are_private_and_writable(bench: Bench) -> None:
    """Each task begins with both empty."""
    ended = await bench.run('ls -A "$HOME" /tmp; echo a > "$HOME/a"; echo b > /tmp/b; echo c > /dev/shm/c')
    assert ended.exit_code == 0, bench.log()
    await bench.run('ls -A "$HOME" /tmp', task="two")
    assert bench.log("two").split() == ["/home/andon:", "/tmp:"]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """A service on this machine."""
    await answer(send, 200, (), b"hello")


@pytest.fixture
def server() -> Iterator[int]:
    """A port on this machine on which something listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("network", [False, True, (), ("pypi", "127.0.0.1")])
async def test_this_machines_loopback_is_out_of_reach(bench: Bench, server: int, *, network: Network) -> None:
    """Whatever the task declares; neither by TCP nor through an abstract socket."""
    with socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0andon-{server}")
        abstract.listen()
        connects = (f"create_connection(('127.0.0.1', {server}), 2)", f"socket(AF_UNIX).connect('\\0andon-{server}')")
        for n, connect in enumerate(connects):
            command = f'python3 -c "from socket import *; {connect}"'
            assert (await bench.run(command, network=network, task=f"task{n}")).exit_code == 1, bench.log(f"task{n}")


async def test_the_network_is_a_proxy_that_says_no_in_words(bench: Bench, server: int) -> None:
    """It refuses this machine, and what was refused is known afterwards."""
    ended = await bench.run(f"curl -sS http://localhost.:{server}/ --noproxy '' || true", network=("pypi",))
    (host,) = ended.hosts
    assert (host.host, host.port, host.connections) == ("localhost", server, 1)
    assert "not in the task's list" in host.refused
    assert "not in the task's list" in bench.log()


async def test_the_machines_own_proxy_is_not_the_tasks(bench: Bench) -> None:
    """An operator who gives every task the machine's variables takes no task its network."""
    bench.allowed["https_proxy"] = "http://machine.example:1"
    await bench.run("echo $https_proxy $ALLOWED", network=True)
    assert bench.log() == "http://127.0.0.1:3128 yes\n"


async def test_what_an_operator_opened_is_reached_also_after_a_restart(bench: Bench) -> None:
    """The task goes on when the server dies, and its next connection goes through the new server."""
    async with serving(hello) as url:
        place = url.removeprefix("http://")
        bench.egress = frozenset({place})
        ask = f"curl -sS --noproxy '' {url}/"
        job = bench.job(
            f"{ask} && touch /tmp/asked && while [ ! -e /tmp/again ]; do sleep 0.02; done; {ask}", network=True
        )
        bench.runner = bench.new_runner()
        first = bench.runner
        await first.start(job)
        written = bench.data / "runs" / "1" / "unit" / "tmp"
        await until((written / "asked").exists, what="the first answer")
        await first._settings.egress.close(bench.data / "runs" / "1" / "unit")  # as when the server dies
        second = bench.new_runner()
        waiting = asyncio.create_task(second.wait(job))
        await until(lambda: bool(second._settings.egress._open), what="the second server's proxy")
        (written / "again").touch()
        ended = await waiting
    assert (ended.exit_code, bench.log()) == (0, "hellohello")
    assert [(host.port, host.connections, host.refused) for host in ended.hosts] == [(int(place[10:]), 2, "")]


async def test_the_hosts_own_network_needs_an_operator(bench: Bench, server: int) -> None:
    """The refusal says what to set; with it, the task is on this machine's network."""
    connect = f"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {server}), 2)\""
    with pytest.raises(PortError, match="ANDON_HOST_NETWORK"):
        await bench.run(connect, network="host")
    bench.host_network = frozenset({"shop"})
    bench.runner = bench.new_runner()
    assert (await bench.run(connect, network="host")).exit_code == 0, bench.log()


async def test_a_sandbox_on_this_machines_network_is_known_at_the_other_end(bench: Bench) -> None:
    """As services are: the server's own port refuses them."""
    bench.host_network = frozenset({"shop"})
    bench.runner = bench.new_runner()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        connect = f"import socket; socket.create_connection(('127.0.0.1', {listening.getsockname()[1]}), 9).recv(1)"
        running = asyncio.create_task(bench.run(f'python3 -c "{connect}"', network="host"))
        near, far = await asyncio.to_thread(listening.accept)
        assert is_from_sandbox(far, near.getsockname())
        near.close()
        assert (await running).exit_code == 0


async def test_own_loopback_works_without_network(bench: Bench) -> None:
    """Tests may start servers of their own."""
    listen = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname(), 2)"
    assert (await bench.run(f'python3 -c "{listen}"')).exit_code == 0


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_daemons_end_with_their_task(kind: str, request: pytest.FixtureRequest) -> None:
    """Whatever a task forks, in a session of its own or not, is gone when it has ended."""
    bench: Bench = request.getfixturevalue(kind)
    mark = f"973{os.getpid()}"
    ended = await bench.run(f"setsid sleep {mark} & (sleep {mark} &) ; nohup sleep {mark} >/dev/null 2>&1 & exit 0")
    assert ended.exit_code == 0
    await until(lambda: not named(mark), what="the end of the daemons")


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_a_task_is_killed_whole_at_its_timeout(kind: str, request: pytest.FixtureRequest) -> None:
    """Also one that ignores being asked, with all it started."""
    bench: Bench = request.getfixturevalue(kind)
    mark = f"974{os.getpid()}"
    ended = await bench.run(f"trap '' TERM; setsid sleep {mark} & sleep {mark}; sleep {mark}", seconds=0.5)
    assert (ended.exit_code, ended.why) == (None, "killed at its timeout of 0.5 s")
    await until(lambda: not named(mark), what="the end of what it started")


async def test_a_task_that_is_asked_to_end_may_clean_up(bench: Bench) -> None:
    """TERM comes first."""
    await bench.run("trap 'echo cleaned; exit' TERM; sleep 30 & wait", seconds=0.5)
    assert "cleaned" in bench.log()


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_a_restarted_server_finds_its_tasks_and_their_results(kind: str, request: pytest.FixtureRequest) -> None:
    """One that still runs is awaited; one that ended meanwhile has left its result; neither is started again."""
    bench: Bench = request.getfixturevalue(kind)
    job = bench.job("echo once; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo over; exit 5")
    async with bench.started(job):
        await until(lambda: "once" in bench.log(), what="its first line")
    began = await bench.runner.start(job)
    again = bench.new_runner()
    assert await again.start(job) == began
    waiting = asyncio.create_task(again.wait(job))
    (bench.data / "runs/1/unit/home/go").touch()
    assert (await waiting).exit_code == 5
    assert (await bench.new_runner().wait(job)).exit_code == 5
    assert bench.log() == "once\nover\n"


async def test_a_start_that_was_not_written_down_is_found(bench: Bench) -> None:
    """The server died between starting the process and noting it."""
    job = bench.job("echo once; sleep 5")
    async with bench.started(job):
        await until(lambda: bench.log() == "once\n", what="its first line")
    (bench.data / "runs/1/unit/process").unlink()
    again = bench.new_runner()
    await again.start(job)
    await again.kill(RUN, UNIT)
    assert bench.log().splitlines()[0] == "once"
    assert bench.log().count("once") == 1


async def test_a_result_that_was_not_waited_for_is_found(bench: Bench) -> None:
    """The task was quicker than the note of its start; it is not run again."""
    job = bench.job("echo once; exit 6")
    await bench.runner.start(job)
    await until(lambda: "exit-code" in (bench.data / "runs/1/unit/status").read_text(), what="its result")
    (bench.data / "runs/1/unit/process").unlink()
    again = bench.new_runner()
    await again.start(job)
    assert (await again.wait(job)).exit_code == 6
    assert bench.log() == "once\n"


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_a_task_that_ended_unseen_and_unwritten_is_not_started_again(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """The server died between starting it and noting it, and it ended before the next server came."""
    bench: Bench = request.getfixturevalue(kind)
    command = "mkdir once && echo began"
    assert (await bench.run(command)).exit_code == 0
    (bench.data / "runs/1/unit/process").unlink()
    bench.runner = bench.new_runner()
    assert (await bench.run(command)).exit_code == 0
    assert bench.log().count("began") == 1


async def test_a_task_without_a_result_says_why(bench: Bench) -> None:
    """The machine or the server went away under it."""
    job = bench.job("echo began; sleep 60")
    async with bench.started(job):
        await until(bench.log, what="its first line")
    for process in [p for p in psutil.process_iter() if f"{bench.data}" in " ".join(_marks(p))]:
        process.kill()
    ended = await bench.new_runner().wait(job)
    assert ended.exit_code is None
    assert ended.why == "cut off: the server was restarted and task unit had left no result"


def _marks(process: psutil.Process) -> list[str]:
    try:
        return [value for name, value in process.environ().items() if name == "ANDON_JOB"]
    except psutil.Error:
        return []


async def test_a_task_that_was_never_started_is_cut_off(bench: Bench) -> None:
    """Nothing is known of it."""
    ended = await bench.runner.wait(bench.job("true"))
    assert ended.why == "cut off: the server was restarted and task unit had left no result"


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_killing_twice_and_killing_nothing_is_fine(kind: str, request: pytest.FixtureRequest) -> None:
    """An effect may be done twice."""
    bench: Bench = request.getfixturevalue(kind)
    await bench.runner.kill(RUN, UNIT)
    mark = f"975{os.getpid()}"
    await bench.runner.start(bench.job(f"sleep {mark} & sleep {mark}"))
    await until(lambda: named(mark), what="its processes")
    await bench.runner.kill(RUN, UNIT)
    await bench.runner.kill(RUN, UNIT)
    assert not named(mark)


@pytest.mark.parametrize("kind", ["bench", "bare"])
async def test_what_is_printed_while_no_server_reads_is_not_lost(kind: str, request: pytest.FixtureRequest) -> None:
    """The task ends, and the next server still finds every line."""
    bench: Bench = request.getfixturevalue(kind)
    await bench.runner.start(bench.job("seq 20000"))
    await until(lambda: "exit-code" in bench.file("status").read_text(), what="its result")
    assert bench.log() == ""
    assert (await bench.new_runner().wait(bench.job(""))).exit_code == 0
    assert bench.log().split() == [str(number) for number in range(1, 20001)]
    left = sorted(path.name for path in bench.file("").iterdir() if not path.is_dir())
    assert left == ["log", "log.times", "process", "status"]


async def test_a_task_that_is_killed_by_another_server_leaves_its_last_words(bench: Bench) -> None:
    """Whoever kills it copies what it printed."""
    await bench.runner.start(bench.job("echo last words; sleep 60"))
    await until(lambda: named("60"), what="its end of printing")
    await bench.new_runner().kill(RUN, UNIT)
    assert bench.log() == "last words\n"


async def test_nothing_holds_the_pipe_of_a_run_that_is_gone(bench: Bench) -> None:
    """Ending all of it finds what no file names any more."""
    await bench.runner.start(bench.job("true"))
    await until(lambda: "exit-code" in bench.file("status").read_text(), what="its result")
    for name in ("output", "holder", "process", "status"):
        bench.file(name).unlink()
    await bench.new_runner().end_all()
    held = f"{HOLDER_MARK}={bench.file('')}"
    await until(lambda: first_marked(held.rstrip("/")) is None, what="the end of what held it")


async def test_a_task_can_neither_cut_nor_grow_its_log(bench: Bench) -> None:
    """What it prints to is no file; it can still be opened by name, as scripts do."""
    cut = "import os; os.ftruncate(1, 1 << 40)"
    await bench.run(f"echo first; : > /proc/self/fd/1; echo second > /dev/stderr; python3 -c '{cut}'")
    assert bench.log().startswith("first\nsecond\n")
    assert "Invalid argument" in bench.log()
    assert bench.file("log").stat().st_size < 1000


async def test_a_log_goes_through_its_filter(bench: Bench) -> None:
    """Every byte, and at the end what the filter kept back."""

    class Backwards:
        kept = b""

        def feed(self, data: bytes) -> bytes:
            self.kept += data
            return b""

        def end(self) -> bytes:
            return self.kept[::-1]

        def leave(self) -> bytes:
            return b""

    settings = replace(bench.runner._settings, filter_of=lambda _: Backwards())
    bench.runner = BubblewrapRunner(settings)
    await bench.run("printf abc; printf def")
    assert bench.log() == "fedcba"


async def test_a_log_without_end_ends_the_task(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task can't fill the disk by printing."""
    monkeypatch.setattr(runner_module, "LONGEST_LOG_BYTES", 2048)
    ended = await bench.run("while :; do echo more; done")
    assert ended.why == "killed because it printed more than 2 KiB"
    assert bench.file("log").stat().st_size == 2048


async def test_a_task_cannot_write_its_own_result(bench: Bench) -> None:
    """The descriptor of the result is not the task's."""
    ended = await bench.run("ls -l /proc/self/fd >&2; echo '{ \"exit-code\": 0 }' >&3; exit 4")
    assert ended.exit_code in {2, 4}
    assert "status" not in bench.log()


async def test_options_do_not_show_in_the_list_of_processes(bench: Bench) -> None:
    """The environment may hold what is not for everyone."""
    await bench.runner.start(bench.job("sleep 30"))
    await until((bench.data / "runs/1/unit/status").read_text, what="the sandbox")
    shown = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    await bench.runner.kill(RUN, UNIT)
    assert not any("--setenv" in line for line in shown)


async def test_without_bubblewrap_the_runner_says_so_loudly(bare: Bench) -> None:
    """And still runs tasks, in a clean environment."""
    sandbox = await bare.runner.sandbox()
    assert (sandbox.is_isolated, sandbox.has_overlay) == (False, False)
    assert "NOT ISOLATED" in sandbox.reason
    assert (await bare.run("pwd; env")).exit_code == 0
    assert str(bare.tree) in bare.log()


async def test_a_task_without_a_sandbox_ends_as_it_ends(bare: Bench) -> None:
    """Its exit code reaches the file that bubblewrap would have written."""
    assert (await bare.run("exit 7")).exit_code == 7


AS_NOBODY = """
import asyncio, concurrent.futures.thread, os, sys
from datetime import timedelta
from pathlib import Path
from andon.machine.disk import Reserve
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.testing.limits import groups_of
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings
from andon.tools.pipelines.ports import Job, Tree
async def main(runs):
    sandboxes = Sandboxes(SandboxSettings(folder=runs / "sandbox", search_path="/usr/bin:/bin"))
    settings = RunnerSettings(runs=runs, sandboxes=sandboxes, groups=groups_of(runs), reserve=Reserve(folder=runs))
    runner = BubblewrapRunner(settings)
    sandbox = await runner.sandbox()
    (runs / "tree").mkdir()
    job = Job(run=1, task="unit", command="id -u; touch here; ls", env=(), network=False,
              timeout=timedelta(seconds=9), tree=Tree(path=str(runs / "tree"), is_shared=True))
    await runner.start(job)
    ended = await runner.wait(job)
    print(sandbox.is_isolated, sandbox.has_overlay, ended.exit_code, (runs / "1/unit/log").read_text().split())
os.setgroups([]); os.setgid(65534); os.setuid(65534)
asyncio.run(main(Path(sys.argv[1])))
"""


def test_an_ordinary_user_gets_the_same_sandbox() -> None:
    """Root is not needed; a server that runs as nobody isolates its tasks as well."""
    if os.geteuid() != 0:
        pytest.skip("the other tests ran as an ordinary user already")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:  # pytest's own folders are closed to others
        os.chown(made, 65534, 65534)
        command = [sys.executable, "-c", AS_NOBODY, made]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if "NOT ISOLATED" in done.stdout or "False" in done.stdout:
        pytest.skip(f"NO SANDBOX FOR ORDINARY USERS HERE: {done.stdout}")
    assert done.stdout == "True True 0 ['1000', 'here']\n", done.stderr


async def test_secrets_are_masked_before_the_log_is_written(bench: Bench) -> None:
    """Also one that is printed in two pieces while two servers, one after the other, read."""
    bench.masks.learn("correct-horse-battery")
    job = bench.job("printf correct-horse; while [ ! -e $HOME/go ]; do sleep 0.05; done; echo -battery; echo ZQ")
    await bench.runner.start(job)
    waiting = asyncio.create_task(bench.runner.wait(job))
    await asyncio.sleep(0)
    log = bench.data / "runs" / "1" / "unit" / "log"
    await until(log.exists, what="the log")
    waiting.cancel()
    await asyncio.wait([waiting])
    later = bench.new_runner()
    (bench.data / "runs" / "1" / "unit" / "home" / "go").touch()
    await later.wait(job)
    assert "correct-horse-battery" not in log.read_text()
    assert log.read_text().endswith("ZQ\n")
