"""The rules hold for every module that is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, SOURCES, module_name, offences

MODULES = sorted((path, source) for source in SOURCES for path in source.rglob("*.py"))


def test_sources_are_found():
    assert len(MODULES) > 30


@pytest.mark.parametrize(("path", "source"), MODULES, ids=[str(path.relative_to(ROOT)) for path, _ in MODULES])
def test_module_keeps_to_its_layer(path: Path, source: Path):
    found = offences(path.read_text(), module_name(path, source), is_package=path.name == "__init__.py")
    assert [f"{path.relative_to(ROOT)}:{one.line}: {one.text}" for one in found] == []
