"""Container engines: for trainers that come as an image."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deml_learn.sandbox.cgroups import Usage
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.seam import OUT, Confined, Outcome
from deml_learn.sandbox.supervise import supervise

ENGINES: Final = ("podman", "docker")
_ANSWER_SECONDS: Final = 20.0

_NOBODY: Final = 65_534
"""Who an image's program is, where root runs it; anybody else it runs for, who then owns what it leaves."""


def find_engine() -> Containers:
    """Find an engine that answers: a client without one is of no use.

    Raises
    ------
    NoSandbox
    """
    for name in ENGINES:
        path = shutil.which(name)
        if path is not None and _answers(path):
            return Containers(path)
    raise NoSandbox(
        "this trainer is a container image, and neither podman nor docker answers",
        "Install podman, or start docker ('docker info' shows whether it answers)",
    )


def _answers(engine: str) -> bool:
    try:
        asked = subprocess.run(  # noqa: S603 - a program found on the user's PATH
            [engine, "info"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


@dataclass(frozen=True, slots=True)
class _Container:
    """A running container; the engine counts what it uses."""

    engine: str
    container: str
    prefix: tuple[str, ...] = ()

    def usage(self) -> Usage:
        return Usage()

    def kill(self, _spare: int = 0, /) -> None:
        """Remove the container with all that runs in it."""
        subprocess.run(  # noqa: S603 - likewise
            [self.engine, "rm", "--force", self.container],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


@dataclass(frozen=True, slots=True)
class Containers:
    """Programs in containers without network, privileges or a writable file system."""

    engine: str

    @property
    def name(self) -> str:
        """What it is."""
        return os.path.basename(self.engine)

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> Outcome:
        """Run an image to its end, or stop it at a limit."""
        container = f"deml-{os.getpid()}-{time.monotonic_ns()}"
        if os.getuid() == 0:
            os.chown(confined.out, _NOBODY, _NOBODY)
        group = _Container(self.engine, container)
        return supervise(self.command(confined, container), confined.out, confined.limits, group, on_line)

    def command(self, confined: Confined, container: str) -> tuple[str, ...]:
        """Command that runs it under the name `container`.

        Raises
        ------
        NoSandbox
            If it is no image.
        """
        if confined.image is None:
            raise NoSandbox("containers run images, and this is a program of this machine", "Install bubblewrap")
        limits = confined.limits
        volumes = (f"{one.source}:{one.target}:ro" for one in confined.mounts)
        return (
            *(self.engine, "run", "--rm", "--name", container, "--network", "none", "--read-only"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ipc", "private"),
            *("--user", f"{os.getuid() or _NOBODY}:{os.getgid() or _NOBODY}"),
            *(("--userns", "keep-id") if self.name == "podman" and os.getuid() else ()),
            *("--pids-limit", str(limits.processes), "--memory", str(limits.memory_bytes)),
            *("--memory-swap", str(limits.memory_bytes), "--ulimit", f"cpu={limits.cpu_seconds}"),
            *("--ulimit", f"fsize={limits.file_bytes}", "--ulimit", "core=0"),
            *("--tmpfs", f"/tmp:rw,nosuid,nodev,size={limits.scratch_bytes}"),  # noqa: S108 - the container's own
            *(word for one in volumes for word in ("--volume", one)),
            *("--volume", f"{confined.out}:{OUT}:rw", "--workdir", OUT),
            *(word for name, value in confined.environment for word in ("--env", f"{name}={value}")),
            *(confined.image, *confined.argv),
        )
