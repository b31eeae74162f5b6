"""`deml trainer`: write a trainer, publish it, and see whether this machine can confine one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

import deml_learn.trainers
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.render import Proposal
from deml_cli.training_options import package_index

app = group("Trainers: programs that turn private rows into a model, in a sandbox.")

TEMPLATE: Final = Path(deml_learn.trainers.__path__[0]) / "template"


@command(app, "init", examples=("deml trainer init", "deml trainer init my-trainer"))
def init(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write it.")] = Path("trainer"),
) -> None:
    """Write a working trainer and a test that runs it on made-up rows. Existing files are not replaced."""
    from deml_sdk.files.files import read_file, write_file

    written = []
    for source in sorted(TEMPLATE.glob("*.py")):
        place = folder / source.name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, read_file(source), replace=False)
        written.append(place)
    session.render.say(f"Wrote {' and '.join(map(str, written))}. Try it: python {folder / 'check_trainer.py'}")
    session.render.emit({"files": written})


@command(app, "lock", examples=("deml trainer lock trainer/trainer.py",))
def lock(session: Session, file: Annotated[Path, typer.Argument(metavar="FILE", help="One Python file.")]) -> None:
    """Ask the package index for the hashes of a script's pinned packages, and write them into the script.

    The hashes are those of the wheels for Linux on x86-64 and aarch64, for every Python that trainers run on.
    """
    from deml_learn.trainers.lock import locked, rounds
    from deml_learn.trainers.script import read_needs
    from deml_sdk.files.files import read_file, write_file

    with session.render.progress("asking the package index", rounds()) as advance:
        made = locked(read_file(file), package_index(), lambda: advance(1, None))
    write_file(file, made)
    needs = read_needs(made)
    hashes = dict(zip(needs.dependencies, needs.hashes, strict=True))
    told = ", ".join(f"{len(found)} of {one}" for one, found in hashes.items()) or "none, for it pins nothing"
    session.render.say(f"Hashes in {file}: {told}.")
    session.render.emit({"file": file, "hashes": hashes})


@command(app, "publish", examples=("deml trainer publish trainer/trainer.py", "deml trainer publish t.py --yes --json"))
def publish(session: Session, file: Annotated[Path, typer.Argument(metavar="FILE", help="One Python file.")]) -> None:
    """Check a script and put it on IPFS; its CID goes into a job's specification."""
    from deml.ipld import file_cid
    from deml_learn.sandbox.errors import NoSandbox
    from deml_learn.sandbox.find import find_sandbox
    from deml_learn.trainers.script import read_needs
    from deml_learn.trainers.scripts import require_python
    from deml_sdk.files.files import read_file
    from deml_sdk.ipfs.lasting import put

    content = read_file(file)
    needs = read_needs(content)
    try:
        sandbox = find_sandbox()
    except NoSandbox as error:
        session.render.warn(f"Whether it is Python was not tried, for that is done inside. {error}")
    else:
        require_python(content, sandbox)
    cid = file_cid(content)
    session.render.confirm(
        Proposal(
            "publish a trainer on IPFS",
            {"file": file, "cid": cid, "dependencies": ", ".join(needs.dependencies) or "none"},
            ("the whole script, for good: nobody can take it back",),
        )
    )
    put(session.ipfs, content, session.render)
    trainer = {"kind": "script", "cid": str(cid)}
    session.render.say(f'Published. In the job\'s specification: "trainer": {{"kind": "script", "cid": "{cid}"}}')
    session.render.emit({"file": file, "cid": str(cid), "dependencies": needs.dependencies, "trainer": trainer})


@command(app, "check", examples=("deml trainer check", "deml trainer check --json"))
def check(session: Session) -> None:
    """Let a test program, with nothing private inside, try to escape from this machine's sandbox."""
    from deml_learn.sandbox.errors import SandboxLeaks
    from deml_learn.sandbox.find import untested_sandbox
    from deml_learn.sandbox.selftest import examine

    sandbox = untested_sandbox()
    with session.render.waiting(f"trying to get out of {sandbox.name}"):
        findings = examine(sandbox)
    session.render.say(f"Sandbox: {sandbox.name}.")
    session.render.table(None, ("tried", "result"), [(one.tried, one.leak or "contained") for one in findings])
    session.render.emit({"sandbox": sandbox.name, "findings": findings})
    for one in findings:
        if one.leak is not None:
            raise SandboxLeaks(sandbox.name, one.leak)
