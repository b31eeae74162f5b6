"""`deml web`: serve the marketplace's page on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.errors import NoCheckout

DIST: Final = Path(__file__).resolve().parents[3] / "web" / "dist"
"""What `make web-build` writes: static files, nothing else."""

app = group("The marketplace in a browser.")


@command(app, "web", examples=("deml web", "deml web --port 8080", "deml web --export site/"))
def web(
    session: Session,
    port: Annotated[int, typer.Option(help="Port to serve at; 0 for any free one.", min=0, max=65_535)] = 8_088,
    folder: Annotated[Path, typer.Option("--page", help="The built page.")] = DIST,
    export: Annotated[
        Path | None, typer.Option(help="Copy the page with this profile's settings to a folder for hosting, and exit.")
    ] = None,
    relay_url: Annotated[
        str | None,
        typer.Option(envvar="DEML_WALLETCONNECT_RELAY", help="Relay for wallets on a phone. [the public one]"),
    ] = None,
    project_id: Annotated[
        str,
        typer.Option(envvar="DEML_WALLETCONNECT_PROJECT", help="WalletConnect project id; public relays require one."),
    ] = "",
) -> None:
    """Serve the page on this machine only, with the profile's settings, until Ctrl-C.

    The page consists of static files and talks directly to chain, node and gateways; this only serves the files.
    """
    from deml_cli.page import PageServer, export_page, page_settings

    if not (folder / "index.html").is_file():
        raise NoCheckout("web/dist", str(folder))
    settings = page_settings(session.config, relay_url, project_id)
    if export is not None:
        export_page(folder, export, settings)
        session.render.say(f"Wrote the page to {export}. Any web server, or IPFS, can host it as it is.")
        session.render.emit({"folder": export, "settings": settings})
        return
    with PageServer(folder, settings, port) as server:
        session.render.say(f"The marketplace is at {server.url}  (Ctrl-C ends it)")
        session.render.emit_line({"url": server.url})
        try:
            server.wait()
        except KeyboardInterrupt:
            session.render.note("Stopped.")
