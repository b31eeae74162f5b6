"""The sandbox of this machine."""

from __future__ import annotations

import sys
from functools import cache

from deml_learn.sandbox.bubblewrap import Bubblewrap
from deml_learn.sandbox.bwrap import find_bubblewrap
from deml_learn.sandbox.cgroups import find_groups
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.interface import Sandbox
from deml_learn.sandbox.selftest import require_tight


@cache
def find_sandbox() -> Sandbox:
    """Find a sandbox, and use it only if it passes its self-test.

    Raises
    ------
    NoSandbox, SandboxLeaks
    """
    sandbox = untested_sandbox()
    require_tight(sandbox)
    return sandbox


def untested_sandbox() -> Sandbox:
    """Find a sandbox.

    Raises
    ------
    NoSandbox
    """
    if sys.platform != "linux":
        raise NoSandbox(
            f"bubblewrap needs Linux, and this is {sys.platform}", "Train on Linux, or in a virtual machine with it"
        )
    return Bubblewrap(find_bubblewrap(), find_groups())
