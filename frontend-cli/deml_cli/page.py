"""The built page with a profile's settings: served on loopback, or written out to be hosted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final, Self

from deml.base.types import Address
from deml_cli.config import DEVNET, Config, devnet_description, image_contracts
from deml_sdk.marketplace import Settings
from deml_sdk.roles.several import applications

SETTINGS_FILE: Final = "settings.json"

_TYPES: Final = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
}


def page_settings(config: Config, relay_url: str | None, project_id: str) -> dict[str, Any]:
    """Settings as the page reads them, of a profile.

    Raises
    ------
    NotConfigured
        If the profile does not say where the market is.
    BadSetting
        If a devnet's description of itself cannot be read.
    """
    config.require("app_address")
    first, *further = applications(config).items()
    devnet = devnet_description() if config.profile == DEVNET else {}
    gateways = [one.strip() for one in (config.get("ipfs_gateways") or "").split(",") if one.strip()]
    if gateway := devnet.get("gateway_url"):
        gateways.insert(0, str(gateway))
    wallet_connect = {"projectId": project_id, **({"relayUrl": relay_url} if relay_url else {})}
    return {
        "chainId": int(config.require("chain_id")),
        "chainName": "Devnet" if config.profile == DEVNET else config.profile,
        "rpcUrl": config.require("rpc_url"),
        **_application(*first),
        **({"applications": [_application(*one) for one in further]} if further else {}),
        "erc20Portal": config.require("erc20_portal"),
        "token": config.require("token"),
        "contracts": image_contracts(config),
        "gateways": gateways,
        **({"ipfsUrl": ipfs} if (ipfs := str(devnet.get("ipfs_url", ""))) else {}),
        "walletConnect": wallet_connect,
    }


def _application(app: Address, settings: Settings) -> dict[str, str]:
    """Where an Application is, and the node that runs it."""
    node_url = settings.require("node_url")
    inspect_url = settings.get("inspect_url") or node_url.removesuffix("/rpc") + "/inspect"
    return {"appAddress": app, "nodeUrl": node_url, "inspectUrl": inspect_url}


def export_page(folder: Path, target: Path, settings: Mapping[str, Any]) -> None:
    """Copy the page and write its settings beside it."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    (target / SETTINGS_FILE).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


class PageServer:
    """Serves the page on the loopback interface.

    Parameters
    ----------
    folder
        The built page.
    settings
        What it finds as ``settings.json``.
    port
        Where to listen; 0 for any free port.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], port: int) -> None:
        handler = partial(_Handler, json.dumps(settings).encode(), directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._ended = Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def wait(self) -> None:
        """Return when the server has ended."""
        self._ended.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._ended.set()


class _Handler(SimpleHTTPRequestHandler):
    """Files of the page, its settings, and headers that keep others from framing it or guessing types."""

    def __init__(self, settings: bytes, *arguments: Any, **named: Any) -> None:
        self._settings = settings
        self.extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != f"/{SETTINGS_FILE}":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self._settings)))
        self.end_headers()
        self.wfile.write(self._settings)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file; a reader that goes away in the middle, as a stopped worker does, has had enough of it."""
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            self.close_connection = True

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002
        """List nothing."""
        self.send_error(404)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: what a person looks at is nobody's business."""
