"""The rules hold for every module that is ours."""

from __future__ import annotations

from tests.architecture.rules import ROOT, SOURCES, module_name, offences

MODULES = sorted((path, source) for source in SOURCES for path in source.rglob("*.py"))


def test_sources_are_found():
    assert len(MODULES) > 30


def test_every_module_keeps_to_its_layer():
    found = []
    for path, source in MODULES:
        mine = offences(path.read_text(), module_name(path, source), is_package=path.name == "__init__.py")
        found += [f"{path.relative_to(ROOT)}:{one.line}: {one.text}" for one in mine]
    assert not found, "\n".join(found)
