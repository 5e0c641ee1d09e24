"""Where the processes of an instance listen."""

from __future__ import annotations

import psutil

from andon.tools.delivery.ports import Listener


def tree(pid: int) -> tuple[psutil.Process, ...]:
    """The process and everything that it started."""
    try:
        top = psutil.Process(pid)
        return (top, *top.children(recursive=True))
    except psutil.Error:
        return ()


def listeners(pid: int) -> tuple[Listener, ...]:
    """Where the process, and everything that it started, listens."""
    found: list[Listener] = []
    for process in tree(pid):
        try:
            connections = process.net_connections(kind="tcp")
        except psutil.Error:
            continue
        listening = (c.laddr for c in connections if c.status == psutil.CONN_LISTEN)
        found += [Listener(address=address.ip, port=address.port) for address in listening]
    return tuple(dict.fromkeys(found))
