"""`deml ipfs`: files on IPFS, and pins that keep them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml.base.limits import MAX_FILE_BYTES
from deml.ipld import Cid, file_cid
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.exit_codes import ExitCode
from deml_cli.keeping import keep_exit_code, show_kept
from deml_cli.render import Proposal
from deml_sdk.errors import Unavailable
from deml_sdk.ipfs.keeping import KeepingPlace, KeptFile, lacking
from deml_sdk.ipfs.pinning import PinningPlace

if TYPE_CHECKING:
    from deml_sdk.ipfs.pins import Pin

app = group(
    "Publish, fetch and pin files on IPFS. Publishing cannot be undone: anyone who knows a file's CID can fetch it."
)

CidText = Annotated[str, typer.Argument(metavar="CID", help="bafy..., bafk... or Qm...")]
At = Annotated[PinningPlace | None, typer.Option("--at", help="Where to pin. [the service, if one is configured]")]


@command(app, "add", examples=("deml ipfs add spec.json", "deml ipfs add trainer.py --yes --json"))
def add(session: Session, file: Annotated[Path, typer.Argument(metavar="FILE", help="Any file.")]) -> None:
    """Publish a file through your Kubo node. A model or holdout that must still be secret is refused."""
    from deml_sdk.files.files import read_file
    from deml_sdk.ipfs.lasting import put
    from deml_sdk.market.unpublished import Guard, looks_like_a_model

    content = read_file(file)
    cid = file_cid(content)
    Guard(session.home).check_content(content)
    warnings = ["It looks like a model. If you mean to commit to it, do not publish it."]
    session.render.confirm(
        Proposal(
            "publish a file on IPFS",
            {"file": file, "bytes": f"{len(content):,}", "cid": cid},
            ("the whole file, for good: nobody can take it back",),
            warnings=warnings if looks_like_a_model(content) else (),
        )
    )
    put(session.ipfs, content, session.render)
    session.render.say(str(cid))
    session.render.emit({"file": file, "cid": str(cid), "bytes": len(content)})


@command(app, "get", examples=("deml ipfs get bafkrei... --out spec.json", "deml ipfs get Qm... --out m --max-mib 64"))
def get(
    session: Session,
    cid: CidText,
    out: Annotated[Path, typer.Option(help="Where to write the file.")],
    max_mib: Annotated[int, typer.Option(help="Largest file to accept, in MiB.", min=1)] = MAX_FILE_BYTES // 2**20,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Get a file from any source that has it. Every block is checked, and an interrupted transfer is resumed."""
    from deml_sdk.files.files import check_writable, write_lasting
    from deml_sdk.ipfs.lasting import get as fetch
    from deml_sdk.market.unpublished import Guard

    wanted = Cid.parse(cid)
    Guard(session.home).check_cid(wanted)
    check_writable(out, replace=force)
    with session.render.transfer(f"Fetching {cid[:16]}...") as report:
        content = fetch(session.ipfs, wanted, max_mib * 2**20, session.render, report)
    write_lasting(out, content, session.render)
    session.render.say(f"{len(content):,} bytes written to {out}.")
    session.render.emit({"cid": str(wanted), "file": out, "bytes": len(content)})


@command(
    app, "pin", examples=("deml ipfs pin bafybei...", "deml ipfs pin bafybei... --name 'job 7 spec' --timeout 3600")
)
def pin(
    session: Session,
    cid: CidText,
    name: Annotated[str, typer.Option(help="Name of the pin at the service.")] = "",
    at: At = None,
    timeout: Annotated[int, typer.Option(help="Seconds to wait until it is pinned; 0 not to wait.", min=0)] = 600,
) -> None:
    """Have a file kept by the profile's pinning service, or by your own node. Naming a CID makes it public."""
    from deml_sdk.ipfs.pinning import have_pinned, wait_until_pinned
    from deml_sdk.market.unpublished import Guard

    wanted = Cid.parse(cid)
    Guard(session.home).check_cid(wanted)
    with closing(session.pinner(at)) as keeper:
        session.render.confirm(
            Proposal("have a file kept", {"cid": wanted, "at": keeper.name}, ("the file, to all who ask for this CID",))
        )
        with session.render.waiting(f"Asking {keeper.name}") as show:

            def report(one: Pin) -> None:
                show(f"{one.state} at {keeper.name} {one.details}".rstrip())

            found = have_pinned(keeper, wanted, name, report, session.render)
            if timeout:
                found = wait_until_pinned(keeper, found, timeout, report, observer=session.render)
    found = next(_with_proofs(session, [found]))
    session.render.say(f"{found.state}: {found.cid}")
    if found.piece is not None:
        session.render.say(found.piece.told)
    session.render.emit(found)


@command(app, "status", examples=("deml ipfs status", "deml ipfs status bafybei... --json"))
def status(
    session: Session,
    cid: Annotated[str | None, typer.Argument(metavar="[CID]", help="One file only.")] = None,
    at: At = None,
) -> None:
    """List what is pinned, queued or failed."""
    with closing(session.pinner(at)) as keeper:
        found = list(_with_proofs(session, keeper.pins(None if cid is None else Cid.parse(cid))))
        rows = [(one.cid, one.state, one.name, one.created, one.details, one.expires, one.cost) for one in found]
        columns = ("cid", "state", "name", "since", "details", "expires", "cost")
        session.render.table(f"Pins at {keeper.name}", columns, rows)
    for one in found:
        if one.piece is not None:
            session.render.say(f"{one.cid}: {one.piece.told}")
    session.render.emit(found)


