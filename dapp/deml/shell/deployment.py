"""Which contracts the dapp trusts: part of the image, and so of the machine's hash that everyone can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

from deml.base import strict_json
from deml.base.config import Deployment
from deml.base.types import Address, address_of
from deml.shell.errors import BadDeployment

VARIABLE: Final = "DEML_DEPLOYMENT"
"""Environment variable that overrides `CARTESI_2_2`: a JSON object, or the path of a file that holds one."""

CARTESI_2_2: Final = Deployment(
    ether_portal=Address("0xa632c5c05812c6a6149b7af5c56117d1d2603828"),
    erc20_portal=Address("0xaca6586a0cf05bd831f2501e7b4aea550da6562d"),
    erc721_portal=Address("0x9e8851dadb2b77103928518846c4678d48b5e371"),
    erc1155_single_portal=Address("0x18558398dd1a8ce20956287a4da7b76ae7a96662"),
    erc1155_batch_portal=Address("0xe246abb974b307490d9c6932f48ebe79de72338a"),
    safe_transfer=Address("0xb7c2bcaa4437425cfce9d233bff15ef461273d63"),
)
"""Cartesi Rollups contracts 2.2.0, the same on every chain: CREATE2 with salt 0 through the deterministic deployment
proxy 0x4e59b44847b379578588920ca78fbf26c0b4956c. A test computes them again from the published bytecode."""


def deployment_from(environment: Mapping[str, str]) -> Deployment:
    """Read the trusted addresses from `environment`, or take `CARTESI_2_2` where it names none.

    Raises
    ------
    BadDeployment
        If what it names cannot be read, or is not exactly the six addresses of `Deployment`.
    """
    setting = environment.get(VARIABLE, "").strip()
    if not setting:
        return CARTESI_2_2
    source = VARIABLE if setting.startswith("{") else setting
    try:
        text = setting if source == VARIABLE else Path(setting).read_text(encoding="utf-8")
        given = strict_json.parse(text.encode())
        if not isinstance(given, dict):
            raise BadDeployment(source, "it is not a JSON object")
        names = [field.name for field in fields(Deployment)]
        if sorted(given) != sorted(names):
            raise BadDeployment(source, f"it must name exactly {', '.join(names)}")
        return Deployment(**{name: _address(given[name]) for name in names})
    except (OSError, ValueError) as error:
        raise BadDeployment(source, str(error)) from error


def _address(value: object) -> Address:
    if not isinstance(value, str) or value[:2] != "0x":
        raise ValueError(f"{value!r} is not an address")
    return address_of(bytes.fromhex(value[2:]))
