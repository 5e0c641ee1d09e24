"""What the API of access takes and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import AccountName, Actor
from andon.tools.access.model.account import Kind
from andon.tools.access.model.role import Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAmI:
    """The one who asks."""

    actor: Actor
    account: AccountName | None
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountShown:
    """An account in a list."""

    account: AccountName
    kind: Kind
    role: Role
    tokens: int
    sessions: int
    created_at: datetime
    created_by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """The account to be made."""

    account: str
    role: Role
    kind: Kind = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """The role to be given."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnding:
    """What ends with an account, or would."""

    account: AccountName
    #: each with its id and note
    tokens: tuple[str, ...]
    sessions: int
    #: it has a link to sign in that nobody used
    login_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShown:
    """A token in a list; its secret is known only to whoever keeps it."""

    token_id: str
    account: AccountName
    scopes: tuple[Permission, ...]
    expires_at: datetime | None
    note: str
    issued_at: datetime
    issued_by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """The token to be made."""

    scopes: tuple[Permission, ...]
    note: str = ""
    #: from 1 to 366
    expires_in_days: int = 90
    #: "" for the account of the one who asks
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TokenMade:
    """A token with its secret, this once."""

    token: str
    token_id: str
    account: AccountName
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """The login link to be made."""

    #: "" for the account of the one who asks
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkMade:
    """A login link, this once."""

    url: str
    account: AccountName
    expires_at: datetime | None
