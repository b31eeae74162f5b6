"""The dapp process: one at a time, started, asked and ended by the node."""

from __future__ import annotations

import subprocess
from pathlib import Path
from threading import Lock, Thread

from deml_devnet.node.config import NodeConfig
from deml_devnet.node.guest import Guest
from deml_devnet.node.rollup_http import RollupServer
from deml_devnet.processes import Service


class Dapp:
    """Runs the dapp against a `RollupServer`. Its state is in its memory, so a new process knows nothing."""

    def __init__(self, config: NodeConfig, server: RollupServer) -> None:
        self._config = config
        self._server = server
        self._service = Service("dapp", Path(config.run_folder), Path(config.log_folder) / "dapp.log")
        self._guest: Guest | None = None
        self._lock = Lock()

    def start(self) -> Guest:
        """Start a process and wait until it is ready; end any other, one left behind by a killed node included.

        Raises
        ------
        DappGone, DappTimedOut
        """
        with self._lock:
            self._end("it is being restarted")
            url, guest = self._server.open()
            environment = {**self._config.dapp_environment, "ROLLUP_HTTP_SERVER_URL": url}
            process = self._service.start(self._config.dapp_command, environment)
            Thread(target=_watch, args=(process, guest), daemon=True).start()
            self._guest = guest
        guest.wait_until_ready(self._config.start_seconds)
        return guest

    def stop(self, reason: str) -> None:
        """End the process at once: it has nothing to save."""
        with self._lock:
            self._end(reason)

    def last_words(self) -> str:
        """Last line that it wrote."""
        return self._service.last_words()

    def _end(self, reason: str) -> None:
        if self._guest is not None:
            self._server.close(self._guest, reason)
            self._guest = None
        self._service.kill()


def _watch(process: subprocess.Popen[bytes], guest: Guest) -> None:
    code = process.wait()
    guest.abandon(f"exit code {code}" if code >= 0 else f"killed by signal {-code}")
