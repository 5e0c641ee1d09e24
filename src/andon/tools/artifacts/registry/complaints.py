"""What the registry answers when it will not: the standard's error codes, each with words that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping

from andon.kernel.errors import AndonError


class Complaint(AndonError):
    """A call the registry answers with an error of the distribution standard."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class Disconnected(AndonError):
    """The client went away in the middle of its request; there is nobody to answer."""


def blob_unknown(digest: str) -> Complaint:
    """404: no such blob under this name."""
    return Complaint(404, "BLOB_UNKNOWN", f"There is no blob {digest} here.")


def manifest_unknown(reference: str) -> Complaint:
    """404: no such manifest or tag under this name."""
    return Complaint(404, "MANIFEST_UNKNOWN", f"There is no manifest {reference} here.")


def digest_invalid(message: str) -> Complaint:
    """400: a digest that is none, or not that of the content."""
    return Complaint(400, "DIGEST_INVALID", message)


def manifest_invalid(message: str) -> Complaint:
    """400: a manifest that cannot be kept."""
    return Complaint(400, "MANIFEST_INVALID", message)


def upload_unknown() -> Complaint:
    """404: no such upload; a restart of the server forgets unfinished ones."""
    return Complaint(404, "BLOB_UPLOAD_UNKNOWN", "This upload is not known, or was ended; begin a new one.")


def deletes_are_off() -> Complaint:
    """405: what was published stays."""
    return Complaint(
        405,
        "UNSUPPORTED",
        "Artifacts are not deleted here: what was published can be deployed again at any time (andon rollback).",
    )


def tag_is_taken(name: str, tag: str, digest: str) -> Complaint:
    """409: a tag names one digest for ever."""
    return Complaint(
        409,
        "DENIED",
        f"The tag {name}:{tag} already names {digest}, and a tag never moves: "
        "what was tested under it must be what runs. Push under a new tag, or by digest.",
    )


def disk_full(why: str = "The disk that holds the registry is full.") -> Complaint:
    """507: nothing of the call was kept."""
    return Complaint(507, "UNKNOWN", f"{why} Nothing of this upload was kept: push again when there is room.")


def content_corrupt(digest: str) -> Complaint:
    """500: the bytes on disk are not those that were pushed."""
    return Complaint(
        500,
        "UNKNOWN",
        f"The stored bytes of {digest} no longer have this digest and are not served. Push it again.",
    )
