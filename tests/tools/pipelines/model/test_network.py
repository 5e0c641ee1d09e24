"""What a task may say that it reaches."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.model.network import Network, hosts_of
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline


def network(written: str) -> Network:
    """As a pipeline file has it."""
    return parse_pipeline(f'schema = 1\n[task.unit]\nrun = "x"\nnetwork = {written}\n').tasks[0].network


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("false", False),
        ('"host"', "host"),
        ("[]", ()),
        ('["pypi", "Files.example.org", "*.example.org", "git.example.org:22", "10.0.0.5:443"]',
         ("pypi", "files.example.org", "*.example.org", "git.example.org:22", "10.0.0.5:443")),
    ],
)  # fmt: skip
def test_a_task_says_what_it_reaches(written: str, read: Network) -> None:
    """Nothing, the internet, the host's network, or hosts and registries by name."""
    assert network(written) == read


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ('"yes"', "expected true, false or a list of hosts"),
        ("1", "expected true, false or a list of hosts"),
        ("[1]", "expected text in quotes"),
        ('["debain"]', 'Did you mean "debian"?'),
        ('["localhost"]', "is not a host or a package registry"),
        ('["https://pypi.org"]', "is not a host"),
        ('["a.example:0"]', "is not a host"),
        ('["a.example:70000"]', "is not a host"),
        ('["*"]', "is not a host"),
        ('["a.*.example"]', "is not a host"),
        ('["a.example/x"]', "is not a host"),
    ],
)
def test_anything_else_is_refused(written: str, why: str) -> None:
    """With what was probably meant."""
    with pytest.raises(Invalid, match=why.replace("?", r"\?").replace('"', ".")):
        network(written)


def test_registries_are_their_hosts() -> None:
    """Names stand for all hosts that a client of the registry asks."""
    assert hosts_of(("pypi", "a.example")) == ("pypi.org", "files.pythonhosted.org", "a.example")
