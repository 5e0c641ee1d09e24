"""The socket of a task's proxy is passed on whatever other sandboxes of the same user do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import andon.machine.network

INSIDE = Path(andon.machine.network.__file__).with_name("inside.py")
#: nobody else runs as this one: descriptors on their way are counted by user
USER = 64323
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
#: a sandbox that sends descriptors which nobody takes, and beside it the start of a task with a network
GREEDY = """
import resource, socket, subprocess, sys
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
ends = [socket.socketpair() for _ in range(8)]
for number in range(800):
    socket.send_fds(ends[number // 100][0], [b"x"], [0])
task = subprocess.Popen(["unshare", "--user", "--map-root-user", "--net", "sh", "-c", "echo; exec sleep 60"],
    stdout=subprocess.PIPE)
task.stdout.readline()
server, helper = socket.socketpair()
command = ["sh", "-c", 'ulimit -Sn 256; exec "$@"', "sh", sys.executable, "-c", sys.argv[1]]
command += [str(task.pid), "3128", str(helper.fileno())]
subprocess.run(command, pass_fds=(helper.fileno(),), timeout=30)
helper.close()
_, descriptors, _, _ = socket.recv_fds(server, 1, 1)
print(len(descriptors), "passed")
task.kill()
"""


def test_descriptors_on_their_way_do_not_keep_a_task_from_its_network() -> None:
    """A user has as many as the sender's limit of open files: the helper's is above that of any sandbox."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    command = [*AS_USER, "/usr/bin/python3", "-c", GREEDY, INSIDE.read_text()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "1 passed\n", done.stderr
