"""Trainers that are one Python file: what its first lines say it needs (PEP 723, "Inline script metadata")."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from deml_learn.trainers.errors import BadScript, UnpinnedDependency

MAX_SCRIPT_BYTES: Final = 2**20
MAX_DEPENDENCIES: Final = 100

_BLOCK: Final = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""The expression that PEP 723 itself gives."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Pinned dependencies, sorted: the same for every script that needs the same."""

    dependencies: tuple[str, ...] = ()


def read_needs(content: bytes) -> Needs:
    """Read and check what a script says it needs.

    Raises
    ------
    BadScript, UnpinnedDependency
    """
    if len(content) > MAX_SCRIPT_BYTES:
        raise BadScript(f"it has more than {MAX_SCRIPT_BYTES:,} bytes")
    try:
        text = content.decode("utf-8")
        compile(text, "trainer.py", "exec", dont_inherit=True)
    except (ValueError, SyntaxError) as error:
        raise BadScript(f"it is not Python ({error})") from error
    values = _metadata(text)
    _require_python(values.get("requires-python", ""))
    dependencies = values.get("dependencies", [])
    if not isinstance(dependencies, list) or len(dependencies) > MAX_DEPENDENCIES:
        raise BadScript(f"its dependencies are not a list of at most {MAX_DEPENDENCIES}")
    return Needs(tuple(sorted(_pinned(one) for one in dependencies)))


def _metadata(text: str) -> dict[str, Any]:
    blocks = [one for one in _BLOCK.finditer(text) if one["type"] == "script"]
    if not blocks:
        return {}
    if len(blocks) > 1:
        raise BadScript("it has two blocks of script metadata")
    lines = (line[2:] if line.startswith("# ") else line[1:] for line in blocks[0]["content"].splitlines())
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise BadScript(f"its metadata is not TOML ({error})") from error


def _require_python(wanted: Any) -> None:
    running = ".".join(map(str, sys.version_info[:3]))
    try:
        fits = SpecifierSet(wanted).contains(running)
    except (InvalidSpecifier, AttributeError, TypeError) as error:
        raise BadScript("its requires-python cannot be read") from error
    if not fits:
        raise BadScript(f"it needs Python {wanted}, and this is {running}")


def _pinned(text: Any) -> str:
    try:
        wanted = Requirement(text)
    except (InvalidRequirement, TypeError) as error:
        raise BadScript(f"its dependency {text!r:.100} cannot be read") from error
    versions = [one for one in wanted.specifier if one.operator == "==" and not one.version.endswith("*")]
    if wanted.url is not None or len(wanted.specifier) != 1 or len(versions) != 1:
        raise UnpinnedDependency(f"{text!r:.100}")
    return str(wanted)
