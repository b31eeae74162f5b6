"""Trainers that are one Python file: what its first lines say it needs (PEP 723, "Inline script metadata").

They are a stranger's, and read by us before anything confines them: in one pass, and no more of them than is needed.
Whether the rest is Python at all is found out inside the sandbox.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deml_learn.trainers.errors import BadScript, UnhashedDependency, UnpinnedDependency
from deml_sdk.extras import needed_to
from deml_sdk.jobspec.reading import MAX_SCRIPT_BYTES

with needed_to("read what a script needs"):
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version

MAX_METADATA_BYTES: Final = 2**16
"""A hundred packages with eight files each."""

MAX_DEPENDENCIES: Final = 100
MAX_HASHES: Final = 200
"""Files of one version of one package, for every kind of machine and Python."""

MAX_WORDS: Final = 200
"""Longest text of a dependency or of the Python that is wanted."""

_OPENS: Final = re.compile(r"# /// ([a-zA-Z0-9-]+)")
_CLOSES: Final = "# ///"
_HASH: Final = re.compile(r"sha256:[0-9a-f]{64}")
_NAMED: Final = re.compile(r"[A-Za-z0-9]")
_PIN: Final = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ ]*==[ ]*([A-Za-z0-9.!+_-]+)", re.ASCII)
"""A name and one version, with nothing that could mean more to pip: no extras, markers or addresses."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Pinned dependencies, sorted, and the hashes of the files that each may be installed from."""

    dependencies: tuple[str, ...] = ()
    hashes: tuple[tuple[str, ...], ...] = ()

    @property
    def requirements(self) -> str:
        """The lines that pip takes with ``--require-hashes``: the same for every script that needs the same."""
        lines = (
            " ".join([one, *(f"--hash={found}" for found in hashes)])
            for one, hashes in zip(self.dependencies, self.hashes, strict=True)
        )
        return "".join(f"{line}\n" for line in lines)


def read_needs(content: bytes) -> Requirements:
    """Read and check what a script says it needs.

    Raises
    ------
    BadScript, UnpinnedDependency, UnhashedDependency
    """
    dependencies, known = read_pins(content)
    pairs = {one: _hashes(one, known) for one in dependencies}
    return Requirements(tuple(pairs), tuple(pairs.values()))


def read_pins(content: bytes) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """Read what a script pins, sorted, and the table of hashes as it stands there.

    Raises
    ------
    BadScript, UnpinnedDependency
    """
    values = _metadata(_text(content))
    _require_python(values.get("requires-python", ""))
    dependencies = values.get("dependencies", [])
    if not isinstance(dependencies, list) or len(dependencies) > MAX_DEPENDENCIES:
        raise BadScript(f"its dependencies are not a list of at most {MAX_DEPENDENCIES}")
    return tuple(sorted({_pinned(one) for one in dependencies})), _table(values, "tool", "deml", "hashes")


def script_blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Find the blocks of script metadata: where their first and last lines are. Each line is looked at once.

    A block lies in a run of comment lines, from its opening line to the last closing line of the run, as the
    expression that PEP 723 gives has it, which takes the square of a script's length for some scripts.
    """
    opened: int | None = None
    kind, closed = "", 0
    for number, line in enumerate([*lines, ""]):
        if line != "#" and not line.startswith("# "):
            if opened is not None and closed > opened + 1 and kind == "script":
                yield opened, closed
            opened = None
        elif opened is None:
            found = _OPENS.fullmatch(line)
            if found is not None:
                opened, kind, closed = number, found[1], 0
        elif line == _CLOSES:
            closed = number


def _text(content: bytes) -> str:
    if len(content) > MAX_SCRIPT_BYTES:
        raise BadScript(f"it has more than {MAX_SCRIPT_BYTES:,} bytes")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadScript(f"it is not text in UTF-8 (byte {error.start})") from error


def _metadata(text: str) -> Mapping[str, Any]:
    lines = text.split("\n")
    blocks = list(script_blocks(lines))
    if not blocks:
        return {}
    if len(blocks) > 1:
        raise BadScript("it has two blocks of script metadata")
    ((opened, closed),) = blocks
    told = "\n".join(line[2:] for line in lines[opened + 1 : closed])
    if len(told) > MAX_METADATA_BYTES:
        raise BadScript(f"its metadata has more than {MAX_METADATA_BYTES:,} characters")
    try:
        return tomllib.loads(told)
    except (ValueError, RecursionError) as error:
        raise BadScript("its metadata is not TOML") from error


def _table(values: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for name in path:
        found = values.get(name, {})
        if not isinstance(found, dict):
            raise BadScript(f"its {'.'.join(path)} is not a table")
        values = found
    return values


def _require_python(wanted: Any) -> None:
    running = ".".join(map(str, sys.version_info[:3]))
    if not isinstance(wanted, str) or len(wanted) > MAX_WORDS:
        raise BadScript("its requires-python cannot be read")
    try:
        fits = SpecifierSet(wanted).contains(running)
    except InvalidSpecifier as error:
        raise BadScript("its requires-python cannot be read") from error
    if not fits:
        raise BadScript(f"it needs Python {wanted}, and this is {running}")


def _pinned(text: Any) -> str:
    """Write a dependency anew as a name and a version: nothing else of it reaches pip."""
    if not isinstance(text, str) or len(text) > MAX_WORDS or not _NAMED.match(text):
        raise BadScript(f"its dependency {text!a:.100} cannot be read")
    found = _PIN.fullmatch(text)
    if found is None:
        raise UnpinnedDependency(f"{text!a:.100}")
    try:
        version = Version(found[2])
    except InvalidVersion as error:
        raise UnpinnedDependency(f"{text!a:.100}") from error
    return f"{canonicalize_name(found[1])}=={version}"


def _hashes(dependency: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    found = known.get(dependency)
    if not isinstance(found, list) or not 0 < len(found) <= MAX_HASHES:
        raise UnhashedDependency(dependency)
    if not all(isinstance(one, str) and _HASH.fullmatch(one) for one in found):
        raise BadScript(f"the hashes of {dependency} are not written as sha256: and 64 digits")
    return tuple(sorted({*found}))
