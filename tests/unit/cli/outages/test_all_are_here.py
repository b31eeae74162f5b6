"""No command is forgotten: each outlasts outages, and a test of this folder shows it; or it takes no time."""

from __future__ import annotations

from deml_cli.app import COMMANDS, load
from tests.unit.cli.outages.test_every_sender import CASES
from tests.unit.cli.test_cli_help import leaves

SENDING = {str(one) for one in CASES} | {"continue"}

WAITING = {
    *("watch", "notices", "exporter", "campaign run"),
    *("ipfs get", "ipfs add", "ipfs pin", "trainer publish", "job results", "deploy run"),
    *("train", "shrink", "model import", "privacy audit", "compute submit"),
}
"""Those that wait for others, move files, or work for minutes before they write.

With ``--module``, `compute submit` waits for Lilypad's program, which asks its own network and pays by its own key:
to start it again would be to pay again. If it ends, that is told, with what it said.
"""

ASKING = {
    *("market", "job list", "job show", "job leaderboard", "campaign show", "history", "earnings", "leaderboard"),
    *("vouchers", "wallet balance", "doctor", "score", "expand", "recover", "deploy plan", "deploy verify"),
    *("ipfs status", "ipfs keep", "ipfs unpin", "trainer lock"),
    *("compute render", "compute fetch", "compute verify"),
}
"""Those that ask, tell and end: nothing is lost where they cannot, and they are typed again."""

AT_HOME = {
    *(
        "job new",
        "campaign new",
        "data check",
        "model export",
        "model inspect",
        "cid",
        "car",
        "decode",
    ),
    *("trainer init", "trainer check", "wallet new", "wallet import", "wallet list", "wallet show"),
    *("ipfs login", "ipfs logout", "config show", "config set", "config path", "bench"),
}
"""Those that need no service; a disk that is full is their answer."""

DEVNET = {"web", "demo"}
"""What asks nobody who could fail; with them all of `devnet`, which is those services.

`web` serves files that are read when they are asked for: the page asks chain, node and gateways itself, in the browser.
`demo` starts chain, node and IPFS and is their only user: if one of them ends, the story it is to prove has failed.
"""


def test_every_command_outlasts_outages_or_is_short():
    commands = {" ".join(path) for name in COMMANDS for path, _ in leaves((name,), load(name))}
    apart = {one for one in commands if one.startswith(("devnet ", "encode "))}
    kinds = (SENDING, WAITING, ASKING, AT_HOME, DEVNET, apart)
    named = [one for kind in kinds for one in kind]
    assert sorted(named) == sorted(commands)
