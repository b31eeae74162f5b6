"""The proxy's configuration in a real nginx: TLS, CORS, and bounds on what strangers may ask of the node."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.devnet.live_chain import eventually
from tests.support.fake_services import Services, serving

TEMPLATE = Path(__file__).parents[3] / "docker/compose/nginx/market.conf.template"
ORIGIN = "https://page.example"

pytestmark = pytest.mark.operator


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "market")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, encryption_algorithm=serialization.NoEncryption())
    )
    return paths


class Proxy:
    """A running nginx before a server that answers for the node."""

    def __init__(self, http: int, https: int, ca: Path, behind: Services) -> None:
        self.plain, self.url, self._ca, self.behind = (
            f"http://127.0.0.1:{http}",
            f"https://127.0.0.1:{https}",
            ca,
            behind,
        )

    def ask(self, verb: str, path: str, body: bytes = b"", origin: str | None = None) -> requests.Response:
        headers = {"Content-Type": "application/json", **({"Origin": origin} if origin else {})}
        return requests.request(
            verb, self.url + path, data=body, headers=headers, verify=str(self._ca), timeout=10, allow_redirects=False
        )


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    binary = shutil.which("nginx")
    assert binary is not None
    shown, key = certificate(tmp_path)
    with serving() as behind, anywhere() as one, anywhere() as other:
        http, https = one.getsockname()[1], other.getsockname()[1]
        behind.pages["POST", "/rpc"] = lambda body: (200, b"rpc " + body[:9])
        behind.pages["POST", "/inspect/market"] = lambda _: (200, b"answer")
        place = behind.url.removeprefix("http://")
        values = {
            "MARKET_HOST": "127.0.0.1",
            "WEB_ORIGIN": ORIGIN,
            "JSONRPC": place,
            "INSPECT": place,
            "HTTP_PORT": str(http),
            "HTTPS_PORT": str(https),
            "TLS_CERTIFICATE": str(shown),
            "TLS_KEY": str(key),
        }
        text = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], TEMPLATE.read_text())
        (tmp_path / "market.conf").write_text(text)
        folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy"))
        worker = "user root; " if os.geteuid() == 0 else ""
        whole = f"{worker}daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        whole += f"http {{ access_log off; {folders} include {tmp_path}/market.conf; }}\n"
        (tmp_path / "nginx.conf").write_text(whole)
        command = [binary, "-e", f"{tmp_path}/error.log", "-c", f"{tmp_path}/nginx.conf"]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        # nginx takes sockets over from the one before it, so it may have ours; nobody can take their ports meanwhile.
        given = (one.fileno(), other.fileno())
        environment = {**os.environ, "NGINX": "".join(f"{number};" for number in given)}
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, pass_fds=given, env=environment) as running:
            found = Proxy(http, https, shown, behind)
            try:
                eventually(lambda: _answers(found), "nginx answers")
                yield found
            finally:
                running.terminate()
                running.wait(30)


def anywhere() -> socket.socket:
    """A socket that listens on all addresses, as the template has it, at a port that was free."""
    return socket.create_server(("", 0))


def _answers(proxy: Proxy) -> bool:
    try:
        return requests.get(f"{proxy.plain}/healthz", timeout=5).status_code == 204
    except requests.ConnectionError:
        return False


def test_the_node_is_reached_by_tls_and_its_other_paths_are_not(proxy: Proxy):
    assert proxy.ask("POST", "/rpc", b'{"json"').content == b'rpc {"json"'
    assert proxy.ask("POST", "/inspect/market", b"jobs").content == b"answer"
    moved = requests.post(f"{proxy.plain}/rpc", data=b"{}", timeout=10, allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, "https://127.0.0.1/rpc")
    before = len(proxy.behind.requests)
    assert [proxy.ask("POST", path).status_code for path in ("/", "/livez", "/metrics", "/rpc/x")] == [404] * 4
    assert [proxy.ask(verb, "/rpc").status_code for verb in ("GET", "PUT", "DELETE")] == [405] * 3
    assert len(proxy.behind.requests) == before


def test_the_page_may_ask_from_a_browser_and_other_pages_may_not(proxy: Proxy):
    for path in ("/rpc", "/inspect/market"):
        before = len(proxy.behind.requests)
        asked = proxy.ask("OPTIONS", path, origin=ORIGIN)
        assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
        assert asked.headers["Access-Control-Allow-Headers"] == "content-type"
        assert len(proxy.behind.requests) == before
        assert proxy.ask("POST", path, b"x", ORIGIN).headers["Access-Control-Allow-Origin"] == ORIGIN
        for other in ("https://evil.example", "https://page.example.evil", "null", None):
            assert "Access-Control-Allow-Origin" not in proxy.ask("POST", path, b"x", other).headers


def test_a_large_body_does_not_reach_the_node(proxy: Proxy):
    before = len(proxy.behind.requests)
    assert proxy.ask("POST", "/rpc", b" " * (256 * 1024 + 1)).status_code == 413
    assert proxy.ask("POST", "/inspect/market", b" " * 4097).status_code == 413
    assert len(proxy.behind.requests) == before
    assert proxy.ask("POST", "/rpc", b" " * (256 * 1024)).status_code == 200


def test_a_flood_is_cut_off_and_says_so(proxy: Proxy):
    statuses = [proxy.ask("POST", "/inspect/market", b"jobs").status_code for _ in range(80)]
    assert statuses[0] == 200
    assert set(statuses) == {200, 429}
    assert len([one for one in proxy.behind.requests if one[1] == "/inspect/market"]) == statuses.count(200)


def test_what_goes_wrong_still_tells_a_browser_whose_page_may_read_it(proxy: Proxy):
    refused = proxy.ask("POST", "/rpc", b" " * (256 * 1024 + 1), ORIGIN)
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (413, ORIGIN)
