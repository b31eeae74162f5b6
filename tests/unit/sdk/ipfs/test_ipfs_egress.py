"""Where gateways may be: public addresses only, by whatever name or form, unless a network is allowed."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deml.ipld import file_car, file_cid
from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs import web
from deml_sdk.ipfs.egress import ANYWHERE, EgressPolicy
from deml_sdk.ipfs.errors import BadNetwork, BadServiceUrl, PrivateAddress
from deml_sdk.ipfs.gateway import Gateway
from deml_sdk.ipfs.kubo import Kubo, public_multiaddress
from tests.support.ipfs_peers import LOOPBACK, Script, Send, answer, content_store, playing

PRIVATE = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)
PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")

DATA = b"hello world"
ROOT = file_cid(DATA)


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_that_are_not_public_are_refused(text: str):
    assert not EgressPolicy().permits(ipaddress.ip_address(text))
    assert ANYWHERE.permits(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_permitted(text: str):
    assert EgressPolicy().permits(ipaddress.ip_address(text))


def test_a_network_that_is_allowed_is_permitted_and_no_other():
    egress = EgressPolicy.parse("10.1.0.0/16, ::1")
    permitted = {
        text for text in ("10.1.2.3", "10.2.0.1", "::1", "127.0.0.1") if egress.permits(ipaddress.ip_address(text))
    }
    assert permitted == {"10.1.2.3", "::1"}
    assert egress.permits(ipaddress.ip_address("::ffff:10.1.2.3"))


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "300.1.1.1", "1.1.1.1/99"])
def test_what_is_no_network_is_refused(text: str):
    with pytest.raises(BadNetwork):
        EgressPolicy.parse(text)


def test_a_name_for_a_private_address_is_refused(tmp_path: Path):
    with pytest.raises(PrivateAddress, match="localhost"):
        Gateway("http://localhost:9", EgressPolicy()).block(ROOT)


def resolving(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Have every name lead to the addresses of one round after the other; return the names looked up."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        addresses = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(host)
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (one, port)) for family, one in zip(families, addresses, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:192.168.0.1"])
def test_a_public_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str):
    resolving(monkeypatch, [address])
    with pytest.raises(PrivateAddress, match=r"gateway\.example\.org"):
        Gateway("https://gateway.example.org", EgressPolicy()).block(ROOT)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, ["1.1.1.1", "127.0.0.1"])
    with pytest.raises(PrivateAddress):
        Gateway("https://gateway.example.org", EgressPolicy()).block(ROOT)


def test_dns_rebinding_changes_nothing_for_the_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The second look-up would lead elsewhere; the connection goes to the address that was checked."""

    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=file_car(DATA)))

    with playing(part) as script:
        port = script.url.rpartition(":")[2]
        asked = resolving(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        gateway = Gateway(f"http://gateway.example.org:{port}", LOOPBACK)
        assert content_store(tmp_path, gateway).fetch(ROOT, 100) == DATA
    assert asked == ["gateway.example.org"]


def test_an_own_node_may_be_anywhere():
    with pytest.raises(ServiceUnreachable):
        Kubo("http://127.0.0.1:9/api/v0").check()


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "example.org", "http://", "http://u:p@example.org", "http://x:99999"]
)
def test_addresses_that_are_no_service_are_refused(url: str):
    with pytest.raises(BadServiceUrl) as caught:
        Gateway(url, EgressPolicy())
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("/ip4/1.1.1.1/tcp/4001/p2p/12D3", True),
        ("/dnsaddr/pins.example.org", True),
        ("/ip6/2606:4700::1/udp/4001/quic-v1", True),
        ("/ip4/127.0.0.1/tcp/4001", False),
        ("/ip4/192.168.0.7/udp/4001/quic-v1", False),
        ("/ip6/::1/tcp/4001", False),
        ("/unix/tmp/socket", False),
        ("/ip4/nonsense/tcp/1", False),
        ("", False),
    ],
)
def test_peers_are_looked_for_at_public_addresses(text: str, public: bool):
    assert public_multiaddress(text) is public


# TLS: the connection goes to a checked address, yet the certificate must be for the name.


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate that vouches for itself, for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class TlsServer:
    """Answers with a CAR over TLS, and notes which name it was called by."""

    def __init__(self, pem: Path) -> None:
        self.names: list[str | None] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(10)
            try:
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(answer(body=file_car(DATA)))
            except OSError:
                plain.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsServer]:
    pem = certificate(tmp_path, "gateway.example.org")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    web._tls.cache_clear()
    server = TlsServer(pem)
    yield server
    server.close()
    web._tls.cache_clear()


def test_tls_asks_for_the_name_and_accepts_its_certificate(
    tls: TlsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    resolving(monkeypatch, ["127.0.0.1"])
    gateway = Gateway(f"https://gateway.example.org:{tls.port}", LOOPBACK)
    assert content_store(tmp_path, gateway).fetch(ROOT, 100) == DATA
    assert tls.names == ["gateway.example.org"]


def test_tls_refuses_the_certificate_of_another_name(tls: TlsServer, monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, ["127.0.0.1"])
    with pytest.raises(ServiceUnreachable, match="certificate"):
        Gateway(f"https://other.example.org:{tls.port}", LOOPBACK).block(ROOT)
