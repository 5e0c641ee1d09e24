"""The registry behind the TLS proxy of docs/how-to/run-behind-a-proxy.md: that very configuration, and real clients."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from andon.testing.waiting import awaited
from andon.tools.delivery.adapters.router_haproxy import find_haproxy

from .conftest import Serve, Served
from .layouts import write_base
from .test_peers import call

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "run-behind-a-proxy.md"
pytestmark = [
    pytest.mark.skopeo,
    pytest.mark.skipif(shutil.which("skopeo") is None, reason="LOUD: skopeo is not installed"),
]


def write_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, for a year of this clock; beside it ca.crt, which vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)  # noqa: TID251  (programs outside of the test compare it with their own clock)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    folder.mkdir()
    (folder / "ca.crt").write_bytes(made)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "both.pem").write_bytes(made + key.private_bytes(serialization.Encoding.PEM, *form))
    return folder


@pytest.fixture
def proxied(serve: Serve, tmp_path: Path) -> Iterator[Served]:
    """A registry whose address is that of HAProxy in front of it."""
    certificates = write_certificate(tmp_path / "certificates")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    registry = serve(public_url=f"https://127.0.0.1:{port}")
    found = re.search(r"```haproxy\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert found is not None
    config = (
        found[1]
        .replace("bind :443", f"bind 127.0.0.1:{port}")
        .replace("/etc/haproxy/andon.example.pem", str(certificates / "both.pem"))
        .replace("127.0.0.1:8600", registry.host)
    )
    (tmp_path / "haproxy.cfg").write_text(config)
    program = find_haproxy("/usr/bin")
    with subprocess.Popen([program, "-f", tmp_path / "haproxy.cfg"], stderr=subprocess.DEVNULL) as running:
        try:
            awaited(lambda: _answers(port), timedelta(seconds=30), what="HAProxy to listen")
            registry.url = f"https://127.0.0.1:{port}"
            yield registry
        finally:
            running.terminate()


def _answers(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False


def test_skopeo_logs_in_and_copies_through_the_proxy(proxied: Served, tmp_path: Path) -> None:
    """Login, push and pull, all over TLS: the realm is the public address."""
    host = proxied.url.removeprefix("https://")
    trust, kept = f"--cert-dir={tmp_path / 'certificates'}", f"--authfile={tmp_path / 'auth.json'}"
    call("skopeo", "login", trust, kept, "--username=me", f"--password={proxied.token('push:base')}", host)
    source, image = f"oci:{write_base(tmp_path / 'base')}", f"docker://{host}/base:1"
    call("skopeo", "copy", kept, trust.replace("--cert", "--dest-cert"), source, image)
    target = tmp_path / "copied"
    call("skopeo", "copy", kept, trust.replace("--cert", "--src-cert"), image, f"oci:{target}:x")
    assert (target / "index.json").is_file()
