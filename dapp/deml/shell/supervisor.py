"""A small parent that waits for the dapp's process, and outlives it.

In the machine, the end of the last process is a halt, and to the node that is the end of the Application. The parent
does nothing that could go wrong: it forks before the dapp is imported, and waits.
"""

from __future__ import annotations

import faulthandler
import logging
import mmap
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

_log = logging.getLogger("deml")

Ready = Callable[[], None]
"""To be called when the first input can be asked for."""

_FAILURE: Final = 1
_KILLED: Final = 128
"""Added to the number of a signal that ended a process, as shells do."""

_OOM_SCORE: Final = Path("/proc/self/oom_score_adj")


def supervise(work: Callable[[Ready], int], rescue: Callable[[str], None]) -> int:
    """Have a child process do `work`; if it ends once it was ready, whatever ended it, call `rescue`.

    Parameters
    ----------
    work
        Returns an exit code.
    rescue
        Is told how the child ended. In the machine it does not return.

    Returns
    -------
    int
        Exit code for this process: the child's, if it never was ready.

    Raises
    ------
    DemlError
        What `rescue` raises.
    """
    shared = mmap.mmap(-1, 1)  # One byte that both processes see.

    def ready() -> None:
        shared[0] = 1

    child = os.fork()
    if not child:
        _be_the_child(work, ready)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not shared[0]:
        return code if code >= 0 else _KILLED - code
    cause = f"its process ended with code {code}" if code >= 0 else f"its process was ended by signal {-code}"
    _log.error("BUG over an input or a query: %s", cause)
    rescue(cause)
    _log.error("the input was rejected, but not taken back: this is no Cartesi Machine")
    return _FAILURE


def _be_the_child(work: Callable[[Ready], int], ready: Ready) -> NoReturn:
    code = _FAILURE
    try:
        faulthandler.enable()  # A crash of the interpreter leaves a traceback, too.
        _be_the_one_to_kill()
        code = work(ready)
    except BaseException:  # noqa: BLE001 - nothing of it may go on in the parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _be_the_one_to_kill() -> None:
    """See to it that the kernel, where it has to kill a process for its memory, takes this one and not its parent."""
    if _OOM_SCORE.exists():
        _OOM_SCORE.write_text("1000", encoding="ascii")
