"""XML as programs really write it, made what a parser reads, in pieces and without changing where anything stands.

Mended are: bytes that are not in the declared encoding, control characters (a runner's colours), references to them,
and blank lines or a byte order mark before the declaration. Source: https://www.w3.org/TR/xml/#charsets.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: stands for what XML does not allow; XML allows it, and nobody writes it
FILLER = "\x7f"

_PIECE = 1 << 20  #: bytes
_LONGEST_REFERENCE = 24  #: bytes of "&#x0000000000001b;"
_CONTROLS = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)))
_TO_FILLER = bytes.maketrans(_CONTROLS, FILLER.encode() * len(_CONTROLS))
_BLANK = _CONTROLS + b" \t\r\n"
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE and U+FFFF
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,16})|([0-9]{1,20}));")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
_CHARACTER_SETS = re.compile(
    r"(iso-?8859-?\d+|latin-?\d|windows-125\d|cp\d+|koi8-[ru]|shift_jis|euc-(jp|kr)|gb(k|2312|18030)|big5)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class XmlText:
    """A document, and how its bytes are read."""

    document: bytes
    encoding: str
    #: bytes before the first that is given to a parser
    start: int
    #: after the last
    end: int

    @classmethod
    def of(cls, document: bytes) -> XmlText:
        """UTF-8 wherever the bytes are that, whatever is declared; else the encoding that is declared, else Latin-1."""
        if document[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return cls(document, "utf-16-le" if document[0] == 0xFF else "utf-16-be", 2, len(document))
        if document[:4] in {b"<\0?\0", b"\0<\0?"}:
            return cls(document, "utf-16-le" if document[0] else "utf-16-be", 0, len(document))
        mark = 3 if document.startswith(codecs.BOM_UTF8) else 0
        start = len(document) - len(document[mark:].lstrip(_BLANK))
        return cls(document, _encoding(document, start), start, len(document.rstrip(_BLANK)))

    def pieces(self) -> Iterator[bytes]:
        """The document in UTF-8; in UTF-8 documents each byte stays where it is."""
        kept = b""
        for _, text in self._decoded():
            whole = kept + text
            cut = _before_reference(whole)
            yield _mended(whole[:cut])
            kept = whole[cut:]
        yield _mended(kept)

    def place(self, offset: int) -> tuple[int, int]:
        """The line, and the offset in the document's own bytes, of an offset in the pieces."""
        at = self._original(offset)
        return self.document.count(b"\n", 0, at) + 1, at

    def _original(self, offset: int) -> int:
        if self.encoding == "utf-8":
            return self.start + offset
        for start, text in self._decoded():
            if offset <= len(text):
                return start + len(text[:offset].decode(errors="ignore").encode(self.encoding, "replace"))
            offset -= len(text)
        return self.end

    def _decoded(self) -> Iterator[tuple[int, bytes]]:
        """Where each piece begins, and its text in UTF-8."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        for start in range(self.start, self.end, _PIECE):
            piece = self.document[start : min(start + _PIECE, self.end)]
            yield start, piece if self.encoding == "utf-8" else decoder.decode(piece).encode(errors="replace")


def _encoding(document: bytes, start: int) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(start, len(document), _PIECE):
            decoder.decode(document[at : at + _PIECE])
    except UnicodeDecodeError:
        declared = _DECLARED.match(document, start)
        name = declared[1].decode() if declared else ""
        return name if _CHARACTER_SETS.fullmatch(name) and _is_known(name) else "latin-1"
    return "utf-8"


def _is_known(encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)
    except LookupError:
        return False
    return True


def _before_reference(text: bytes) -> int:
    """Where to cut so that no reference, and no character, is in two pieces."""
    at = text.rfind(b"&", max(0, len(text) - _LONGEST_REFERENCE))
    if at >= 0 and b";" not in text[at:]:
        return at
    return len(text) - 3 if text[-3:-2] == b"\xef" or text[-2:-1] == b"\xef" else len(text)


def _mended(text: bytes) -> bytes:
    text = text.translate(_TO_FILLER)
    if b"\xef\xbf" in text:
        text = _NO_CHARACTER.sub(FILLER.encode() * 3, text)
    return _REFERENCE.sub(_reference, text) if b"&#" in text else text


def _reference(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2])
    return found[0] if _is_allowed(code) else FILLER.encode() * len(found[0])


def _is_allowed(code: int) -> bool:
    return code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
