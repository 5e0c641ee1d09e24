"""One call of the registry's API: who asks for what, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from andon.standards.oci import ContentDigest, is_digest
from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.registry.complaints import digest_invalid
from andon.tools.artifacts.registry.exchange import RegistryExchange
from andon.tools.artifacts.registry.storage import RegistryStorage


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that was let through the door."""

    exchange: RegistryExchange
    storage: RegistryStorage
    grant: Grant
    #: the artifact's name
    name: str
    #: the path's last part: a digest, a tag or an upload's id; "" when there is none
    reference: str


def parse_digest(text: str) -> ContentDigest:
    """A digest that a client said. Errors: Complaint (DIGEST_INVALID)."""
    if not is_digest(text):
        raise digest_invalid(f'"{text[:160]}" is no digest: expected sha256: or sha512: and hexadecimal digits.')
    return ContentDigest(text)
