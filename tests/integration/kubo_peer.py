"""Drives Kubo, built as a shared library (PyPI ``kubo-python``), offline: ``kubo_peer.py REPO`` reads commands as JSON.

Standard input is a list of ``["add", file]`` and ``["get", cid, destination]``; the last line of standard output is the
list of their results: a CID, and whether the file was found. A process of its own, because Go's runtime does not share.
"""

from __future__ import annotations

import ctypes
import json
import sys
from importlib.metadata import files
from pathlib import Path


def load() -> ctypes.CDLL:
    [library] = [file for file in files("kubo-python") or () if file.name == "libkubo_linux_x86_64.so"]
    kubo = ctypes.CDLL(str(library.locate()))
    kubo.AddFile.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_bool]
    kubo.AddFile.restype = ctypes.c_char_p
    kubo.Download.argtypes = [ctypes.c_char_p] * 3
    return kubo


def go_offline(repo: Path) -> None:
    path = repo / "config"
    config = json.loads(path.read_text())
    config["Bootstrap"] = []
    config["Addresses"]["Swarm"] = []
    config["Discovery"]["MDNS"]["Enabled"] = False
    config["Routing"]["Type"] = "none"
    path.write_text(json.dumps(config))


def main() -> None:
    kubo = load()
    repo = Path(sys.argv[1])
    if not (repo / "config").exists():
        kubo.CreateRepo(bytes(repo))
        go_offline(repo)
    results: list[str | bool] = []
    for command, *arguments in json.load(sys.stdin):
        encoded = [argument.encode() for argument in arguments]
        if command == "add":
            results.append(kubo.AddFile(bytes(repo), encoded[0], False).decode())
        else:
            results.append(kubo.Download(bytes(repo), *encoded) == 0)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
