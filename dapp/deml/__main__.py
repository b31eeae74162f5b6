"""``python3 -m deml``: connect the dapp to what delivers its inputs, and serve.

In the Cartesi Machine a parent process waits for the one that serves (`deml.shell.supervisor`), and imports none of it.
"""

from __future__ import annotations

import logging
import os
import sys

from deml.base.errors import DemlError
from deml.shell.channel import Channel, choose
from deml.shell.rescue import rescue
from deml.shell.supervisor import Ready, supervise

_log = logging.getLogger("deml")


def main() -> int:
    """Serve until the process is ended; return the exit code for what ended it."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        return start(choose(os.environ))
    except DemlError as error:
        _log.error("%s: %s %s", error.code(), error, error.advice())
        return 1
    except KeyboardInterrupt:
        return 130


def start(channel: Channel) -> int:
    """Serve what `channel` delivers; in the machine, from a child process.

    Raises
    ------
    LibcmtFailed, RescueFailed
        If that process died over an input, and rejecting it failed.
    """
    if not channel.in_machine:
        return serve(channel, lambda: None)
    return supervise(lambda ready: serve(channel, ready), lambda cause: rescue(channel, cause))


def serve(channel: Channel, ready: Ready) -> int:
    """Import the dapp, and run it."""
    from deml.shell.service import run

    return run(channel, ready)


if __name__ == "__main__":
    sys.exit(main())
