"""A listening socket inside a sandbox's network, held by the server."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from andon.kernel.errors import PortError

#: on the sandbox's own loopback
PROXY_PORT = 3128
_PROGRAM = Path(__file__).with_name("inside.py")
_WITHIN_S = 20


def listen_inside(pid: int) -> socket.socket:
    """The socket, in the network of this process. For a thread: it waits. Errors: PortError."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-I", "-S", str(_PROGRAM), str(pid), str(PROXY_PORT), str(theirs.fileno())]
        try:
            done = subprocess.run(
                command, pass_fds=[theirs.fileno()], capture_output=True, timeout=_WITHIN_S, check=False, env={}
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PortError(f"The task's network could not be made: {error}.") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise PortError(f"The task's network could not be made: {said}.")
        _, given, _, _ = socket.recv_fds(ours, 8, 1)
    listening = socket.socket(fileno=given[0])
    listening.setblocking(False)  # noqa: FBT003  (it takes no keyword)
    return listening
