"""The forms in which a secret value may turn up in an output, and which values cannot be masked.

What is known of: plain, base64 and URL-safe base64 at its three offsets, hex, URL-encoded, JSON-escaped (also twice, as
JSON in JSON), Python's repr, HTML and XML, quoted for a shell; the password in an address; the lines of a text.
What is not: reversed, compressed, encrypted or hashed values, other encodings, and values cut by something in between.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

#: shorter values would mask half of a log
SHORTEST = 6
#: a line of a text with fewer characters says nothing by itself
SHORTEST_LINE = 8
#: characters; the name of a variable tells what is in it
SECRET_NAME = re.compile(
    r"secret|token|passw|passphrase|credential|private|api_?key|access_?key|_key$|^key$|_pwd$|^pwd$|_auth$|cookie|dsn",
    re.IGNORECASE,
)
#: values that stand in every log
COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        admin andon default development enabled disabled example localhost master password postgres postgresql
        private production public secret service staging testing undefined unknown username changeme
        123456 1234567 12345678 123456789 127.0.0.1 0.0.0.0
        """,
    )
)
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s@]+)@", re.IGNORECASE)
#: "Password=…;" as in connection strings, "password": "…" as in JSON
_NAMED = re.compile(r"""(?i)(?:secret|token|passw\w*|pwd|key)["']?\s*[=:]\s*["']?([^\s;,&"']{8,})""")
_ARMOUR = re.compile(r"-----[A-Z ]+-----")


def not_masked(value: str) -> str:
    """Why the value is not masked in outputs, and what to do; "" when it is."""
    if len(value) < SHORTEST:
        return f"it has fewer than {SHORTEST} characters, so it is not masked in logs. Use a longer value."
    if value.lower() in COMMON or len(set(value)) == 1:
        return "it is a common word, so it is not masked in logs. Use a random value."
    return ""


def looks_secret(name: str) -> bool:
    """Does the name of a variable say that its value is a secret?"""
    return SECRET_NAME.search(name) is not None


def forms_of(value: str) -> frozenset[bytes]:
    """Every form of a secret value that is masked."""
    found = {form for part in _parts(value) for form in _forms(part)}
    lines = value.splitlines()
    if len(lines) > 1:
        found.update(form for line in lines for form in _line_forms(line.strip()))
    return frozenset(form for form in found if len(form) >= SHORTEST)


def forms_of_key(key: bytes) -> frozenset[bytes]:
    """Every form of a key of random bytes."""
    return frozenset(form for form in (key, *_binary(key)) if len(form) >= SHORTEST)


def forms_of_named(name: str, value: str) -> frozenset[bytes]:
    """The forms of a variable that may be a secret: of all of it where its name says so, else of a password in it."""
    if looks_secret(name):
        return forms_of(value)
    return frozenset(form for part in _passwords(value) for form in _forms(part))


def _parts(value: str) -> Iterator[str]:
    """The value, and what is secret by itself in it."""
    if not not_masked(value):
        yield value
        if value.strip() != value and not not_masked(value.strip()):
            yield value.strip()
    yield from _passwords(value)


def _passwords(value: str) -> Iterator[str]:
    for found in (*_PASSWORD.finditer(value), *_NAMED.finditer(value)):
        for password in {found[1], unquote(found[1])}:
            if not not_masked(password):
                yield password


def _forms(value: str) -> Iterator[bytes]:
    plain = value.encode(errors="surrogatepass")
    yield plain
    yield from _binary(plain)
    texts = {*_url(value), *_escaped(value), *_markup(value), *_shell(value)}
    yield from (text.encode(errors="surrogatepass") for text in texts)


def _binary(plain: bytes) -> Iterator[bytes]:
    yield from _base64(plain)
    yield from (plain.hex().encode(), plain.hex().upper().encode())


def _line_forms(line: str) -> Iterator[bytes]:
    """Of one line of a longer text; the frame of a key in PEM is no secret."""
    if len(line) < SHORTEST_LINE or not_masked(line) or _ARMOUR.fullmatch(line):
        return
    yield from (text.encode(errors="surrogatepass") for text in {line, *_escaped(line)})


def _base64(plain: bytes) -> Iterator[bytes]:
    """What any base64 text that holds the value must hold: at each of the three offsets, the digits that are sure."""
    for before in range(3):
        digits = base64.b64encode(b"\0" * before + plain).rstrip(b"=")
        first = -(-before * 8 // 6)
        last = (before + len(plain)) * 8 // 6
        sure = digits[first:last]
        yield sure
        yield sure.translate(bytes.maketrans(b"+/", b"-_"))


def _url(value: str) -> Iterator[str]:
    """As the path, the query or a form of an address have it; browsers leave a few more characters as they are."""
    data = value.encode(errors="surrogatepass")
    for encoded in (quote(data, safe=""), quote(data), quote(data, safe="!'()*"), quote_plus(data)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)


def _escaped(value: str) -> Iterator[str]:
    """As strings in JSON and Python have it."""
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield from _json_dialects(escaped)
        yield json.dumps(escaped, ensure_ascii=ascii_only)[1:-1]
    yield repr(value)[1:-1]
    yield repr(value.encode(errors="surrogatepass"))[2:-1]


def _json_dialects(escaped: str) -> Iterable[str]:
    """Some escape slashes, some what HTML would read, some write digits large."""
    in_html = escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    large = re.sub(r"\\u[0-9a-f]{4}", lambda found: f"\\u{found[0][2:].upper()}", escaped)
    return (escaped, escaped.replace("/", "\\/"), in_html, in_html.replace("'", "\\u0027"), large)


def _markup(value: str) -> Iterator[str]:
    """As HTML and XML have it: quotes by name, by number, or as they are."""
    bare = html.escape(value, quote=False)
    yield bare
    for double in ('"', "&quot;", "&#34;"):
        for single in ("'", "&#x27;", "&#39;", "&apos;"):
            yield bare.replace('"', double).replace("'", single)


def _shell(value: str) -> Iterator[str]:
    """As shells print it: in single quotes, in double quotes, with backslashes."""
    yield shlex.quote(value)[1:-1] if shlex.quote(value) != value else value
    yield value.replace("'", "'\\''")
    yield re.sub(r'([\\"$`])', r"\\\1", value)
    yield re.sub(r"([^\w@%+=:,./-])", r"\\\1", value)
