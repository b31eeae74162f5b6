"""`deml exporter`: watch a market beside its node, and answer Prometheus."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from deml_cli.command import command, group
from deml_cli.config import image_contracts
from deml_cli.context import Session

app = group("Monitor a market, for its operators.")

PORT = 9464
"""Port of OpenTelemetry's exporters for Prometheus: free of Prometheus' own (9090) and of a node's (10000 to 10012)."""


@command(
    app,
    "exporter",
    examples=("deml exporter --profile market", "deml exporter --listen 0.0.0.0 --every 30", "deml exporter --once"),
)
def exporter(
    session: Session,
    port: Annotated[int, typer.Option(help="Port to serve at.", min=0, max=65_535)] = PORT,
    listen: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for other machines.")] = "127.0.0.1",
    every: Annotated[float, typer.Option(help="Seconds between looks.", min=0.1)] = 15.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, print the metrics and exit.")] = False,
) -> None:
    """Run the dapp on the chain's own inputs, compare node and claims with it, and export metrics as OpenMetrics.

    Inputs come from the InputBox's events, up to the finalised block, and not from the node. No outage ends it: a
    service that is down has deml_up 0 and keeps its last metrics. It needs no wallet. Ctrl-C ends it.
    """
    from deml.base.config import Deployment
    from deml_sdk.operate.exposition import serve, text
    from deml_sdk.operate.monitor import Monitor

    client = session.client
    for needed in ("rpc_url", "node_url", "app_address"):
        session.config.require(needed)
    deployment = Deployment(**image_contracts(session.config))
    monitor = Monitor(lambda: client.chain, lambda: client.node, deployment, session.render)
    if once:
        figures = monitor.look()
        session.render.emit(figures)
        if not session.options.json:
            sys.stdout.write(text(figures).decode())
        return
    session.render.lose_output()
    server, thread = serve(lambda: monitor.figures, listen, port)
    session.render.say(f"Metrics are at http://{listen}:{server.server_port}/metrics  (Ctrl-C ends it)")
    session.render.emit_line({"port": server.server_port})
    try:
        while True:
            monitor.look()
            time.sleep(every)
    except KeyboardInterrupt:
        session.render.note("Stopped.")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
