"""Secret values in files, each encrypted with AES-GCM under one key that only the server's user can read.

FOLDER/<environment>/<service>/<NAME> holds a version byte, a nonce of 12 bytes and the ciphertext. Where a value
belongs is its associated data, so that a file that was moved to another place does not open.

A value that was replaced or removed goes to FOLDER/.retired/<environment>/<service>/<NAME>/<number>, sealed likewise:
no service gets it, but what still prints it must be masked. After RETIRED_KEPT it is deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.machine.files import make_private_folder, write_once, write_whole
from andon.tools.infra.model.secret import SecretName, SecretPlace

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
FINGERPRINT_DIGITS = 16
RETIRED = ".retired"  #: no environment can be called so
#: how long a replaced or removed value is masked in what is printed
RETIRED_KEPT = timedelta(days=90)
MOST_RETIRED = 10  #: of one place; the newest


def _learn_nothing(value: str) -> None:
    """For a store whose values nobody masks."""


class AesGcmStore:
    """The store in a folder, under the key in a file; both are made at their first use."""

    def __init__(self, *, folder: Path, key_file: Path, learn: Callable[[str], None] = _learn_nothing) -> None:
        self._folder = folder
        self._key_file = key_file
        #: told of every value before it is kept
        self._learn = learn

    def put(self, place: SecretPlace, value: str) -> str:
        """Keep the value, durably; returns its fingerprint, which gives nothing of it away. Errors: PortError."""
        key = self._key()
        self._learn(value)
        try:
            self._retire(place, value)
            _write(self._file(place), _sealed(key, value.encode(), _where(place)))
        except OSError as problem:
            raise PortError(f"The secret could not be kept: {problem.strerror}.") from None
        # keyed: an ordinary hash of a weak password could be guessed by whoever reads the ledger
        text = _where(place) + b"\0" + value.encode()
        return hmac.new(key, b"fingerprint\0" + text, hashlib.sha256).hexdigest()[:FINGERPRINT_DIGITS]

    def remove(self, place: SecretPlace) -> None:
        """Forget the value; one that is not there is forgotten already. Errors: PortError."""
        try:
            self._retire(place, "")
            self._file(place).unlink(missing_ok=True)
        except OSError as problem:
            raise PortError(f"The secret could not be removed: {problem.strerror}.") from None

    def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        """Every value of a service in an environment by name. Errors: PortError; never with a value in its text."""
        folder = self._folder / environment / service
        if not folder.is_dir():
            return {}
        places = [
            SecretPlace(environment=environment, service=service, name=SecretName(file.name))
            for file in sorted(folder.iterdir())
            if not file.name.startswith(".")
        ]
        return {place.name: self._open(place) for place in places}

    def teach(self, now: datetime) -> int:
        """Tell the learner every value that is kept or was until lately; how many files do not open.

        Errors: PortError.
        """
        unopened = 0
        for file in sorted(self._folder.rglob("*")) if self._folder.is_dir() else ():
            where = file.relative_to(self._folder).as_posix().encode()
            if not file.is_file() or file.name.startswith("."):
                continue
            if where.startswith(RETIRED.encode()) and _age(file, now) > RETIRED_KEPT:
                file.unlink(missing_ok=True)
                continue
            try:
                self._learn(_opened(self._key(), file.read_bytes(), where))
            except (InvalidTag, ValueError, OSError):
                unopened += 1
        return unopened

    def _retire(self, place: SecretPlace, value: str) -> None:
        """Keep the value that stands there, which another one replaces or nothing; one that does not open is lost."""
        try:
            before = self._open(place)
        except PortError:
            return
        if before == value:
            return
        folder = self._folder / RETIRED / place.environment / place.service / place.name
        numbers = sorted(_numbers(folder))
        file = folder / str((numbers or [0])[-1] + 1)
        _write(file, _sealed(self._key(), before.encode(), file.relative_to(self._folder).as_posix().encode()))
        for number in numbers[: 1 - MOST_RETIRED]:
            (folder / str(number)).unlink(missing_ok=True)

    def _open(self, place: SecretPlace) -> str:
        try:
            sealed = self._file(place).read_bytes()
        except OSError as problem:
            raise PortError(f"The secret {place.name} could not be read: {problem.strerror}.") from None
        try:
            return _opened(self._key(), sealed, _where(place))
        except (InvalidTag, ValueError):
            raise PortError(
                f"The secret {place.name} of {place.service} in {place.environment} does not open: the file was "
                f"changed or moved, or {self._key_file.name} is another key. Set it again: "
                f"andon secret set {place.environment} {place.service} {place.name}",
                permanent=True,
            ) from None

    def _file(self, place: SecretPlace) -> Path:
        return self._folder / place.environment / place.service / place.name

    def _key(self) -> bytes:
        try:
            key = self._key_file.read_bytes()
        except FileNotFoundError:
            key = self._new_key()
        if len(key) != KEY_BYTES:
            raise PortError(f"{self._key_file} is no key: expected {KEY_BYTES} bytes.", permanent=True)
        if stat.S_IMODE(self._key_file.stat().st_mode) & 0o077:
            raise PortError(
                f"Others can read {self._key_file}, so it protects nothing. Run: chmod 600 {self._key_file}",
                permanent=True,
            )
        return key

    def _new_key(self) -> bytes:
        used = self._folder.is_dir() and any(file.is_file() for file in self._folder.rglob("*"))
        # asked again, because somebody else may have made the key and used it just now
        if used and not self._key_file.exists():
            raise PortError(
                f"{self._key_file} is missing, and without it the secrets in {self._folder} do not open. "
                "Put it back from where it was kept, or remove the folder and set the secrets again.",
                permanent=True,
            )
        if not used:
            make_private_folder(self._key_file.parent)
            write_once(self._key_file, secrets.token_bytes(KEY_BYTES))
        return self._key_file.read_bytes()


def _sealed(key: bytes, value: bytes, where: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, where)


def _opened(key: bytes, sealed: bytes, where: bytes) -> str:
    """The value. Errors: InvalidTag, ValueError."""
    if sealed[:1] != VERSION:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], where).decode()


def _numbers(folder: Path) -> Iterator[int]:
    if folder.is_dir():
        yield from (int(file.name) for file in folder.iterdir() if file.name.isdecimal())


def _age(file: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - file.stat().st_mtime)


def _where(place: SecretPlace) -> bytes:
    return f"{place.environment}/{place.service}/{place.name}".encode()


def _write(file: Path, content: bytes) -> None:
    make_private_folder(file.parent)
    write_whole(file, content, durable=True)
