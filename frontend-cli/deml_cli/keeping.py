"""What is kept where, as people see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deml_cli.exit_codes import ExitCode
from deml_cli.render import Render
from deml_sdk.ipfs.keeping import KEPT, KeptFile, KeptState
from deml_sdk.ipfs.places import NODE

NOT_STATED: Final = "not stated"

_CODES: Final = {
    ExitCode.REFUSED: (KeptState.FAILED,),
    ExitCode.UNAVAILABLE: (KeptState.AWAY,),
    ExitCode.FAILED: (KeptState.MISSING, KeptState.WITHHELD),
    ExitCode.TIMED_OUT: (KeptState.PINNING, KeptState.QUEUED),
}
"""Exit codes by what is lacking; the first that fits counts."""


def keep_exit_code(found: Sequence[KeptFile]) -> ExitCode:
    """Exit code for what is kept where."""
    states = {one.state for one in found}
    return next((code for code, lacking in _CODES.items() if states.intersection(lacking)), ExitCode.OK)


def show_kept(render: Render, found: Sequence[KeptFile], places: Sequence[str]) -> None:
    """Show a table of files and places, what services state about each file, and what is wrong."""
    states = {(one.what, one.cid, one.place): one.state.value for one in found}
    files = list(dict.fromkeys((one.what, one.cid) for one in found))
    rows = [(what, cid, *(states[what, cid, place] for place in places)) for what, cid in files]
    render.table("What is kept where", ("file", "cid", *places), rows)
    stated = [
        (one.what, one.place, one.expires or NOT_STATED, one.cost or NOT_STATED)
        for one in found
        if one.place != NODE and one.state in KEPT
    ]
    if stated:
        render.table("What services state", ("file", "at", "expires", "cost"), stated)
    for one in found:
        if one.piece is not None:
            render.say(f"{one.what} at {one.place}: {one.piece.told}")
    for one in found:
        if one.state not in KEPT and one.details:
            render.say(f"{one.what} at {one.place}: {one.state}: {one.details}", "yellow")
