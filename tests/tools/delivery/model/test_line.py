"""The line as a noun, and the file that defines it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid
from andon.kernel.ids import CommitId
from andon.tools.delivery.model.line import (
    DEFAULT_ENVIRONMENTS,
    READ_WITHIN,
    LineDefined,
    LineRejected,
    ReadLineAt,
    State,
    Tick,
    want,
)
from andon.tools.delivery.model.line_file import DEFAULT_LINE, json_schema, parse_line
from andon.tools.delivery.model.line_report import ReportLine

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
OLD, NEW = CommitId("a" * 40), CommitId("b" * 40)

WRONG = """\
schema = 1
[[environment]]
name = "test"
promotoin = "manual"
[[environment]]
name = "test"
drain = 5
[service.shop.tset]
port = 80
config = { PORT = "1", A = 2 }
"""


def after(*commands: ReadLineAt | ReportLine | Tick, now: datetime = NOW) -> State:
    state = State()
    for command in commands:
        state = fold(state, command.decide(state, now))
    return state


def test_a_new_server_has_test_and_production() -> None:
    """And the file that it begins with says the same."""
    assert State().environments == DEFAULT_ENVIRONMENTS
    assert parse_line(DEFAULT_LINE).environments == DEFAULT_ENVIRONMENTS


def test_a_changed_file_is_read_and_defines_the_line() -> None:
    """Environments in their order, services with port and configuration."""
    state = after(ReadLineAt(commit=NEW))
    (effect,) = want(state, NOW)
    text = (
        'schema = 1\n[[environment]]\nname = "only"\ndrain = "90s"\n'
        '[service.shop.only]\nport = 8800\nconfig = {B = "2", A = "1"}\n'
    )
    (defined,) = ReportLine(key=effect.key, text=text).decide(state, NOW)
    assert isinstance(defined, LineDefined)
    assert [(e.name, e.promotion, e.drain) for e in defined.environments] == [("only", "manual", timedelta(seconds=90))]
    assert [(p.service, p.environment, p.port, p.config) for p in defined.placements] == [
        ("shop", "only", 8800, (("A", "1"), ("B", "2")))
    ]
    assert want(defined.evolve(state), NOW) == ()


def test_the_same_commit_is_read_once() -> None:
    """Whether it is being read or in force."""
    state = after(ReadLineAt(commit=NEW))
    assert ReadLineAt(commit=NEW).decide(state, NOW) == ()


def test_of_two_changes_the_newer_one_counts() -> None:
    """The text of the older one comes too late."""
    state = after(ReadLineAt(commit=OLD))
    (old,) = want(state, NOW)
    state = fold(state, ReadLineAt(commit=NEW).decide(state, NOW))
    assert ReportLine(key=old.key, text=DEFAULT_LINE).decide(state, NOW) == ()


def test_a_file_that_cannot_be_used_leaves_the_line_as_it_was() -> None:
    """And says why."""
    state = after(ReadLineAt(commit=NEW))
    (effect,) = want(state, NOW)
    (rejected,) = ReportLine(key=effect.key, text="schema = 2").decide(state, NOW)
    assert isinstance(rejected, LineRejected)
    assert "line.toml:1:10" in rejected.reason
    assert rejected.evolve(state).environments == DEFAULT_ENVIRONMENTS


def test_reading_has_its_time() -> None:
    """Then the change is rejected, and may come again."""
    state = after(ReadLineAt(commit=NEW))
    (rejected,) = Tick().decide(state, NOW + READ_WITHIN)
    assert isinstance(rejected, LineRejected)
    assert Tick().decide(state, NOW) == ()


def test_every_problem_is_found_at_once_with_its_place() -> None:
    """With what was meant, where that can be guessed."""
    with pytest.raises(Invalid) as raised:
        parse_line(WRONG)
    assert [(p.where, p.message.split(",")[0]) for p in raised.value.problems] == [
        ("line.toml:4:1", 'unknown key "promotoin".'),
        ("line.toml:6:8", 'the environment "test" is there twice.'),
        ("line.toml:7:9", 'expected a duration such as "5s"'),
        ("line.toml:8:15", 'there is no environment "tset".'),
        ("line.toml:9:8", "expected a whole number from 1024 to 65535"),
        ("line.toml:10:12", "PORT is given by Andon itself; choose another name."),
        ("line.toml:10:28", "expected text in quotes"),
    ]
    assert raised.value.problems[3].remedy == 'Did you mean "test"?'


def test_two_services_do_not_share_a_port() -> None:
    """The second one is told whose it is."""
    text = f"{DEFAULT_LINE}\n[service.shop.test]\nport = 8701\n[service.bank.test]\nport = 8701\n"
    with pytest.raises(Invalid, match="port 8701 is that of shop in test"):
        parse_line(text)


def test_editors_get_a_schema() -> None:
    """With every key of the file."""
    properties = json_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {"schema", "environment", "service", "protected"}


def test_a_service_may_have_an_owner_and_a_repository_protected_paths() -> None:
    """Beside its environments a service names where it comes from."""
    text = (
        'schema = 1\n[[environment]]\nname = "test"\n[service.shop]\nrepository = "store"\n'
        '[service.shop.test]\nport = 8701\n[protected]\nstore = ["deploy/**"]\n'
    )
    parsed = parse_line(text)
    assert [(one.service, one.repository) for one in parsed.owners] == [("shop", "store")]
    assert [(one.service, one.environment, one.port) for one in parsed.placements] == [("shop", "test", 8701)]
    assert [(one.repository, one.paths) for one in parsed.protected] == [("store", ("deploy/**",))]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[service.shop]\nrepositry = "store"\n', 'Did you mean "repository"?'),
        ('[service.shop]\nrepository = "No Name"\n', "is no name for a repository"),
        ('[protected]\nstore = ["../x"]\n', "names no files of a repository"),
        ('[[environment]]\nname = "repository"\n', "Give the environment another name."),
    ],
)
def test_owners_and_protected_paths_are_checked(wrong: str, said: str) -> None:
    """With what was probably meant."""
    with pytest.raises(Invalid) as error:
        parse_line(f'schema = 1\n[[environment]]\nname = "test"\n{wrong}')
    assert said in str(error.value)
