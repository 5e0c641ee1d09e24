"""Acts that a sandbox forbids, and common ones that it must not: data, and the program that tries them inside.

Run inside a sandbox as a script, with a JSON object as its argument: what of the host it is to look for. It prints a
JSON object: the name of each act, and "" when it was done, else what the kernel answered.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import mmap
import os
import platform
import pty
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: answers that say "you may not", or "there is no such thing here"
DENIALS = frozenset(
    {
        *(errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS, errno.ENOENT, errno.EBADF, errno.ESRCH, errno.ENXIO),
        *(errno.EAFNOSUPPORT, errno.ENOTDIR, errno.ESOCKTNOSUPPORT, errno.ENODEV, errno.EPROTONOSUPPORT),
    }
)
X86 = platform.machine() == "x86_64"
LIBC = ctypes.CDLL(None, use_errno=True)
HOST: dict[str, Any] = {}


@dataclass(frozen=True)
class Act:
    """Something to try."""

    name: str
    why: str
    do: Callable[[], object]
    #: a further answer that says no to this act
    denial: int = 0


def call(number: int, *arguments: int) -> int:
    """A system call by its number. Errors: OSError."""
    LIBC.syscall.restype = ctypes.c_long
    given = [ctypes.c_ulong(argument & (1 << 64) - 1) for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    answer = int(LIBC.syscall(ctypes.c_long(number), *given))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


def number(on_x86: int, on_arm: int) -> int:
    return on_x86 if X86 else on_arm


def write(path: str, text: str = "1") -> Callable[[], object]:
    def do() -> None:
        with open(path, "w") as file:  # noqa: PTH123  (a device or a kernel file)
            file.write(text)

    return do


def read(path: str) -> Callable[[], object]:
    def do() -> None:
        if not Path(path).read_bytes()[:1]:
            raise OSError(errno.ENOENT, "it is empty")

    return do


def listed(path: str) -> Callable[[], object]:
    def do() -> None:
        if not os.listdir(path):  # noqa: PTH208  (as a program does it)
            raise OSError(errno.ENOENT, "it is empty")

    return do


def unshared(flag: int) -> Callable[[], object]:
    return lambda: call(number(272, 97), flag)


def opened(domain: int, kind: int = socket.SOCK_RAW, protocol: int = 0) -> Callable[[], object]:
    return lambda: call(number(41, 198), domain, kind, protocol)


def terminal_request(request: int, value: bytes) -> Callable[[], object]:
    def do() -> None:
        _, terminal = pty.openpty()
        fcntl.ioctl(terminal, request, value)

    return do


def foreign_call() -> None:
    """getpid of the 32-bit ABI, on a machine of 64 bits."""
    if not X86:
        raise OSError(errno.ENOSYS, "there is none")
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    place = ctypes.addressof(ctypes.c_char.from_buffer(code))
    answer = ctypes.CFUNCTYPE(ctypes.c_int)(place)()
    if answer < 0:
        raise OSError(-answer, os.strerror(-answer))


def x32_call() -> None:
    if not X86:
        raise OSError(errno.ENOSYS, "there is none")
    call(0x40000000 | 39)


def kernel_addresses() -> None:
    if not any(int(line.split()[0], 16) for line in Path("/proc/kallsyms").read_text().splitlines()[:50]):
        raise OSError(errno.EPERM, "the addresses are hidden")


def other_processes() -> None:
    if len([name for name in os.listdir("/proc") if name.isdecimal()]) < 20:  # noqa: PTH208
        raise OSError(errno.ENOENT, "there are only our own")


def further_descriptors() -> None:
    if HOST["descriptors"]:
        raise RuntimeError(", ".join(HOST["descriptors"]))
    raise OSError(errno.EBADF, "there are none")


def data_folder() -> None:
    listed(HOST["data"])()


def called(known: int) -> Callable[[], object]:
    return lambda: call(known, 0, 0, 0)


def capabilities() -> None:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    if not int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapInh"], 16):
        raise OSError(errno.EPERM, "there are none")


def new_privileges() -> None:
    if LIBC.prctl(39, 0, 0, 0, 0) == 1:
        raise OSError(errno.EPERM, "no_new_privs is set")


def ambient_capability() -> None:
    if LIBC.prctl(47, 2, 21, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def more_than_its_limit() -> None:
    limit = resource.RLIMIT_CORE
    _, most = resource.getrlimit(limit)
    if most == resource.RLIM_INFINITY:
        _, most = resource.getrlimit(resource.RLIMIT_NICE)
        limit, most = resource.RLIMIT_NICE, most + 9
    try:
        resource.setrlimit(limit, (most + 1, most + 1))
    except ValueError as error:
        raise OSError(errno.EPERM, str(error)) from error


def cut_output() -> None:
    os.ftruncate(1, 1 << 30)


def other_personality() -> None:
    call(number(135, 92), 0x0040000)


def real_time() -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))


def in_another_user_namespace() -> None:
    call(number(56, 220), 0x10000000 | signal.SIGCHLD)


def device_at(path: str) -> Callable[[], object]:
    return lambda: os.open(path, os.O_RDONLY)


def device(kind: int, major: int, minor: int) -> Callable[[], object]:
    return lambda: os.mknod("/tmp/device", kind | 0o600, os.makedev(major, minor))


#: there is no such user in the namespace; a pipe cannot be cut
NOT_MAPPED = NO_FILE = errno.EINVAL
SETTINGS = "a setting of the kernel belongs to the whole machine"
RUNS_CODE = "the kernel runs what it names, as root and outside"
TELLS = "it tells about the machine, its memory or its other users"
NAMESPACE = "a new namespace opens parts of the kernel that only root reaches otherwise"
DEVICE = "a device reaches the machine past its files"
OTHERS = "what is not the sandbox's own belongs to others"
POWER = "more rights than those of an ordinary user without capabilities"
PACKETS = "this kind of socket reaches the machine or the kernel, not a service"
TERMINAL = "words put into a terminal are run by whoever sits at it"

FORBIDDEN: tuple[Act, ...] = (
    Act("write core_pattern", RUNS_CODE, write("/proc/sys/kernel/core_pattern", "|/tmp/x")),
    Act("write modprobe", RUNS_CODE, write("/proc/sys/kernel/modprobe", "/tmp/x")),
    Act("write hotplug", RUNS_CODE, write("/proc/sys/kernel/hotplug", "/tmp/x")),
    Act("write binfmt_misc", RUNS_CODE, write("/proc/sys/fs/binfmt_misc/register", ":x:M::x::/tmp/x:")),
    Act("write hostname", SETTINGS, write("/proc/sys/kernel/hostname")),
    Act("write randomize_va_space", SETTINGS, write("/proc/sys/kernel/randomize_va_space", "0")),
    Act("write panic", SETTINGS, write("/proc/sys/kernel/panic")),
    Act("write drop_caches", SETTINGS, write("/proc/sys/vm/drop_caches", "3")),
    Act("write overcommit_memory", SETTINGS, write("/proc/sys/vm/overcommit_memory")),
    Act("write suid_dumpable", SETTINGS, write("/proc/sys/fs/suid_dumpable", "2")),
    Act("write ip_forward", SETTINGS, write("/proc/sys/net/ipv4/ip_forward")),
    Act("write max_user_namespaces", SETTINGS, write("/proc/sys/user/max_user_namespaces", "100")),
    Act("write sysrq-trigger", "it halts the machine", write("/proc/sysrq-trigger", "h")),
    Act("write smp_affinity", SETTINGS, write("/proc/irq/default_smp_affinity", "1")),
    Act("write in /proc/bus", SETTINGS, write("/proc/bus/x")),
    Act("write in /proc/fs", SETTINGS, write("/proc/fs/x")),
    Act("write the power state", SETTINGS, write("/sys/power/state", "mem")),
    Act("switch a processor off", SETTINGS, write("/sys/devices/system/cpu/cpu0/online", "0")),
    Act("read kcore", TELLS, read("/proc/kcore")),
    Act("read keys", TELLS, read("/proc/keys")),
    Act("read key-users", TELLS, read("/proc/key-users")),
    Act("read kmsg", TELLS, read("/proc/kmsg")),
    Act("read timer_list", TELLS, read("/proc/timer_list")),
    Act("read interrupts", TELLS, read("/proc/interrupts")),
    Act("read sched_debug", TELLS, read("/proc/sched_debug")),
    Act("read kernel addresses", TELLS, kernel_addresses),
    Act("list /proc/acpi", TELLS, listed("/proc/acpi")),
    Act("list /proc/scsi", TELLS, listed("/proc/scsi")),
    Act("list firmware", TELLS, listed("/sys/firmware")),
    Act("list power meters", TELLS, listed("/sys/devices/virtual/powercap")),
    Act("list block devices", TELLS, listed("/sys/block")),
    Act("list cgroups", "whoever writes there has other limits", listed("/sys/fs/cgroup")),
    Act("list the kernel's debug files", TELLS, listed("/sys/kernel/debug")),
    Act("open /dev/mem", DEVICE, device_at("/dev/mem")),
    Act("open /dev/kmsg", DEVICE, device_at("/dev/kmsg")),
    Act("open /dev/fuse", DEVICE, device_at("/dev/fuse")),
    Act("open /dev/kvm", DEVICE, device_at("/dev/kvm")),
    Act("make a disk", DEVICE, device(0o060000, 254, 0)),
    Act("make /dev/mem", DEVICE, device(0o020000, 1, 1)),
    Act("read shadow", "it has the passwords of the machine's users", read("/etc/shadow")),
    Act("list the data folder", "it has keys, secrets and the ledger", data_folder),
    Act("list root's home", OTHERS, listed("/root/.ssh")),
    Act("list the machine's /run", "its sockets give orders to the machine", listed("/run")),
    Act("write in /usr", OTHERS, write("/usr/x")),
    Act("write in /etc", OTHERS, write("/etc/x")),
    Act("see other processes", OTHERS, other_processes),
    Act("signal the server", OTHERS, lambda: os.kill(HOST["server"], signal.SIGCONT)),
    Act("have further descriptors", "they are the server's or the sandbox maker's", further_descriptors),
    Act("write its own result", "a failed task would be green", lambda: os.write(3, b'{ "exit-code": 0 }\n')),
    Act("have capabilities", POWER, capabilities),
    Act("gain privileges by exec", POWER, new_privileges),
    Act("raise an ambient capability", POWER, ambient_capability),
    Act("become user 0", POWER, lambda: os.setuid(0), NOT_MAPPED),
    Act("become group 0", POWER, lambda: os.setgid(0), NOT_MAPPED),
    Act("have other groups", POWER, lambda: os.setgroups([0])),
    Act("raise a hard limit", POWER, more_than_its_limit),
    Act("go before others", POWER, lambda: os.setpriority(os.PRIO_PROCESS, 0, -10)),
    Act("run in real time", POWER, real_time),
    Act("never be killed for memory", POWER, write("/proc/self/oom_score_adj", "-1000")),
    Act("remount the root", NAMESPACE, lambda: call(number(165, 40), 0, 0, 0, 0x1020, 0)),
    Act("unshare users", NAMESPACE, unshared(0x10000000)),
    Act("unshare mounts", NAMESPACE, unshared(0x00020000)),
    Act("unshare the network", NAMESPACE, unshared(0x40000000)),
    Act("unshare processes", NAMESPACE, unshared(0x20000000)),
    Act("unshare names", NAMESPACE, unshared(0x04000000)),
    Act("unshare IPC", NAMESPACE, unshared(0x08000000)),
    Act("unshare cgroups", NAMESPACE, unshared(0x02000000)),
    Act("unshare time", NAMESPACE, unshared(0x00000080)),
    Act("clone into a user namespace", NAMESPACE, in_another_user_namespace),
    Act("clone3", "its flags lie where a filter cannot look", lambda: call(435, 0, 0)),
    Act("change the personality", "addresses without randomness, old system calls", other_personality),
    Act("call as a 32-bit program", "the filter knows other numbers", foreign_call),
    Act("call as an x32 program", "the filter knows other numbers", x32_call),
    Act("open a packet socket", PACKETS, opened(17)),
    Act("open a raw socket", PACKETS, opened(2, protocol=1)),
    Act("open a vsock", PACKETS, opened(40, socket.SOCK_STREAM)),
    Act("open a crypto socket", PACKETS, opened(38, socket.SOCK_SEQPACKET)),
    Act("open a key socket", PACKETS, opened(15, protocol=2)),
    Act("open an XDP socket", PACKETS, opened(44)),
    Act("open a bluetooth socket", PACKETS, opened(31)),
    Act("open netlink to the packet filter", PACKETS, opened(16, protocol=12)),
    Act("open netlink to the audit", PACKETS, opened(16, protocol=9)),
    Act("open netlink to the devices", PACKETS, opened(16, protocol=15)),
    Act("open generic netlink", PACKETS, opened(16, protocol=16)),
    Act("type into a terminal", TERMINAL, terminal_request(0x5412, b"x")),
    Act("paste into a terminal", TERMINAL, terminal_request(0x541C, b"\x03")),
    Act("take the console", TERMINAL, terminal_request(0x541D, b"")),
    Act("change a line discipline", TERMINAL, terminal_request(0x5423, struct.pack("i", 2))),
)


def looked_up() -> None:
    socket.getaddrinfo("127.0.0.1", 80)
    socket.if_nameindex()


def loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 2).close()


def threads() -> None:
    thread = threading.Thread(target=time_flies)
    thread.start()
    thread.join()


def time_flies() -> None:
    pass


def child() -> None:
    pid = os.fork()
    if pid == 0:
        os.execv("/bin/sh", ["/bin/sh", "-c", "exit 0"])
    assert os.waitpid(pid, 0)[1] == 0


def standard_output_by_name() -> None:
    with open("/dev/stderr", "w") as file:  # noqa: PTH123  (a link to a pipe)
        file.write("")


def trace_a_child() -> None:
    pid = os.fork()
    if pid == 0:
        LIBC.ptrace(0, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    assert os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


COMMON: tuple[Act, ...] = (
    Act("write in /tmp", "scratch files", write("/tmp/file")),
    Act("write in shared memory", "browsers and databases", write("/dev/shm/file")),
    Act("write to nothing", "shells", write("/dev/null")),
    Act("open standard error by name", "scripts and loggers", standard_output_by_name),
    Act("start a program", "everything", child),
    Act("start a thread", "everything", threads),
    Act("trace an own child", "debuggers", trace_a_child),
    Act("listen on loopback", "tests", loopback),
    Act("look an address up", "clients", looked_up),
    Act("share files with nobody", "some runtimes", unshared(0x400)),
    Act("count processors", "build tools", read("/sys/devices/system/cpu/online")),
    Act("read a kernel setting", "servers", read("/proc/sys/net/core/somaxconn")),
    Act("read memory figures", "runtimes", read("/proc/meminfo")),
    Act("open a terminal", "expect, script", pty.openpty),
    Act("ask its personality", "runtimes", lambda: call(number(135, 92), 0xFFFFFFFF)),
)


def tried(act: Act) -> str:
    """In a process of its own: "" when it was done, else the answer."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            act.do()
            answer = "done"
        except OSError as error:
            answer = f"{errno.errorcode.get(error.errno or 0, error)}: {error}"
            answer = answer if error.errno in {*DENIALS, act.denial} else f"done, with {answer}"
        except Exception as error:  # noqa: BLE001  (an act that is wrong itself must not pass for one that is denied)
            answer = f"done, with {error!r}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer = told.read().decode()
    _, status = os.waitpid(pid, 0)
    return answer or f"ended with {os.waitstatus_to_exitcode(status)}"


def main() -> None:
    HOST.update(json.loads(sys.argv[1]))
    links = {name: Path(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if int(name) > 2}  # noqa: PTH208
    HOST["descriptors"] = [f"{name} is {link.readlink()}" for name, link in links.items() if os.path.lexists(link)]
    calls = (Act(f"call {name}", why, called(known)) for why, name, known in HOST["calls"])
    acts = (*FORBIDDEN, *calls, *HOST_ONLY_TASK[HOST["kind"]], *COMMON)
    sys.stdout.write(json.dumps({act.name: tried(act) for act in acts}))


#: a service writes to a log whose writer is another matter
HOST_ONLY_TASK: dict[str, tuple[Act, ...]] = {
    "task": (Act("cut its log", "it could rewrite what it printed", cut_output, NO_FILE),),
    "service": (),
}

if __name__ == "__main__":
    main()
