"""`deml wallet`: keys in encrypted files, and what their accounts hold."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from deml.base.types import NOTHING
from deml_cli.command import command, group
from deml_cli.config import DEVNET
from deml_cli.context import Session
from deml_cli.passwords import ask_secret, existing_password, new_password, read_text
from deml_sdk.addresses import checksummed
from deml_sdk.chain.tokens import format_amount
from deml_sdk.wallet.keystore import BadKey, Keystore, KeystoreFile, check_key, decrypt, read_json
from deml_sdk.wallet.keystore_format import check_format
from deml_sdk.wallet.wallets import DEVNET_ACCOUNTS, open_wallet

SOURCE_OPTION = "--from-password-file"

app = group("Make, import and show wallets. Keys are kept encrypted, in geth's format, and are never shown.")

WalletArgument = Annotated[str, typer.Argument(help="Name of the wallet: letters, digits, - and _.")]
OptionalName = Annotated[str | None, typer.Argument(help="A wallet, or an account as 0x... [the one of --wallet]")]


@command(app, "new", examples=("deml wallet new alice", "deml wallet new ci --password-file secret.txt"))
def new(session: Session, name: WalletArgument) -> None:
    """Make a wallet with a new random key."""
    keystore = Keystore.of(session.home)
    keystore.check_free(name)
    stored = keystore.add(name, _random_key(), new_password(name, session.options.password_file))
    _report_new(session, stored)


@command(
    app,
    "import",
    examples=(
        "deml wallet import alice",
        "deml wallet import alice --from UTC--2025-01-01T00-00-00Z--0123.json",
        "deml wallet import ci --from key.json --from-password-file old.txt --password-file new.txt",
    ),
)
def import_(
    session: Session,
    name: WalletArgument,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A geth keystore file, or a file with the key in hex. [ask for the key]"),
    ] = None,
    source_password: Annotated[
        Path | None,
        typer.Option(SOURCE_OPTION, help="File with the password of the keystore file, for scripts. [ask for it]"),
    ] = None,
) -> None:
    """Import a key from a file, or typed without echo; never as an argument, which other processes could read."""
    keystore = Keystore.of(session.home)
    keystore.check_free(name)
    typed = "Name a file that holds it: --from FILE"
    key = check_key(
        _key_from(source, source_password) if source else _key_of(ask_secret("The private key, in hex,", typed))
    )
    _report_new(session, keystore.add(name, key, new_password(name, session.options.password_file)))


@command(app, "list", examples=("deml wallet list", "deml wallet list --json"))
def list_(session: Session) -> None:
    """List the wallets of this machine; with the devnet profile also the devnet's accounts."""
    found = [
        {"name": one.name, "address": one.address, "kind": "keystore"} for one in Keystore.of(session.home).files()
    ]
    if session.config.profile == DEVNET:
        for name in DEVNET_ACCOUNTS:
            wallet = open_wallet(name, session.home, session.password)
            found.append({"name": name, "address": wallet.address, "kind": "devnet"})
    session.render.table(None, ("name", "address", "kind"), [tuple(one.values()) for one in found])
    session.render.emit(found)


@command(app, "show", examples=("deml wallet show alice", "deml wallet show --wallet client1 --json"))
def show(session: Session, name: OptionalName = None) -> None:
    """Show a wallet's account and where its key is stored; the key itself is never shown."""
    wanted = name or session.config.require("wallet")
    stored = Keystore.of(session.home).find(wanted)
    wallet = open_wallet(wanted, session.home, session.password)
    facts: dict[str, Any] = {
        "name": wanted,
        "address": checksummed(wallet.address),
        "kind": "keystore" if stored else "devnet",
        "file": str(stored.path) if stored else None,
    }
    session.render.facts({key: value for key, value in facts.items() if value})
    session.render.emit(facts)


@command(app, "balance", examples=("deml wallet balance alice", "deml wallet balance --token 0x5fbd...0aa3 --json"))
def balance(
    session: Session,
    name: OptionalName = None,
    token: Annotated[str | None, typer.Option(help="An ERC-20 token. [the profile's]")] = None,
) -> None:
    """Show an account's tokens on the chain and its balance in the dapp (see 'deml withdraw')."""
    owner = session.account_of(name)
    chain = session.chain
    known = chain.token(session.token_address(token))
    ether, held = chain.ether(owner), chain.balance(known.address, owner)
    credits = session.client.credits(owner)
    credit = credits.get(known.address, NOTHING)
    session.render.facts(
        {
            "account": checksummed(owner),
            "Ether": format_amount(ether, 18),
            known.symbol: known.format(held),
            f"{known.symbol} in the dapp": known.format(credit),
        }
    )
    session.render.emit(
        {
            "address": owner,
            "wei": str(ether),
            "token": {"address": known.address, "symbol": known.symbol, "decimals": known.decimals},
            "amount": str(held),
            "credits": [{"token": one, "amount": str(owed)} for one, owed in credits.items()],
        }
    )


def _report_new(session: Session, stored: KeystoreFile) -> None:
    session.render.facts({"name": stored.name, "address": checksummed(stored.address), "file": stored.path})
    session.render.note("Back up this file and its password: nobody can restore either.")
    session.render.emit({"name": stored.name, "address": stored.address, "file": stored.path})


def _random_key() -> bytes:
    return check_key(secrets.token_bytes(32))


def _key_from(path: Path, password: Path | None) -> bytes:
    text = read_text(path).strip()
    if not text.startswith("{"):
        return _key_of(text)
    document = read_json(path)
    check_format(document, path)
    return decrypt(document, path.name, path, existing_password(path.name, password, f"{SOURCE_OPTION} FILE"))


def _key_of(text: str) -> bytes:
    """Read a key in hex; an error must not repeat it."""
    try:
        return bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise BadKey from None
