"""``python3 -m deml``: connect the dapp to what delivers its inputs, and serve."""

from __future__ import annotations

import logging
import os
import sys
import time

from deml.base.errors import DemlError
from deml.shell.application import Application
from deml.shell.connect import connect
from deml.shell.deployment import deployment_from
from deml.shell.loop import serve
from deml.wire.warm_up import warm_up

_log = logging.getLogger("deml")


def main() -> int:
    """Serve until the process is ended; return the exit code for what ended it."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        application = Application(deployment_from(os.environ))
        warm_up()
        backend, name = connect(os.environ, time.sleep)
        _log.info("ready; asking %s for inputs", name)
        serve(backend, application, time.perf_counter)
    except DemlError as error:
        _log.error("%s: %s %s", error.code(), error, error.advice())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
