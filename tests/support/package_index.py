"""A package index on loopback (PEP 503), the smallest wheels there can be, and wheels of what is installed here."""

from __future__ import annotations

import threading
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from io import BytesIO

Wheels = dict[str, bytes]
"""Contents by file name."""


def small_wheel(name: str, version: str, source: str) -> Wheels:
    """A wheel of one module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": source.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return {f"{name}-{version}-py3-none-any.whl": _packed(files, info)}


def installed_wheel(name: str) -> Wheels:
    """The package of this environment as a wheel again, for the same kind of machine."""
    found = distribution(name)
    parts = [one for one in found.files or () if ".." not in one.parts and one.suffix != ".pyc"]
    info = next(one.parts[0] for one in parts if one.name == "WHEEL")
    files = {str(one): one.read_binary() for one in parts if one.name not in ("RECORD", "INSTALLER", "REQUESTED")}
    tags = [line[5:].split("-") for line in files[f"{info}/WHEEL"].decode().splitlines() if line.startswith("Tag: ")]
    tag = "-".join(".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))
    return {f"{name}-{found.version}-{tag}.whl": _packed(files, info)}


def digest(wheels: Wheels) -> str:
    """The hash of the only one, as pip is told it."""
    ((_, content),) = wheels.items()
    return f"sha256:{sha256(content).hexdigest()}"


@contextmanager
def package_index(wheels: Wheels) -> Iterator[str]:
    """Serve wheels; gives the address for ``PIP_INDEX_URL``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = self.path.strip("/").split("/")
            if place[0] == "simple" and len(place) == 2:
                names = [one for one in wheels if one.split("-")[0].replace("_", "-") == place[1]]
                links = (f'<a href="/files/{one}#sha256={sha256(wheels[one]).hexdigest()}">{one}</a>' for one in names)
                self._answer("".join(links).encode(), "text/html", found=bool(names))
            else:
                self._answer(wheels.get(place[-1], b""), "application/octet-stream", found=place[-1] in wheels)

        def _answer(self, content: bytes, kind: str, *, found: bool) -> None:
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _packed(files: dict[str, bytes], info: str) -> bytes:
    lines = [
        f"{path},sha256={urlsafe_b64encode(sha256(content).digest()).rstrip(b'=').decode()},{len(content)}"
        for path, content in files.items()
    ]
    record = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(path, content)
    return made.getvalue()
