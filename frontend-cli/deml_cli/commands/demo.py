"""`deml demo`: the whole story on a devnet of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deml.base.errors import DemlError
from deml_cli.command import epilog, group
from deml_cli.exit_codes import exit_code
from deml_cli.render import Render

app = group("Play the whole story on a devnet.")


@app.command("demo", epilog=epilog(("deml demo", "deml demo --json demo.json")))
def demo(
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write every number to this file.")
    ] = None,
) -> None:
    """Watch three jobs on a local chain: honest clinics and cheats, a silent sponsor, a sponsor's puppet.

    Clients train in the sandbox that 'deml train' uses; without one, the demo says so and continues, because
    its trainer is DeML's own.

    Starts a chain with the Cartesi contracts, the dapp and a node of its own, and takes them down again. It fails
    unless every balance on chain is what the rules say.
    """
    from deml_devnet.demo.run import run

    render = Render(json_mode=False, yes=True)
    try:
        run(render.human, json)
    except DemlError as error:
        render.error(error)
        raise typer.Exit(exit_code(error)) from error
