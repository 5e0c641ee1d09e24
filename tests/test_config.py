"""The server's settings: read once, every mistake said at once with its name."""

from __future__ import annotations

import pytest

from andon.config import ServerConfig, client_config, server_config
from andon.kernel.errors import Invalid


@pytest.mark.parametrize("name", ["ANDON_PORT", "ANDON_TASK_SLOTS", "ANDON_MAX_BLOB_MIB"])
@pytest.mark.parametrize("text", ["-1", "1.5", "NaN", "inf", "1e3", "٣", "0x10", "9" * 5000, "99999999"])
def test_numbers_are_whole_and_mean_something(name: str, text: str) -> None:
    """Anything else is refused with the setting's name and the largest value."""
    with pytest.raises(Invalid, match=f"{name}: expected a whole number from 0 to"):
        server_config({name: text})


def test_every_mistake_is_said_at_once() -> None:
    """Nobody starts the server three times to hear of three mistakes."""
    environ = {"ANDON_PORT": "http", "ANDON_PUBLIC_URL": "andon.example", "ANDON_TRUSTED_PROXIES": "10.0.0.1, proxy"}
    with pytest.raises(Invalid) as refused:
        server_config(environ)
    assert [problem.where for problem in refused.value.problems] == list(environ)
    assert 'Did you mean "https://andon.example"?' in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "url", "own_url"),
    [
        ({}, "http://127.0.0.1:8600", "http://127.0.0.1:8600"),
        ({"ANDON_HOST": "::1"}, "http://[::1]:8600", "http://[::1]:8600"),
        ({"ANDON_HOST": "::", "ANDON_PUBLIC_URL": "HTTPS://A.example/"}, "https://a.example", "http://127.0.0.1:8600"),
    ],
)
def test_the_address_that_people_use(environ: dict[str, str], url: str, own_url: str) -> None:
    """As it is written in links; IPv6 in brackets."""
    config: ServerConfig = server_config(environ)
    assert (config.url, config.own_url) == (url, own_url)


def test_the_machines_proxies_are_read() -> None:
    """As other programs read them; what is no HTTP proxy is refused by its variable, and without its password."""
    environ = {"https_proxy": "http://proxy.example:3128", "HTTP_PROXY": "", "NO_PROXY": "mirror.example, .lan"}
    upstream = server_config(environ).upstream
    assert str(upstream.leading_to("pypi.org", 443, is_tunnel=True)) == "proxy.example:3128"
    assert upstream.leading_to("pypi.org", 80, is_tunnel=False) is None
    assert upstream.leading_to("a.lan", 443, is_tunnel=True) is None
    with pytest.raises(Invalid, match=r"HTTP_PROXY: .* expected an address like") as refused:
        server_config({"HTTP_PROXY": "socks5://ada:secret@proxy.example"})
    assert "secret" not in str(refused.value)


def test_a_variable_that_no_setting_has_is_a_warning_with_the_one_that_was_meant() -> None:
    """The server starts: another program may have a name like it; but nobody believes that it has an effect."""
    (warning,) = server_config({"ANDON_TSAK_SLOTS": "2", "ANDON_EMPTY": ""}).warnings
    assert "ANDON_TSAK_SLOTS is not a setting" in warning
    assert 'Did you mean "ANDON_TASK_SLOTS"?' in warning
    assert client_config({"ANDON_TSAK_SLOTS": "2"}).warnings == (warning,)


def test_settings_of_the_other_side_and_what_andon_gives_to_tasks_are_no_mistakes() -> None:
    """One environment may be that of the command and the server, and the command is called in tasks and hooks."""
    environ = {"ANDON_URL": "http://127.0.0.1:1", "ANDON_PORT": "1", "ANDON_RUN": "7", "ANDON_TASK": "unit"}
    assert (server_config(environ).warnings, client_config(environ).warnings) == ((), ())


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ANDON_PUBLIC_READ": "yess"}, 'ANDON_PUBLIC_READ: expected yes or no .*, got "yess"'),
        ({"ANDON_TASK_ENV": "PROXY_UL", "PROXY_URL": "x"}, 'no variable PROXY_UL. Did you mean "PROXY_URL"'),
        ({"ANDON_HOST_NETWORK": "Shop Front"}, 'ANDON_HOST_NETWORK: "ShopFront" is no name for a repository'),
    ],
)
def test_values_that_name_nothing_are_errors(environ: dict[str, str], said: str) -> None:
    """The server does not start without what the operator asked for."""
    with pytest.raises(Invalid, match=said):
        server_config(environ)


@pytest.mark.parametrize(("text", "read"), [("1", True), ("Yes", True), ("on", True), ("", False), ("off", False)])
def test_yes_and_no_in_their_usual_spellings(text: str, read: bool) -> None:
    """As people write them in unit files."""
    assert server_config({"ANDON_PUBLIC_READ": text}).public_read is read
