"""Settings: parsed once from the environment and the command line, frozen; no other module reads the environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import parse_name
from andon.kernel.limits import LARGEST, Limits, bounded
from andon.kernel.sizes import MEBIBYTE
from andon.machine.disk import Reserve
from andon.standards.http_proxy import (
    HttpProxy,
    ProxySettings,
    parse_http_proxy,
    parse_no_proxy,
    variable,
)
from andon.standards.variables import Variables
from andon.standards.web_origin import LOOPBACK, Network, parse_host_ports, parse_networks, parse_origin

DEFAULT_URL = "http://127.0.0.1:8600"
LARGEST_PORT = 65_535
MOST_TASK_SLOTS = 1_000
LARGEST_BLOB_MIB = 1024 * 1024
MOST_MIB = 16 * 1024 * 1024
MOST_DAYS = 36_500


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
    #: what is probably wrong in the environment: variables that no setting has
    warnings: tuple[str, ...] = ()

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
    #: ANDON_TRUSTED_PROXIES: addresses or networks, comma separated, whose X-Forwarded-For is believed
    trusted_proxies: tuple[Network, ...] = ()
    #: ANDON_LEDGER: where the ledger is, as sqlite:///PATH or postgresql://…; empty: ledger.db in the data folder
    ledger: str = ""
    #: ANDON_TOOLS: tools that this server runs, comma separated, with what they need; empty: all
    tools: tuple[str, ...] = ()
    #: ANDON_TASK_SLOTS: tasks that run at once; 0 takes twice the processors
    task_slots: int = 0
    #: ANDON_TASK_ENV: names of the server's own variables that every task may see, comma separated
    task_env: tuple[tuple[str, str], ...] = ()
    #: ANDON_BASES: folders of this machine, separated by colons, whose OCI layouts an artifact may name as its base
    bases: tuple[Path, ...] = ()
    #: ANDON_EGRESS_ALLOW: HOST:PORT, comma separated, that tasks with a network may reach although it is internal
    egress_allow: tuple[str, ...] = ()
    #: ANDON_HOST_NETWORK: repositories, comma separated, whose tasks may say network = "host"
    host_network: tuple[str, ...] = ()
    #: HTTPS_PROXY, HTTP_PROXY, NO_PROXY: the proxies through which tasks with a network reach outside hosts
    upstream: ProxySettings = field(default_factory=ProxySettings)
    #: PATH: where programs are looked for, by the server and by tasks
    search_path: str = os.defpath
    #: ANDON_PUBLIC_READ: pages can be read without signing in
    public_read: bool = False
    #: ANDON_SERVICE_HOST: address that the services' routers listen on
    service_host: str = "127.0.0.1"
    #: ANDON_MAX_BLOB_MIB: largest file that may be pushed to a repository, in MiB
    max_blob_mib: int = 100
    #: ANDON_TASK_MEMORY_MAX_MIB: most memory a task or service may ask for, in MiB; 0: 3/4 of the machine
    task_memory_max_mib: int = 0
    #: ANDON_TASK_DISK_MAX_MIB: most disk that a task may ask for, in MiB
    task_disk_max_mib: int = 51_200
    #: ANDON_DISK_RESERVE_MIB: disk kept free for the server, in MiB; 0: 1 GiB, or a twentieth of a small disk
    disk_reserve_mib: int = 0
    #: ANDON_KEEP_DAYS: days for which logs, unreferenced blobs and unpacked images are kept after their last use
    keep_days: int = 90
    #: ANDON_KEEP_MIB: size in MiB above which the oldest of them are deleted earlier
    keep_mib: int = 51_200
    #: `andon up --accept-older-ledger`: start although the ledger ends before what this data folder has seen
    accept_older_ledger: bool = False
    #: name of the person who started the server, who becomes its first admin
    operator: str = "admin"
    #: what is probably wrong in the environment: variables that no setting has
    warnings: tuple[str, ...] = ()

    @property
    def ledger_url(self) -> str:
        return self.ledger or f"sqlite:///{self.data / 'ledger.db'}"

    @property
    def url(self) -> str:
        """The address people use."""
        return self.public_url or _http(self.host, self.port)

    @property
    def is_https(self) -> bool:
        """Do people reach it over https?"""
        return self.url.startswith("https://")

    @property
    def own_url(self) -> str:
        """The address at which the server reaches itself."""
        return _http(self.host if self.host in LOOPBACK else "127.0.0.1", self.port)

    @property
    def largest_limits(self) -> Limits:
        """The most that a task or service may ask for."""
        memory = (
            self.task_memory_max_mib * MEBIBYTE or os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
        )
        own = replace(LARGEST, memory=memory, cpu=float(os.cpu_count() or 1), disk=self.task_disk_max_mib * MEBIBYTE)
        return bounded(own, LARGEST)

    @property
    def reserve(self) -> Reserve:
        """Disk that is kept free for the server."""
        return Reserve(folder=self.data, size_bytes=self.disk_reserve_mib * MEBIBYTE)

    @property
    def slots(self) -> int:
        """Tasks that run at once."""
        return self.task_slots or 2 * (os.cpu_count() or 1)


def client_config(environ: Mapping[str, str] = os.environ) -> ClientConfig:
    """The command's settings. Errors: none; everything has a default."""
    settings = Variables(environ)
    config = _client(settings, environ)
    return replace(config, warnings=settings.unknown(also=lambda others: _server(others, environ)))


