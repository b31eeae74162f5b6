"""The tests' tree is that of the packages, so that what tests a module is found without a search."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.rules import ROOT

UNIT = ROOT / "tests" / "unit"
PACKAGES = {
    "cli": "frontend-cli/deml_cli",
    "devnet": "devnet/deml_devnet",
    "learn": "sdk/deml_learn",
    "sdk": "sdk/deml_sdk",
    "web": "web/src/python",
}
"""All other folders are the dapp's."""

OF_NO_PACKAGE = {Path("cli/outages")}
"""Every command that lasts, through outages: a matter of all commands together."""


def test_every_folder_of_unit_tests_has_a_package():
    folders = {path.parent.relative_to(UNIT) for path in UNIT.rglob("test_*.py")} - OF_NO_PACKAGE
    assert len(folders) > 20
    strays = [str(one) for one in sorted(folders) if not exists(package(one))]
    assert not strays, f"of no package: {strays}"


def package(folder: Path) -> Path:
    first, *below = folder.parts
    return ROOT.joinpath(PACKAGES.get(first, f"dapp/deml/{first}"), *below)


def exists(package: Path) -> bool:
    """Whether it is a package, or a single module such as the dapp's ledger."""
    return package.is_dir() or package.with_suffix(".py").is_file()


def test_a_folder_that_is_no_packages_is_noticed():
    assert not exists(package(Path("sdk/sandbox")))
    assert exists(package(Path("learn/sandbox")))
    assert exists(package(Path("ledger")))
