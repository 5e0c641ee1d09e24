"""Who opened a connection on this machine."""

from __future__ import annotations

import os
import socket
import subprocess

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


def test_an_end_that_is_gone_is_nobody() -> None:
    """Neither refused nor an error."""
    assert not is_from_sandbox(("127.0.0.1", 1), ("127.0.0.1", 2))
