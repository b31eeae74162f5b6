"""``python3 -m deml``: connect the dapp to the rollup server and serve."""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Final

from deml.base.errors import DemlError
from deml.shell.application import Application
from deml.shell.deployment import deployment_from
from deml.shell.http import HttpBackend
from deml.shell.loop import serve
from deml.wire.warm_up import warm_up

DEFAULT_URL: Final = "http://127.0.0.1:5004"
"""Where the guest tools' server listens."""

_log = logging.getLogger("deml")


def main() -> int:
    """Serve until the process is ended; return the exit code for what ended it."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        application = Application(deployment_from(os.environ))
        warm_up()
        url = os.environ.get("ROLLUP_HTTP_SERVER_URL", DEFAULT_URL)
        _log.info("ready; asking %s for inputs", url)
        serve(HttpBackend(url, time.sleep), application, time.perf_counter)
    except DemlError as error:
        _log.error("%s: %s %s", error.code(), error, error.advice())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
