"""The image's program as a compute network runs it: in the sandbox, without a network, its inputs mounted read-only.

No container engine is to be had in CI. What a container adds are the packages of ``docker/compute/packages.txt``, which
``make test-install`` installs by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deml_learn.sandbox.interface import OUT, Confined, Limits, Mount, Sandbox
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_sdk.compute.fetching import LIMITS
from deml_sdk.compute.rendering import COMMAND

ENOUGH = Limits(wall_seconds=120, cpu_seconds=120)


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code, its last words, and the files that it left."""

    exit_code: int
    words: str
    files: dict[str, bytes]
    names: tuple[str, ...]


def run_image(sandbox: Sandbox, argument: str, inputs: Path) -> Ended:
    """Run the image's entry point on an argument and a folder of inputs."""
    confined = Confined(
        argv=(interpreter(), *COMMAND[1:], argument),
        mounts=(*python_mounts(), Mount(inputs, "/inputs")),
        limits=ENOUGH,
        environment=(("DEML_OUTPUTS", OUT), *python_environment()),
        wanted=tuple(LIMITS),
    )
    done = sandbox.run(confined, lambda _line: None)
    left = {one.name: one.content for one in done.left if one.content is not None}
    return Ended(done.exit_code, done.last_words, left, tuple(one.name for one in done.left))
