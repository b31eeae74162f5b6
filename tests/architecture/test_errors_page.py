"""Errors are an API: documented completely, in sentences; the dapp says what happened, its clients what to do."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from string import Formatter

from deml.base.names import camel
from deml_cli.advice import WORDS
from deml_sdk.advice import ADVICE
from docs.generate_errors import PAGE, leaves, page, remedy

DAPP = Path(__file__).parents[2] / "dapp" / "deml"
LEAVES = leaves()
OF_THE_DAPP = [leaf for leaf in LEAVES if leaf.__module__.startswith("deml.") and not leaf.fix]


def names(text: str) -> set[str]:
    """Values that a text stands for: of `{reason.code}` it is `reason`."""
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_page_is_what_the_classes_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run 'make errors'"


def test_every_error_explains_itself():
    for leaf in LEAVES:
        assert is_dataclass(leaf), leaf
        assert "__init__" in vars(leaf), f"{leaf} is not decorated as a dataclass"
        known = {field.name for field in fields(leaf)}
        assert leaf.what.strip() == leaf.what != "", leaf
        assert names(leaf.what) <= known, leaf
        assert leaf.fix.strip() == leaf.fix, leaf
        assert names(leaf.fix) <= known, leaf
        assert remedy(leaf).endswith((".", "?")), leaf


def test_the_dapp_leaves_advice_to_its_clients():
    """Words changed in the dapp are another machine: put what to do into ADVICE, and commands of deml into WORDS."""
    theirs = [leaf.__name__ for leaf in LEAVES if leaf.fix and re.match(r"deml\.(?!shell|__main__)", leaf.__module__)]
    assert not theirs, f"move the advice of {theirs} to deml_sdk/advice.py"
    assert set(ADVICE) == {leaf.code() for leaf in OF_THE_DAPP}
    assert set(WORDS) <= set(ADVICE)
    for leaf in OF_THE_DAPP:
        known = {camel(field.name) for field in fields(leaf)}
        for table in (ADVICE, WORDS):
            assert names(table.get(leaf.code(), "")) <= known, leaf


def test_the_dapp_quotes_no_command_and_the_sdks_table_neither():
    command = re.compile(r"['`\"]deml(?: [a-z]|['`\"](?!\)))")
    for path in sorted(DAPP.rglob("*.py")):
        found = command.search(path.read_text(encoding="utf-8").replace("``python3 -m deml``", ""))
        assert found is None, f"{path} names a command: {found}"
    assert not [code for code, text in ADVICE.items() if command.search(text)]
