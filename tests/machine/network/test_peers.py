"""Who opened a connection on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from andon.machine.network import peers
from andon.machine.network.peers import is_from_sandbox
from andon.machine.sandbox.bubblewrap import find_bubblewrap

#: a service's part in it, in user and process namespaces of its own and on the machine's network
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
APART = ("--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--")
CONNECT = "import socket; s = socket.create_connection(('{}', {})); s.recv(1)"


@pytest.fixture
def without_own_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a server of an ordinary user, whose sandboxes run as the same user."""
    monkeypatch.setattr(peers, "_users_of_sandboxes", lambda: range(0))


def test_a_root_servers_sandboxes_are_told_by_their_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs are no other program's."""
    if os.geteuid() != 0:
        pytest.skip("only root gives sandboxes users of their own")
    monkeypatch.setattr(peers, "_users_of_sandboxes", lambda: range(65534, 65535))
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = CONNECT.format(*server.getsockname())
        for words, expected in (((), False), (AS_NOBODY, True)):
            with subprocess.Popen([*words, "/usr/bin/python3", "-c", code]):
                near, far = server.accept()
                assert is_from_sandbox(far, near.getsockname()) is expected
                near.close()


@pytest.mark.usefixtures("without_own_users")
@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_a_sandbox_is_told_from_other_programs(host: str, family: socket.AddressFamily) -> None:
    """By the process that holds the far end, whatever port or address it came from."""
    program = find_bubblewrap(os.environ["PATH"])
    with socket.create_server((host, 0), family=family) as server:
        code = CONNECT.format(host, server.getsockname()[1])
        for words, expected in (((), False), ((program, *APART), True)):
            with subprocess.Popen([*words, "/usr/bin/python3", "-c", code]):
                near, far = server.accept()
                assert is_from_sandbox(far[:2], near.getsockname()[:2]) is expected
                near.close()


#: nobody else runs as this one: what others hide would be told as well
USER = 64321
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
HIDDEN = "import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); "
ON_ITS_WAY = """
import socket, sys
one, other = socket.socketpair()
s = socket.create_connection(('{}', {}))
socket.send_fds(one, [b'x'], [s.fileno()])
s.close()
print(flush=True)
sys.stdin.read()
"""


LOOK = """
import os
import sys
from andon.machine.network import peers
peers._users_of_sandboxes = lambda: range(0)
os.setgroups([])
os.setgid({user})
os.setuid({user})
print(peers.is_from_sandbox(('127.0.0.1', {far}), ('127.0.0.1', {near})))
"""


@pytest.mark.parametrize(
    ("is_apart", "does", "expected"),
    [(True, HIDDEN + CONNECT, True), (False, HIDDEN + CONNECT, False), (True, ON_ITS_WAY, True)],
)
def test_a_sandbox_cannot_hide_what_it_holds(is_apart: bool, does: str, expected: bool) -> None:
    """Behind a process that lets nobody look, as sshd's for tunnels do, or in a message between two processes."""
    if os.geteuid() != 0:
        pytest.skip("root starts the processes of another user here")
    apart = (find_bubblewrap(os.environ["PATH"]), *APART) if is_apart else ()
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = [*AS_USER, *apart, "/usr/bin/python3", "-c", does.format(*server.getsockname())]
        hiding = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        near, far = server.accept()
        if does == ON_ITS_WAY:
            assert hiding.stdout is not None
            hiding.stdout.readline()
        look = LOOK.format(user=USER, far=far[1], near=server.getsockname()[1])
        try:
            seen = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
        finally:
            near.close()
            hiding.communicate(timeout=20)
    assert (seen.stdout.strip(), seen.stderr) == (str(expected), "")


def test_an_end_that_is_gone_is_nobody() -> None:
    """Neither refused nor an error."""
    assert not is_from_sandbox(("127.0.0.1", 1), ("127.0.0.1", 2))