def server_config(environ: Mapping[str, str] = os.environ, *, data: Path | None = None) -> ServerConfig:
    """The server's settings. Errors: Invalid, with every setting that is wrong."""
    settings = Variables(environ)
    config = _server(settings, environ)
    config = replace(config, data=(data or config.data).resolve(), operator=_operator())
    problems = [*settings.problems, *_problems(config)]
    if problems:
        raise Invalid(*problems)
    return replace(config, warnings=settings.unknown(also=lambda others: _client(others, environ)))


def _client(settings: Variables, environ: Mapping[str, str]) -> ClientConfig:
    base = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    return ClientConfig(
        url=settings.text("ANDON_URL").rstrip("/"),
        token=settings.text("ANDON_TOKEN"),
        home=Path(settings.text("ANDON_CONFIG_HOME") or base / "andon"),
        no_color=bool(environ.get("NO_COLOR")),
        search_path=environ.get("PATH", os.defpath),
    )


def _server(settings: Variables, environ: Mapping[str, str]) -> ServerConfig:
    base = Path(environ.get("XDG_DATA_HOME") or Path(environ.get("HOME", "/")) / ".local/share")
    return ServerConfig(
        data=Path(settings.text("ANDON_DATA") or base / "andon"),
        host=settings.text("ANDON_HOST", "127.0.0.1"),
        port=settings.number("ANDON_PORT", 8600, most=LARGEST_PORT),
        public_url=settings.read("ANDON_PUBLIC_URL", parse_origin, ""),
        trusted_proxies=settings.read("ANDON_TRUSTED_PROXIES", lambda text: parse_networks(_names(text)), ()),
        ledger=settings.text("ANDON_LEDGER"),
        tools=tuple(_names(settings.text("ANDON_TOOLS"))),
        task_slots=settings.number("ANDON_TASK_SLOTS", 0, most=MOST_TASK_SLOTS),
        task_env=settings.read("ANDON_TASK_ENV", lambda text: settings.lent(_names(text)), ()),
        bases=settings.read("ANDON_BASES", _folders, ()),
        egress_allow=settings.read("ANDON_EGRESS_ALLOW", lambda text: parse_host_ports(_names(text)), ()),
        host_network=settings.read("ANDON_HOST_NETWORK", _repositories, ()),
        upstream=_upstream(settings, environ),
        search_path=environ.get("PATH", os.defpath),
        public_read=settings.flag("ANDON_PUBLIC_READ"),
        service_host=settings.text("ANDON_SERVICE_HOST", "127.0.0.1"),
        max_blob_mib=settings.number("ANDON_MAX_BLOB_MIB", 100, most=LARGEST_BLOB_MIB),
        task_memory_max_mib=settings.number("ANDON_TASK_MEMORY_MAX_MIB", 0, most=MOST_MIB),
        task_disk_max_mib=settings.number("ANDON_TASK_DISK_MAX_MIB", 51_200, most=MOST_MIB),
        disk_reserve_mib=settings.number("ANDON_DISK_RESERVE_MIB", 0, most=MOST_MIB),
        keep_days=settings.number("ANDON_KEEP_DAYS", 90, most=MOST_DAYS),
        keep_mib=settings.number("ANDON_KEEP_MIB", 51_200, most=MOST_MIB),
    )


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


def _http(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _folders(text: str) -> tuple[Path, ...]:
    """Folders of this machine. Errors: Invalid."""
    folders = tuple(Path(part) for part in text.split(os.pathsep) if part)
    if wrong := next((folder for folder in folders if not folder.is_absolute() or not folder.is_dir()), None):
        raise Invalid(f'expected folders of this machine with their whole paths, separated by ":", got "{wrong}"')
    return tuple(folder.resolve() for folder in folders)


def _upstream(settings: Variables, environ: Mapping[str, str]) -> ProxySettings:
    """The proxies that the machine's programs are to use."""
    found: dict[str, HttpProxy | None] = {}
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        try:
            text = variable(environ, name)
            found[name] = parse_http_proxy(text) if text else None
        except Invalid as error:
            settings.problems.extend(replace(problem, where=name) for problem in error.problems)
    direct = parse_no_proxy(variable(environ, "NO_PROXY"))
    return ProxySettings(tunnels=found.get("HTTPS_PROXY"), plain=found.get("HTTP_PROXY"), direct=direct)


def _repositories(text: str) -> tuple[str, ...]:
    """Names of repositories, there or to come. Errors: Invalid."""
    return tuple(parse_name(name, "a repository") for name in _names(text))


def _names(text: str) -> list[str]:
    return [name for name in text.replace(" ", "").split(",") if name]


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "admin"
