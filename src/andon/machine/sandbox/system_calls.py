"""What a sandboxed program may not ask the kernel for: the deny list of container engines for a program without
capabilities, as a table, and as the filter that the kernel runs (see seccomp(2)).
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: what the kernel gives the filter: number, architecture, instruction pointer, six arguments (struct seccomp_data)
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
#: classic BPF: load a word of that, jump if equal, if not less or if any bit is set, return
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
#: set in the number of a system call of the x32 ABI, which an x86_64 kernel may have beside the other
_X32 = 0x40000000

#: clone and unshare: new mount, cgroup, UTS, IPC, user, process and network namespaces
_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
#: unshare alone: a new time namespace; in clone this bit belongs to the signal
_TIME_NAMESPACE = 0x80
#: local, IPv4 and IPv6. Of netlink only what tells the machine's addresses; no packets, virtual sockets, crypto, …
_UNIX, _INET, _INET6, _NETLINK, _ROUTE = 1, 2, 10, 16, 0
#: Linux, its short inodes, no randomness of addresses left out, and "tell me" (as container engines have it)
_PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)
#: put words into a terminal's input, its selection, its console, its line discipline
_TERMINAL_REQUESTS = (0x5412, 0x541C, 0x541D, 0x5423)


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """One that Andon has the numbers for."""

    #: of audit(8)
    number: int
    #: column in DENIED
    column: int
    has_x32: bool = False


ARCHITECTURES = {
    "x86_64": Architecture(number=0xC000003E, column=0, has_x32=True),
    "aarch64": Architecture(number=0xC00000B7, column=1),
}

#: denied whatever the arguments, and why: name, and its number on x86_64 and on aarch64 (-1: it has none)
DENIED: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...] = (
    (
        "keys of the kernel, which belong to a user and not to a sandbox",
        (
            ("add_key", 248, 217),
            ("request_key", 249, 218),
            ("keyctl", 250, 219),
        ),
    ),
    (
        "programs and counters in the kernel, and requests that pass by this filter",
        (
            ("bpf", 321, 280),
            ("perf_event_open", 298, 241),
            ("userfaultfd", 323, 282),
            ("io_uring_setup", 425, 425),
            ("io_uring_enter", 426, 426),
            ("io_uring_register", 427, 427),
        ),
    ),
    (
        "mounts and namespaces",
        (
            ("mount", 165, 40),
            ("umount2", 166, 39),
            ("pivot_root", 155, 41),
            ("chroot", 161, 51),
            ("setns", 308, 268),
            ("open_tree", 428, 428),
            ("move_mount", 429, 429),
            ("fsopen", 430, 430),
            ("fsconfig", 431, 431),
            ("fsmount", 432, 432),
            ("fspick", 433, 433),
            ("mount_setattr", 442, 442),
            ("open_tree_attr", 467, 467),
        ),
    ),
    (
        "files past their path",
        (
            ("open_by_handle_at", 304, 265),
            ("fanotify_init", 300, 262),
        ),
    ),
    (
        "memory and descriptors of other processes; ptrace reaches a sandbox's own processes only, as in an engine",
        (
            ("process_vm_readv", 310, 270),
            ("process_vm_writev", 311, 271),
            ("kcmp", 312, 272),
            ("pidfd_getfd", 438, 438),
            ("move_pages", 279, 239),
            ("migrate_pages", 256, 238),
        ),
    ),
    (
        "the kernel itself",
        (
            ("kexec_load", 246, 104),
            ("kexec_file_load", 320, 294),
            ("init_module", 175, 105),
            ("finit_module", 313, 273),
            ("delete_module", 176, 106),
            ("create_module", 174, -1),
            ("get_kernel_syms", 177, -1),
            ("query_module", 178, -1),
            ("reboot", 169, 142),
            ("syslog", 103, 116),
            ("_sysctl", 156, -1),
            ("lookup_dcookie", 212, 18),
            ("nfsservctl", 180, 42),
            ("uselib", 134, -1),
            ("ustat", 136, -1),
            ("sysfs", 139, -1),
        ),
    ),
    (
        "the machine's clock, disks, names, terminals and ports",
        (
            ("settimeofday", 164, 170),
            ("clock_settime", 227, 112),
            ("clock_adjtime", 305, 266),
            ("adjtimex", 159, 171),
            ("swapon", 167, 224),
            ("swapoff", 168, 225),
            ("acct", 163, 89),
            ("quotactl", 179, 60),
            ("quotactl_fd", 443, 443),
            ("sethostname", 170, 161),
            ("setdomainname", 171, 162),
            ("vhangup", 153, 58),
            ("iopl", 172, -1),
            ("ioperm", 173, -1),
            ("modify_ldt", 154, -1),
        ),
    ),
)
#: clone3 has its flags in memory, where a filter cannot look; a program that is told it does not exist uses clone
_CLONE3 = (435, 435)
_CLONE, _UNSHARE, _PERSONALITY, _IOCTL, _SOCKET = (56, 220), (272, 97), (135, 92), (16, 29), (41, 198)

#: how many cases are tested one after the other
_FEW = 4

_Instruction = tuple[int, int, int, int]
_Case = tuple[int, tuple[_Instruction, ...]]


def filter_for(machine: str) -> bytes:
    """The filter for an architecture as uname(1) names it; b"" for one that we have no numbers for."""
    architecture = ARCHITECTURES.get(machine)
    if architecture is None:
        return b""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in _instructions(architecture))


def _instructions(architecture: Architecture) -> Iterator[_Instruction]:
    yield (_LOAD, 0, 0, _ARCHITECTURE)
    yield (_IF_EQUAL, 1, 0, architecture.number)
    yield (_RETURN, 0, 0, _KILL)
    yield (_LOAD, 0, 0, _NUMBER)
    if architecture.has_x32:
        yield from _when(_IF_ANY, _X32, _refused(errno.EPERM))
    yield from _search(sorted(_cases(architecture.column)))


def _cases(column: int) -> Iterator[_Case]:
    """What is answered to which number."""
    for _, *numbers in (call for _, calls in DENIED for call in calls):
        if numbers[column] >= 0:
            yield numbers[column], _refused(errno.EPERM)
    yield _CLONE3[column], _refused(errno.ENOSYS)
    for call, rule in _RULES:
        yield call[column], rule


def _search(cases: list[_Case]) -> list[_Instruction]:
    """By halves: the kernel goes through the filter for each number once, whenever a sandbox begins."""
    if len(cases) <= _FEW:
        tests = [step for number, then in cases for step in _when(_IF_EQUAL, number, then)]
        return [*tests, (_RETURN, 0, 0, _ALLOW)]
    middle = len(cases) // 2
    below, above = _search(cases[:middle]), _search(cases[middle:])
    return [(_IF_AT_LEAST, len(below), 0, cases[middle][0]), *below, *above]


def _when(test: int, value: int, then: tuple[_Instruction, ...]) -> Iterator[_Instruction]:
    """Instructions that are passed over when the test fails; at most 255."""
    yield (test, 0, len(then), value)
    yield from then


def _refused(number: int) -> tuple[_Instruction, ...]:
    return ((_RETURN, 0, 0, _ERROR | number),)


def _argument(number: int) -> _Instruction:
    """Load the lower half of an argument; the kernel itself looks at no more of those that are tested here."""
    return (_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * number)


def _without(flags: int) -> Iterator[_Instruction]:
    yield _argument(0)
    yield from _when(_IF_ANY, flags, _refused(errno.EPERM))
    yield (_RETURN, 0, 0, _ALLOW)


def _one_of(argument: int, values: Iterable[int], *, allowed: bool) -> Iterator[_Instruction]:
    """Only these values, or all but these."""
    found = ((_RETURN, 0, 0, _ALLOW),) if allowed else _refused(errno.EPERM)
    yield _argument(argument)
    for value in values:
        yield from _when(_IF_EQUAL, value, found)
    yield from _refused(errno.EPERM) if allowed else ((_RETURN, 0, 0, _ALLOW),)


def _sockets() -> Iterator[_Instruction]:
    yield _argument(0)
    for domain in (_UNIX, _INET, _INET6):
        yield from _when(_IF_EQUAL, domain, ((_RETURN, 0, 0, _ALLOW),))
    yield (_IF_EQUAL, 1, 0, _NETLINK)
    yield from _refused(errno.EAFNOSUPPORT)
    yield from _one_of(2, (_ROUTE,), allowed=True)


#: denied for some arguments
_RULES: tuple[tuple[tuple[int, int], tuple[_Instruction, ...]], ...] = (
    (_CLONE, tuple(_without(_NAMESPACES))),
    (_UNSHARE, tuple(_without(_NAMESPACES | _TIME_NAMESPACE))),
    (_PERSONALITY, tuple(_one_of(0, _PERSONALITIES, allowed=True))),
    (_IOCTL, tuple(_one_of(1, _TERMINAL_REQUESTS, allowed=False))),
    (_SOCKET, tuple(_sockets())),
)
