"""Signed heads beside the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid
from andon.ledger import heads as heads_module
from andon.ledger.heads import HeadFile, is_genuine, parse_head, sign_head
from andon.ledger.ledger import LedgerHead

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """Signs with a hash over a secret."""

    secret: bytes = b"one"

    @property
    def key_id(self) -> str:
        return self.secret.decode()

    def sign(self, message: bytes) -> bytes:
        return sha256(self.secret + message).digest()

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self.sign(message) == signature


def head(position: int) -> LedgerHead:
    return LedgerHead(position=position, hash=sha256(b"%d" % position).hexdigest())


def test_a_head_is_genuine_only_as_it_was_signed() -> None:
    """Another position, another time or another key makes it worthless."""
    signed = sign_head(head(7), NOW, Key())
    assert is_genuine(signed, Key())
    assert not is_genuine(signed, Key(b"two"))
    assert not is_genuine(sign_head(head(8), NOW, Key(b"two")), Key())
    assert not is_genuine(
        type(signed)(**{**{n: getattr(signed, n) for n in signed.__struct_fields__}, "position": 8}), Key()
    )


def test_a_line_that_a_crash_cut_off_is_left_out(tmp_path: Path) -> None:
    """The ones before it stay good, and the file goes on."""
    file = HeadFile(tmp_path / "heads")
    file.append(sign_head(head(1), NOW, Key()))
    with (tmp_path / "heads").open("ab") as opened:
        opened.write(b'{"at":"2026-12-01T09:00:00Z","posi\n')
    file.append(sign_head(head(2), NOW + timedelta(hours=1), Key()))
    assert [one.position for one in file.read()] == [1, 2]


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has a bound."""
    monkeypatch.setattr(heads_module, "MOST_HEADS", 3)
    file = HeadFile(tmp_path / "heads")
    for position in range(1, 12):
        file.append(sign_head(head(position), NOW, Key()))
    positions = [one.position for one in file.read()]
    assert positions[-1] == 11
    assert len(positions) <= 7


@pytest.mark.parametrize("text", ["", "7", "7:abc", f"-1:{'a' * 64}", f"7:{'A' * 64}", f"{'9' * 30}:{'a' * 64}"])
def test_what_is_no_head_is_refused(text: str) -> None:
    """With the command that prints one."""
    with pytest.raises(Invalid, match="andon ledger head"):
        parse_head(text)
