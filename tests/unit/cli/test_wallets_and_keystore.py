"""Keys: encrypted on disk, readable by their owner only, and never in anything the program says."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from eth_account import Account
from eth_keyfile import keyfile

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_cli.passwords import existing_password
from deml_sdk.wallet import keystore
from deml_sdk.wallet.keystore import Keystore, UnknownWallet, WalletExists, WrongPassword
from deml_sdk.wallet.keystore_format import BadKeystore
from deml_sdk.wallet.wallets import DEVNET_ACCOUNTS, NotOnThisChain, devnet_wallet, open_wallet
from tests.unit.conftest import Run

pytestmark = pytest.mark.usefixtures("quick_scrypt")

KEY = bytes.fromhex("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318")
ADDRESS = Address("0x2c7536e3605d9c16a7a3d7b1898e529396a65c23")
PASSWORD = "correct horse battery"
CHAIN = 31337


def transaction(chain_id: int) -> dict[str, object]:
    return {
        "chainId": chain_id,
        "nonce": 0,
        "to": "0x" + "00" * 19 + "01",
        "data": b"\x01",
        "value": 0,
        "gas": 21_100,
        "maxFeePerGas": 10,
        "maxPriorityFeePerGas": 1,
    }


@pytest.fixture
def secrets(tmp_path: Path) -> tuple[Path, Path]:
    """Files with a key and with a password."""
    key, password = tmp_path / "key.hex", tmp_path / "password.txt"
    key.write_text("0x" + KEY.hex() + "\n")
    password.write_text(PASSWORD + "\n")
    return key, password


def test_a_key_is_stored_for_its_owners_eyes_only(tmp_path: Path):
    stored = Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    assert stored.address == ADDRESS
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.path.parent.stat().st_mode) == 0o700
    assert KEY.hex() not in stored.path.read_text()


def test_the_file_is_geths(tmp_path: Path):
    stored = Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    document = json.loads(stored.path.read_text())
    assert (document["version"], document["crypto"]["kdf"], document["crypto"]["cipher"]) == (
        3,
        "scrypt",
        "aes-128-ctr",
    )
    assert bytes(Account.decrypt(document, PASSWORD)) == KEY


def test_scrypt_is_as_strong_as_geths(monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, object] = {}
    monkeypatch.setattr(keyfile, "create_keyfile_json", lambda *_, **named: seen.update(named) or {})
    keystore.encrypt(KEY, PASSWORD)
    assert seen == {"kdf": "scrypt"}, "eth_keyfile's default for scrypt is geth's n = 262144"


def test_a_wrong_password_is_told_from_a_broken_file(tmp_path: Path):
    stored = Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    with pytest.raises(WrongPassword):
        stored.decrypt("guess")
    document = json.loads(stored.path.read_text())
    del document["crypto"]["mac"]
    stored.path.write_text(json.dumps(document))
    with pytest.raises(BadKeystore):
        stored.decrypt(PASSWORD)


def test_a_wallet_is_never_overwritten(tmp_path: Path):
    store = Keystore.of(tmp_path)
    before = store.add("alice", KEY, PASSWORD).path.read_bytes()
    with pytest.raises(WalletExists):
        store.add("alice", b"\x01" * 32, PASSWORD)
    assert (tmp_path / "keystore" / "alice.json").read_bytes() == before


@pytest.mark.parametrize("name", ["", "../alice", "a/b", "-x", "a" * 65, "ä"])
def test_names_that_could_be_paths_are_refused(tmp_path: Path, name: str):
    with pytest.raises(DemlError, match="cannot name a wallet"):
        Keystore.of(tmp_path).check_free(name)
    assert Keystore.of(tmp_path).find(name) is None


def test_the_password_is_asked_for_at_the_first_signature_only(tmp_path: Path, secrets: tuple[Path, Path]):
    Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    wallet = open_wallet("alice", tmp_path, lambda name: existing_password(name, tmp_path / "missing"))
    assert wallet.address == ADDRESS
    with pytest.raises(DemlError, match="cannot be read"):
        wallet.sign_transaction(transaction(1))
    raw = open_wallet("alice", tmp_path, lambda name: existing_password(name, secrets[1])).sign_transaction(
        transaction(1)
    )
    assert Account.recover_transaction(raw).lower() == ADDRESS


def test_no_text_form_of_a_wallet_has_its_key(tmp_path: Path, secrets: tuple[Path, Path]):
    Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    wallet = open_wallet("alice", tmp_path, lambda name: existing_password(name, secrets[1]))
    wallet.sign_transaction(transaction(1))
    assert KEY.hex() not in f"{wallet} {wallet!r}"


def test_devnet_accounts_are_anvils():
    assert devnet_wallet("operator").address == "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    assert devnet_wallet("sponsor").address == "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    assert len({devnet_wallet(name).address for name in DEVNET_ACCOUNTS}) == len(DEVNET_ACCOUNTS) == 10


def test_devnet_accounts_sign_for_the_devnet_alone():
    wallet = devnet_wallet("client1")
    assert wallet.sign_transaction(transaction(CHAIN))
    with pytest.raises(NotOnThisChain):
        wallet.sign_transaction(transaction(1))
    with pytest.raises(NotOnThisChain):
        wallet.sign_typed_data({"domain": {"chainId": 11155111}})


def test_a_keystore_wallet_wins_over_a_devnet_account_of_its_name(tmp_path: Path):
    Keystore.of(tmp_path).add("sponsor", KEY, PASSWORD)
    assert open_wallet("sponsor", tmp_path, None).address == ADDRESS


def test_an_unknown_wallet_names_the_known(tmp_path: Path):
    Keystore.of(tmp_path).add("alice", KEY, PASSWORD)
    with pytest.raises(UnknownWallet) as caught:
        open_wallet("alcie", tmp_path, None)
    assert "alice" in caught.value.advice()


def test_import_list_and_show_say_nothing_secret(deml: Run, home: Path, secrets: tuple[Path, Path]):
    key, password = secrets
    said = ""
    for arguments in (
        ("wallet", "import", "alice", "--from", str(key), "--password-file", str(password)),
        ("wallet", "import", "alice", "--from", str(key), "--password-file", str(password)),
        ("wallet", "show", "alice"),
        ("wallet", "list"),
        ("wallet", "list", "--json"),
    ):
        done = deml(*arguments)
        said += done.stdout + done.stderr
    assert ADDRESS in said.lower()
    assert "WALLET_EXISTS" in said
    assert KEY.hex() not in said
    assert PASSWORD not in said
    assert (home / "keystore" / "alice.json").exists()


def test_a_key_with_a_typing_error_is_not_repeated(deml: Run, tmp_path: Path, secrets: tuple[Path, Path]):
    wrong = tmp_path / "wrong.hex"
    for text in (KEY.hex()[:-1], KEY.hex()[:-1] + "g", KEY.hex() + "00", "00" * 32, "ff" * 32):
        wrong.write_text(text)
        done = deml("wallet", "import", "bob", "--from", str(wrong), "--password-file", str(secrets[1]))
        assert done.exit_code == 1
        assert "BAD_KEY" in done.stderr
        assert text[:20] not in done.stdout + done.stderr


def test_a_key_cannot_be_given_on_the_command_line(deml: Run):
    done = deml("wallet", "import", "alice", KEY.hex())
    assert done.exit_code == 2


def test_import_takes_geths_files(
    deml: Run, tmp_path: Path, secrets: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    source = tmp_path / "UTC--2025"
    source.write_text(json.dumps(keystore.encrypt(KEY, "its old password")))
    monkeypatch.setattr("deml_cli.passwords._ask_password", lambda *_: "its old password")
    done = deml("wallet", "import", "alice", "--from", str(source), "--password-file", str(secrets[1]), "--json")
    assert json.loads(done.stdout)["address"] == ADDRESS


def test_new_wallets_differ(deml: Run, home: Path, secrets: tuple[Path, Path]):
    found = [
        json.loads(deml("wallet", "new", name, "--password-file", str(secrets[1]), "--json").stdout)["address"]
        for name in ("alice", "bob")
    ]
    assert len(set(found)) == 2
    assert stat.S_IMODE((home / "keystore" / "bob.json").stat().st_mode) == 0o600


def test_weak_passwords_and_missing_terminals_are_refused(deml: Run, tmp_path: Path):
    short = tmp_path / "short"
    short.write_text("1234567")
    assert "WEAK_PASSWORD" in deml("wallet", "new", "alice", "--password-file", str(short)).stderr
    assert "NO_PASSWORD" in deml("wallet", "new", "alice").stderr


def test_passwords_come_by_environment_too(deml: Run, monkeypatch: pytest.MonkeyPatch, secrets: tuple[Path, Path]):
    monkeypatch.setenv("DEML_PASSWORD_FILE", str(secrets[1]))
    assert deml("wallet", "new", "alice").exit_code == 0


def test_opening_a_wallet_leaves_pythons_guard_against_recursion_in_place():
    """Without it, nested JSON from a stranger ends the process."""
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from deml_sdk.wallet import keystore\n"
        "from deml_sdk.wallet.wallets import devnet_wallet\n"
        "devnet_wallet('client1')\n"
        "keystore.decrypt(keystore.encrypt(bytes(31) + b'1', 'x'), 'a', Path('b'), 'x')\n"
        "try: json.loads('[' * 200_000)\n"
        "except RecursionError: print(sys.getrecursionlimit())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "1000")
