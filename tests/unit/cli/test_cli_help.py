"""Every command explains itself with examples that would parse, and takes the options all commands take."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from deml_cli.app import COMMANDS, load, root
from deml_cli.options import ANNOTATIONS

COMMON = {"--" + name.replace("_", "-") for name in ANNOTATIONS}


def leaves(path: tuple[str, ...], found: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    subcommands = getattr(found, "commands", None)
    if subcommands is None:
        yield path, found
        return
    for name, below in subcommands.items():
        yield from leaves((*path, name), below)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_common_options(name: str):
    if name == "demo":
        return  # it makes a devnet of its own, so there is nothing to connect to, and its --json names a file
    for path, found in leaves((name,), load(name)):
        options = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert options >= COMMON, path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_that_would_parse(name: str):
    for path, found in leaves((name,), load(name)):
        lines = [line.strip() for line in (found.epilog or "").splitlines() if line.startswith("  ")]
        calls = [shlex.split(part) for line in lines for part in line.split("|")]
        own = [words for words in calls if ("deml", *path) == tuple(words[: 1 + len(path)])]
        assert own, f"{path} has no example of itself"
        options = {option: parameter for parameter in found.params for option in parameter.opts}
        for words in own:
            assert [word for word in words if word.startswith("--") and word not in options] == [], words
            given = {options[word] for word in words if word in options}
            required = {one for one in found.params if one.required and one.param_type_name == "option"}
            assert required <= given, words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_its_help(name: str):
    for path, found in leaves((name,), load(name)):
        done = CliRunner().invoke(root, [*path, "--help"])
        assert done.exit_code == 0, done.output
        assert "Examples:" in done.stdout
        assert found.help.split()[0] in done.stdout
        assert [one.name for one in found.params if not one.help] == [], path


def test_root_help_lists_every_command_and_every_exit_code():
    from deml_cli.exit_codes import ExitCode

    shown = CliRunner().invoke(root, ["--help"]).stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []
    assert [code for code in ExitCode if f"\n    {int(code)}  " not in shown] == []