@command(
    app,
    "keep",
    examples=(
        "deml ipfs keep 7",
        "deml ipfs keep 7 --check",
        "deml ipfs keep 7 --at node --at filecoin --timeout 3600",
        "deml ipfs keep 7 --yes --json",
    ),
)
def keep(
    session: Session,
    job: Annotated[int, typer.Argument(metavar="JOB", help="Number of the job.", min=1)],
    at: Annotated[
        list[str] | None,
        typer.Option(help="'node', 'service', or a profile with a pinning service; repeat it. [all that there are]"),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only tell what is kept where.")] = False,
    timeout: Annotated[
        int, typer.Option(help="Seconds to wait for what is being fetched; 0 to only ask.", min=0)
    ] = 600,
) -> None:
    """Have all that a job needs kept at several places, and tell what is kept where. May be repeated, and interrupted.

    That is: specification, trainer, initial model, delivered models, the average, and the holdout once it is revealed.

    Ends with exit code 0 only if all of it is kept everywhere; otherwise with 4 if a place refused or failed, 3 if one
    cannot be reached, 1 if something is kept nowhere yet, 5 if a place is still fetching.
    """
    with ExitStack() as open_places:
        places = session.places(at or ())
        for place in places:
            open_places.callback(place.close)
        listed = session.client.needed(job)
        for note in listed.notes:
            session.render.note(note)
        with session.render.waiting("Asking what is kept where") as show:
            found = session.client.kept(listed, places, lambda one: show(_progress(one)))
        if not check and any(lacking(found)):
            session.render.confirm(_proposal(job, places, found))
            with session.render.waiting("Having files kept") as show:
                found = session.client.keep(listed, places, lambda one: show(_progress(one)), timeout)
    show_kept(session.render, found, [one.name for one in places])
    code = keep_exit_code(found)
    session.render.emit({"jobId": job, "kept": code is ExitCode.OK, "files": found, "notes": listed.notes})
    if code is not ExitCode.OK:
        raise typer.Exit(code)


@command(app, "unpin", examples=("deml ipfs unpin bafybei...", "deml ipfs unpin bafybei... --at node"))
def unpin(session: Session, cid: CidText, at: At = None) -> None:
    """Unpin a file. Copies kept by others remain."""
    wanted = Cid.parse(cid)
    with closing(session.pinner(at)) as keeper:
        session.render.confirm(Proposal("stop keeping a file", {"cid": wanted, "at": keeper.name}))
        count = keeper.unpin(wanted)
    session.render.say(f"{count} removed.")
    session.render.emit({"cid": str(wanted), "removed": count})


@command(app, "login", examples=("deml ipfs login", "deml ipfs login --profile sepolia"))
def login(session: Session) -> None:
    """Store the pinning service's access token in the system's keyring; it is asked for without echo."""
    from deml_cli.passwords import ask_secret
    from deml_sdk.ipfs.credentials import keep_token

    url = session.config.require("pinning_url")
    keep_token(url, ask_secret(f"The access token for {url}", "Set DEML_PINNING_TOKEN in its place").strip())
    session.render.say("Stored in the keyring.")
    session.render.emit({"pinningUrl": url})


@command(app, "logout", examples=("deml ipfs logout",))
def logout(session: Session) -> None:
    """Remove the access token from the keyring."""
    from deml_sdk.ipfs.credentials import forget_token

    url = session.config.require("pinning_url")
    forget_token(url)
    session.render.say("Removed from the keyring.")
    session.render.emit({"pinningUrl": url})


def _with_proofs(session: Session, pins: Iterable[Pin]) -> Iterator[Pin]:
    """Add what Filecoin's chain has proofs of, if the profile names one; else nobody is asked.

    A chain that cannot be asked is warned about, once, and the pins are told without.
    """
    from deml_sdk.ipfs.places import filecoin_chain

    chain = filecoin_chain(session.ipfs_settings)
    if chain is None:
        yield from pins
        return
    away = False
    with closing(chain):
        for one in pins:
            if one.piece is None or away:
                yield one
                continue
            try:
                found = replace(one, piece=chain.with_proof(one.piece))
            except Unavailable as error:
                session.render.warn(f"Proofs cannot be looked up: {error}")
                found, away = one, True
            yield found


def _progress(one: KeptFile) -> str:
    return f"{one.what} at {one.place}: {one.state} {one.details}".rstrip()


def _proposal(job: int, places: Sequence[KeepingPlace], found: Sequence[KeptFile]) -> Proposal:
    missing = list(dict.fromkeys(one.what for one in lacking(found)))
    return Proposal(
        f"have files of job {job} kept",
        {"files": ", ".join(missing), "at": ", ".join(one.pinner.name for one in places)},
        ("these files, which are public already, to all who ask for their CIDs",),
        warnings=("A pinning service may charge for this; what, is for the service to say.",)
        if any(one.store is None for one in places)
        else (),
    )
