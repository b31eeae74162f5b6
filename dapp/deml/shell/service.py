"""The dapp's process: import everything, get ready, serve."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from deml.base.errors import DemlError
from deml.scoring.warm_up import warm_up as warm_up_scoring
from deml.shell.application import Application
from deml.shell.backend import Backend
from deml.shell.channel import Channel
from deml.shell.deployment import deployment_from
from deml.shell.http import HttpBackend
from deml.shell.libcmt import LibcmtBackend
from deml.shell.loop import serve
from deml.shell.memory import limit_memory, ram
from deml.wire.warm_up import warm_up as warm_up_wire

_log = logging.getLogger("deml")


def run(channel: Channel, ready: Callable[[], None]) -> int:
    """Serve until the process is ended; return the exit code for what ended it.

    Parameters
    ----------
    ready
        Called before the first input is asked for.
    """
    try:
        application = prepare()
        backend = open_channel(channel)
        _log.info("ready; asking %s for inputs", channel.name)
        if channel.in_machine:
            limit_memory(ram())
            _log.setLevel(logging.WARNING)  # A line on its console costs a third of a small input.
        ready()
        serve(backend, application, time.perf_counter)
    except DemlError as error:
        _log.error("%s: %s %s", error.code(), error, error.advice())
        return 1
    except KeyboardInterrupt:
        return 130


def prepare() -> Application:
    """Do all that needs no channel: what is left to fail in the machine is the machine.

    Raises
    ------
    BadDeployment
    """
    application = Application(deployment_from(os.environ))
    warm_up_wire()
    warm_up_scoring()
    return application


def open_channel(channel: Channel) -> Backend:
    """Open the backend that a channel stands for.

    Raises
    ------
    LibcmtFailed
        If the library cannot have the device.
    """
    if channel.library is not None:
        return LibcmtBackend(channel.library)
    return HttpBackend(channel.name, time.sleep)
