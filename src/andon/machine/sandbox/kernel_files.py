"""What of the kernel's own files a sandbox sees: as container engines have it, and less of /sys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: would change the machine
_READ_ONLY = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs")
#: would tell about the machine, its memory, its keys and its other users
_MASKED = (
    *("/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/kmsg", "/proc/latency_stats", "/proc/interrupts"),
    *("/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/proc/acpi", "/proc/asound"),
)
#: processors and their memory. Nothing else of /sys is there: no firmware, no power meters, no cgroups, no devices
_SHOWN = "/sys/devices/system"


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelFiles:
    """Those that this machine has."""

    read_only: tuple[str, ...]
    masked_files: tuple[str, ...]
    masked_folders: tuple[str, ...]
    shown: tuple[str, ...]

    def options(self) -> Iterator[str]:
        """bubblewrap's, for a sandbox that can be written to while it is made."""
        yield from ("--proc", "/proc", "--dev", "/dev")
        for path in (*self.read_only, *self.shown):
            yield from ("--ro-bind", path, path)
        for path in self.masked_files:
            yield from ("--ro-bind", "/dev/null", path)
        for path in self.masked_folders:
            yield from ("--tmpfs", path, "--remount-ro", path)


def kernel_files() -> KernelFiles:
    """Look which there are."""
    masked = [Path(path) for path in _MASKED if Path(path).exists()]
    return KernelFiles(
        read_only=tuple(path for path in _READ_ONLY if Path(path).exists()),
        masked_files=tuple(str(path) for path in masked if not path.is_dir()),
        masked_folders=tuple(str(path) for path in masked if path.is_dir()),
        shown=tuple(path for path in (_SHOWN,) if Path(path).is_dir()),
    )
