"""Secret values on disk."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.infra.adapters.store_aesgcm import AesGcmStore
from andon.tools.infra.model.secret import SecretPlace, parse_place

TEST, SHOP = EnvironmentName("test"), ServiceName("shop")


@pytest.fixture
def store(tmp_path: Path) -> AesGcmStore:
    return AesGcmStore(folder=tmp_path / "secrets", key_file=tmp_path / "keys" / "secrets.key")


def place(name: str = "KEY", service: str = "shop", environment: str = "test") -> SecretPlace:
    return parse_place(environment, service, name)


def test_what_is_put_is_found_by_its_service_only(store: AesGcmStore) -> None:
    """Each service in each environment has its own."""
    store.put(place("A"), "one")
    store.put(place("B"), "two")
    store.put(place("A", environment="production"), "three")
    store.put(place("A", service="billing"), "four")
    assert store.secrets_of(TEST, SHOP) == {"A": "one", "B": "two"}
    assert store.secrets_of(EnvironmentName("staging"), SHOP) == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(value=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_any_text_comes_back_as_it_was(store: AesGcmStore, value: str) -> None:
    """Line ends, quotes, every script."""
    store.put(place(), value)
    assert store.secrets_of(TEST, SHOP)["KEY"] == value


def test_a_value_is_not_on_the_disk(store: AesGcmStore, tmp_path: Path) -> None:
    """Nor is it in a name, and the same value twice does not look alike."""
    store.put(place("A"), "correct horse battery staple")
    store.put(place("B"), "correct horse battery staple")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(b"horse" in file.read_bytes() or "horse" in str(file) for file in files)
    folder = tmp_path / "secrets" / "test" / "shop"
    assert (folder / "A").read_bytes() != (folder / "B").read_bytes()


def test_only_the_owner_can_read_files_and_key(store: AesGcmStore, tmp_path: Path) -> None:
    """0600 for files, 0700 for folders, whatever the umask is."""
    store.put(place(), "value")
    for path in (*(tmp_path / "secrets").rglob("*"), *(tmp_path / "keys").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_removing_can_be_repeated(store: AesGcmStore) -> None:
    """What is not there is removed already."""
    store.put(place(), "value")
    store.remove(place())
    store.remove(place())
    assert store.secrets_of(TEST, SHOP) == {}


def test_the_fingerprint_follows_the_value_and_needs_the_key(store: AesGcmStore, tmp_path: Path) -> None:
    """Same value same fingerprint, other value or place another; another key as well, so that nobody can guess."""
    first = store.put(place(), "hunter2")
    assert store.put(place(), "hunter2") == first
    assert store.put(place(), "hunter3") != first
    assert store.put(place("OTHER"), "hunter2") != first
    elsewhere = AesGcmStore(folder=tmp_path / "other", key_file=tmp_path / "other.key")
    assert elsewhere.put(place(), "hunter2") != first


def test_a_file_in_another_place_does_not_open(store: AesGcmStore, tmp_path: Path) -> None:
    """A secret of one environment cannot be passed off as that of another."""
    store.put(place(environment="production"), "the real one")
    store.put(place(), "the test one")
    files = tmp_path / "secrets"
    (files / "production" / "shop" / "KEY").replace(files / "test" / "shop" / "KEY")
    with pytest.raises(PortError, match="andon secret set test shop KEY") as error:
        store.secrets_of(TEST, SHOP)
    assert error.value.permanent
    assert "real one" not in str(error.value)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_a_changed_byte_is_found(store: AesGcmStore, tmp_path: Path, at: int) -> None:
    """Version, nonce, text and tag are all protected."""
    store.put(place(), "value")
    file = tmp_path / "secrets" / "test" / "shop" / "KEY"
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(PortError, match="does not open"):
        store.secrets_of(TEST, SHOP)


@pytest.mark.parametrize("content", [b"", b"\x01", b"\x01" + b"x" * 11])
def test_a_torn_file_is_found(store: AesGcmStore, tmp_path: Path, content: bytes) -> None:
    """Too short is an error in words, not a crash."""
    store.put(place(), "value")
    (tmp_path / "secrets" / "test" / "shop" / "KEY").write_bytes(content)
    with pytest.raises(PortError, match="does not open"):
        store.secrets_of(TEST, SHOP)


def test_what_a_crash_left_behind_is_not_a_secret(store: AesGcmStore, tmp_path: Path) -> None:
    """A draft that was never put in place is passed over."""
    store.put(place(), "value")
    (tmp_path / "secrets" / "test" / "shop" / ".KEY.1234abcd").write_bytes(b"half")
    assert store.secrets_of(TEST, SHOP) == {"KEY": "value"}


def test_a_lost_key_is_said_and_no_new_one_made(store: AesGcmStore, tmp_path: Path) -> None:
    """A new key would make the old secrets unreadable for good."""
    store.put(place(), "value")
    (tmp_path / "keys" / "secrets.key").unlink()
    with pytest.raises(PortError, match="Put it back"):
        store.put(place("OTHER"), "value")
    assert not (tmp_path / "keys" / "secrets.key").exists()


def test_a_key_that_others_can_read_is_refused(store: AesGcmStore, tmp_path: Path) -> None:
    """With the command that makes it right."""
    store.put(place(), "value")
    (tmp_path / "keys" / "secrets.key").chmod(0o644)
    with pytest.raises(PortError, match="chmod 600"):
        store.secrets_of(TEST, SHOP)


def test_many_first_uses_at_once_make_one_key(tmp_path: Path) -> None:
    """Whoever is first makes the key, and everyone uses it."""

    def put(n: int) -> None:
        store = AesGcmStore(folder=tmp_path / "secrets", key_file=tmp_path / "keys" / "secrets.key")
        store.put(place(service=f"shop{n}"), str(n))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(16)))
    store = AesGcmStore(folder=tmp_path / "secrets", key_file=tmp_path / "keys" / "secrets.key")
    assert [store.secrets_of(TEST, ServiceName(f"shop{n}")) for n in range(16)] == [{"KEY": str(n)} for n in range(16)]


def learned_by(tmp_path: Path, now: datetime) -> tuple[list[str], int]:
    learned: list[str] = []
    store = AesGcmStore(folder=tmp_path / "secrets", key_file=tmp_path / "keys" / "secrets.key", learn=learned.append)
    unopened = store.teach(now)
    return sorted(learned), unopened


def test_values_that_were_replaced_or_removed_are_masked_for_a_while_and_given_to_nobody(
    store: AesGcmStore, tmp_path: Path
) -> None:
    """A later server learns them too, until their time is over; they are sealed as the others are."""
    for value in ("first value", "second value", "second value"):
        store.put(place("A"), value)
    store.put(place("B"), "third value")
    store.remove(place("B"))
    assert store.secrets_of(TEST, SHOP) == {"A": "second value"}
    now = datetime.now(UTC)  # noqa: TID251  (compared with the times of files)
    assert learned_by(tmp_path, now) == (["first value", "second value", "third value"], 0)
    assert not any(b" value" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert learned_by(tmp_path, now + timedelta(days=91)) == (["second value"], 0)
    assert not any(file.is_file() for file in (tmp_path / "secrets" / ".retired").rglob("*"))


def test_of_a_value_that_is_replaced_often_the_newest_are_masked(store: AesGcmStore, tmp_path: Path) -> None:
    for number in range(30):
        store.put(place(), f"value {number:02}")
    assert learned_by(tmp_path, datetime.now(UTC))[0] == [f"value {number:02}" for number in range(19, 30)]  # noqa: TID251


def test_a_file_that_does_not_open_is_counted(store: AesGcmStore, tmp_path: Path) -> None:
    store.put(place("A"), "first value")
    (tmp_path / "secrets" / "test" / "shop" / "B").write_bytes(b"no secret")
    assert learned_by(tmp_path, datetime.now(UTC)) == (["first value"], 1)  # noqa: TID251
