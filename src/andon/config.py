"""Settings: parsed once from the environment and the command line, frozen; no other module reads the environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import Invalid, Problem

DEFAULT_URL = "http://127.0.0.1:8600"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """What the `andon` command needs to talk to a server."""

    #: ANDON_URL: address of the server; empty takes the one started or signed in to last, else http://127.0.0.1:8600
    url: str = ""
    #: ANDON_TOKEN: token to show it; empty takes the one in the credentials file
    token: str = ""
    #: ANDON_CONFIG_HOME, else XDG_CONFIG_HOME/andon, else ~/.config/andon: where the credentials file is
    home: Path = Path()
    #: NO_COLOR: print without colours
    no_color: bool = False
    #: PATH: where programs such as git are looked for
    search_path: str = os.defpath

    @property
    def credentials_file(self) -> Path:
        """Tokens by address; readable by its owner only."""
        return self.home / "credentials.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """What `andon up` needs."""

    #: ANDON_DATA, else XDG_DATA_HOME/andon, else ~/.local/share/andon: where everything is kept
    data: Path
    #: ANDON_HOST: address to listen on; anything but loopback needs ANDON_PUBLIC_URL
    host: str = "127.0.0.1"
    #: ANDON_PORT: port to listen on; 0 takes a free one
    port: int = 8600
    #: ANDON_PUBLIC_URL: the address people use, when it is not the one listened on; https makes cookies secure
    public_url: str = ""
    #: ANDON_LEDGER: where the ledger is, as sqlite:///PATH or postgresql://…; empty: ledger.db in the data folder
    ledger: str = ""
    #: ANDON_TASK_SLOTS: tasks that run at once; 0 takes twice the processors
    task_slots: int = 0
    #: ANDON_TASK_ENV: names of the server's own variables that every task may see, comma separated
    task_env: tuple[tuple[str, str], ...] = ()
    #: PATH: where programs are looked for, by the server and by tasks
    search_path: str = os.defpath
    #: ANDON_PUBLIC_READ: pages can be read without signing in
    public_read: bool = False
    #: ANDON_SERVICE_HOST: address that the services' routers listen on
    service_host: str = "127.0.0.1"
    #: ANDON_MAX_BLOB_MIB: largest file that may be pushed to a repository, in MiB
    max_blob_mib: int = 100
    #: name of the person who started the server, who becomes its first admin
    operator: str = "admin"

    @property
    def ledger_url(self) -> str:
        return self.ledger or f"sqlite:///{self.data / 'ledger.db'}"

    @property
    def url(self) -> str:
        """The address people use."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Do people reach it over https?"""
        return self.url.startswith("https://")

    @property
    def own_url(self) -> str:
        """The address at which the server reaches itself."""
        host = self.host if self.host in LOOPBACK else "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def slots(self) -> int:
        """Tasks that run at once."""
        return self.task_slots or 2 * (os.cpu_count() or 1)


def client_config(environ: Mapping[str, str] = os.environ) -> ClientConfig:
    """The command's settings. Errors: none; everything has a default."""
    base = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    return ClientConfig(
        url=environ.get("ANDON_URL", "").rstrip("/"),
        token=environ.get("ANDON_TOKEN", ""),
        home=Path(environ.get("ANDON_CONFIG_HOME") or base / "andon"),
        no_color=bool(environ.get("NO_COLOR")),
        search_path=environ.get("PATH", os.defpath),
    )


def server_config(environ: Mapping[str, str] = os.environ, *, data: Path | None = None) -> ServerConfig:
    """The server's settings. Errors: Invalid, with every setting that is wrong."""
    problems: list[Problem] = []

    def number(name: str, default: int) -> int:
        text = environ.get(name, "")
        if text and not text.isdecimal():
            problems.append(Problem(message=f'expected a whole number, got "{text}"', where=name))
            return default
        return int(text or default)

    base = Path(environ.get("XDG_DATA_HOME") or Path(environ.get("HOME", "/")) / ".local/share")
    config = ServerConfig(
        data=(data or Path(environ.get("ANDON_DATA") or base / "andon")).resolve(),
        host=environ.get("ANDON_HOST", "127.0.0.1"),
        port=number("ANDON_PORT", 8600),
        public_url=environ.get("ANDON_PUBLIC_URL", ""),
        ledger=environ.get("ANDON_LEDGER", ""),
        task_slots=number("ANDON_TASK_SLOTS", 0),
        task_env=tuple((n, environ[n]) for n in _names(environ.get("ANDON_TASK_ENV", "")) if n in environ),
        search_path=environ.get("PATH", os.defpath),
        public_read=environ.get("ANDON_PUBLIC_READ", "") in {"1", "true", "yes"},
        service_host=environ.get("ANDON_SERVICE_HOST", "127.0.0.1"),
        max_blob_mib=number("ANDON_MAX_BLOB_MIB", 100),
        operator=_operator(),
    )
    problems.extend(_problems(config))
    if problems:
        raise Invalid(*problems)
    return config


def _problems(config: ServerConfig) -> list[Problem]:
    if config.host in LOOPBACK or config.public_url:
        return []
    return [
        Problem(
            where="ANDON_HOST",
            message=f"{config.host} can be reached from other machines, and sessions need to know its address.",
            remedy="Set ANDON_PUBLIC_URL to the https address of the proxy in front, or listen on 127.0.0.1.",
        )
    ]


def _names(text: str) -> list[str]:
    return [name for name in text.replace(" ", "").split(",") if name]


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "admin"
