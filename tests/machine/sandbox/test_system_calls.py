"""The filter of system calls, run as the kernel runs it."""

from __future__ import annotations

import errno
import struct
from functools import cache

import pytest

from andon.machine.sandbox.system_calls import ARCHITECTURES, DENIED, filter_for

ALLOWED, KILLED = "allowed", "killed"
MACHINES = sorted(ARCHITECTURES)
#: by machine: read, write, openat, execve, mmap, futex, exit_group, getrandom, ptrace, unshare, clone, socket
ORDINARY = {
    "x86_64": (0, 1, 257, 59, 9, 202, 231, 318, 101),
    "aarch64": (63, 64, 56, 221, 222, 98, 94, 278, 117),
}
#: by machine: clone, unshare, personality, ioctl, socket, clone3
WITH_ARGUMENTS = {"x86_64": (56, 272, 135, 16, 41, 435), "aarch64": (220, 97, 92, 29, 198, 435)}


@cache
def steps_of(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as the kernel reads it: code, jump if true, jump if false, value."""
    return list(struct.iter_unpack("=HBBI", filter_for(machine)))


def judged(machine: str, number: int, *arguments: int, architecture: int | None = None) -> str:
    """What becomes of a system call."""
    known = ARCHITECTURES[machine].number if architecture is None else architecture
    data = struct.pack("=IIQ6Q", number, known, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    steps, at, word = steps_of(machine), 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        if code == 0x06:
            return _meant(value)
        if code == 0x20:
            (word,) = struct.unpack_from("=I", data, value)
            at += 1
            continue
        is_true = {0x15: word == value, 0x35: word >= value, 0x45: bool(word & value)}[code]
        at += 1 + (if_true if is_true else if_false)


def _meant(value: int) -> str:
    if value & 0xFFFF0000 == 0x00050000:
        return errno.errorcode[value & 0xFFFF]
    return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}[value]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_of_the_table_is_denied(machine: str) -> None:
    """Whatever its arguments."""
    column = ARCHITECTURES[machine].column
    calls = {name: numbers[column] for _, group in DENIED for name, *numbers in group if numbers[column] >= 0}
    assert {name: judged(machine, number, 1, 2, 3) for name, number in calls.items()} == dict.fromkeys(calls, "EPERM")


@pytest.mark.parametrize("machine", MACHINES)
def test_all_other_calls_are_allowed(machine: str) -> None:
    """Also those that no kernel has yet: it answers them itself."""
    column = ARCHITECTURES[machine].column
    listed = {numbers[column] for _, group in DENIED for _, *numbers in group} | set(WITH_ARGUMENTS[machine])
    assert not set(ORDINARY[machine]) & listed
    assert {judged(machine, number) for number in range(600) if number not in listed} == {ALLOWED}


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_with_arguments_are_denied_for_some(machine: str) -> None:
    """New namespaces, other personalities, words into terminals, sockets to the kernel."""
    clone, unshare, personality, ioctl, socket, clone3 = WITH_ARGUMENTS[machine]
    user, network, time, files, thread = 0x10000000, 0x40000000, 0x80, 0x400, 0x3D0F00
    assert [judged(machine, clone, flags) for flags in (thread, user, network | thread)] == [ALLOWED, "EPERM", "EPERM"]
    assert [judged(machine, unshare, flags) for flags in (files, user, time)] == [ALLOWED, "EPERM", "EPERM"]
    assert [judged(machine, personality, what) for what in (0, 0xFFFFFFFF, 0x40000)] == [ALLOWED, ALLOWED, "EPERM"]
    assert [judged(machine, ioctl, 0, what) for what in (0x5401, 0x5412, 1 << 32 | 0x541C)] == [
        ALLOWED,
        "EPERM",
        "EPERM",
    ]
    assert [judged(machine, socket, domain) for domain in (1, 2, 10, 17, 40)] == [ALLOWED] * 3 + ["EAFNOSUPPORT"] * 2
    assert [judged(machine, socket, 16, 3, protocol) for protocol in (0, 12)] == [ALLOWED, "EPERM"]
    assert judged(machine, clone3, 0) == "ENOSYS"


def test_calls_of_another_architecture_end_the_program() -> None:
    """Their numbers mean other calls; x32 has numbers of its own beside those of x86_64."""
    assert judged("x86_64", 0, architecture=0x40000003) == KILLED
    assert judged("x86_64", 0x40000000) == "EPERM"


def test_an_architecture_without_numbers_has_no_filter() -> None:
    """A filter with the numbers of another one would deny the wrong calls."""
    assert filter_for("riscv64") == b""
