"""`deml cid` and `deml car`: files as IPFS sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deml.ipld import file_car, file_cid
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.files.files import read_file

app = group("Compute CIDs and CARs of files.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Any file.")]


@command(app, "cid", examples=("deml cid model.safetensors", "deml cid model.safetensors --json"))
def cid(session: Session, file: FileArgument) -> None:
    """Compute the CID of a file, as 'ipfs add --cid-version=1' does. The file stays here."""
    content = read_file(file)
    found = file_cid(content)
    session.render.say(str(found))
    session.render.emit({"file": file, "cid": str(found), "bytes": len(content)})


@command(app, "car", examples=("deml car model.safetensors", "deml car model.safetensors --out model.car"))
def car(
    session: Session,
    file: FileArgument,
    out: Annotated[Path | None, typer.Option(help="Where to write it. [FILE.car]")] = None,
) -> None:
    """Pack a file as a CAR, for 'ipfs dag import' or the dapp."""
    content = read_file(file)
    packed = file_car(content)
    target = out or file.with_name(file.name + ".car")
    target.write_bytes(packed)
    found = file_cid(content)
    session.render.facts({"root": found, "file": target, "bytes": f"{len(packed):,}"})
    session.render.emit({"root": str(found), "file": target, "bytes": len(packed)})
