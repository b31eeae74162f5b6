"""Which addresses the dapp trusts."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from deml.base.config import Deployment
from deml.shell.deployment import CARTESI_2_2, VARIABLE, deployment_from
from deml.shell.errors import BadDeployment

OWN = {field.name: f"0x{number:040X}" for number, field in enumerate(fields(Deployment), start=0xABCD)}


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}, {VARIABLE: "  "}])
def test_without_a_setting_the_default_holds(environment: dict[str, str]):
    assert deployment_from(environment) == CARTESI_2_2


def test_a_setting_may_be_json_or_a_file_of_it(tmp_path: Path):
    file = tmp_path / "deployment.json"
    file.write_text(json.dumps(OWN))
    expected = {name: address.lower() for name, address in OWN.items()}
    assert asdict(deployment_from({VARIABLE: json.dumps(OWN)})) == expected
    assert asdict(deployment_from({VARIABLE: str(file)})) == expected


@pytest.mark.parametrize(
    "setting",
    [
        "{",
        "{}",
        "/nowhere/deployment.json",
        json.dumps({**OWN, "inputBox": "0x" + "00" * 20}),
        json.dumps({name: OWN[name] for name in list(OWN)[1:]}),
        json.dumps({**OWN, "erc20_portal": "0x1234"}),
        json.dumps({**OWN, "erc20_portal": "00" * 20}),
        json.dumps({**OWN, "erc20_portal": None}),
        json.dumps({**OWN, "erc20_portal": "0x" + "zz" * 20}),
    ],
)
def test_a_setting_that_is_not_six_addresses_is_refused(setting: str):
    with pytest.raises(BadDeployment):
        deployment_from({VARIABLE: setting})


def test_a_file_that_holds_no_object_is_refused(tmp_path: Path):
    file = tmp_path / "deployment.json"
    file.write_text("[]")
    with pytest.raises(BadDeployment):
        deployment_from({VARIABLE: str(file)})
