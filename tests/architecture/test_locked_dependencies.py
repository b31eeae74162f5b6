"""What is installed is fixed to hashes, the same everywhere, and names no place to get it from."""

from __future__ import annotations

import json
import re

from tests.architecture.rules import ROOT

PIN = re.compile(r"^([a-z0-9._-]+)==([^ ]+)(?: ; ([^\\]+))?((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def pins(name: str) -> dict[str, set[tuple[str, str]]]:
    """Versions and hashes by package; a package may be pinned once for each Python version."""
    found: dict[str, set[tuple[str, str]]] = {}
    for package, version, _, hashes in PIN.findall((ROOT / name).read_text()):
        found.setdefault(package, set()).add((version, " ".join(sorted(re.findall("sha256:[0-9a-f]+", hashes)))))
    return found


def test_every_requirement_is_pinned_with_hashes():
    for name in ("requirements.lock", "tests/flower/requirements.lock", "docker/requirements.txt"):
        lines = (ROOT / name).read_text().splitlines()
        named = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert len(named) == sum(map(len, pins(name).values())) > 0


def test_the_image_has_the_versions_that_the_tests_run_with():
    locked = pins("requirements.lock")
    for package, versions in pins("docker/requirements.txt").items():
        assert versions <= locked[package], package


def test_locks_name_no_registry():
    assert "://" not in (ROOT / "requirements.lock").read_text()
    assert "://" not in (ROOT / "docker/requirements.txt").read_text()
    assert "://" not in (ROOT / "tests/flower/requirements.lock").read_text()
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert "integrity" in package or name == "", name
