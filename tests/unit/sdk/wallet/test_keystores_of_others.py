"""Keystore files of other wallets: opened as they mean it, or refused by what is not known; never as another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from deml.base.errors import DemlError
from deml_sdk.wallet.keystore import WrongAccount, WrongPassword, decrypt, encrypt, read_json
from deml_sdk.wallet.keystore_format import BadKeystore, UnsupportedKeystore, check_format
from tests.support.cases import case
from tests.unit.conftest import Run

pytestmark = pytest.mark.usefixtures("quick_scrypt")

PASSWORD = "correct horse"
KEY = bytes.fromhex("11" * 32)
ADDRESS = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"


def document() -> dict[str, Any]:
    return json.loads(case("keystore-in-scripts/ks-scrypt.json").read_text())


def changed(**parts: Any) -> dict[str, Any]:
    """The file with parts of ``crypto`` changed; of its own if it is a part of the whole."""
    made = document()
    for name, value in parts.items():
        place = (
            made
            if name in made
            else made["crypto"]["kdfparams"]
            if name in ("n", "r", "p", "dklen")
            else made["crypto"]
        )
        place[name] = value
    return made


def opened(made: dict[str, Any]) -> bytes:
    return decrypt(made, "w", Path("w.json"), PASSWORD)


def test_the_untouched_file_opens():
    assert opened(document()) == KEY
    assert Account.from_key(KEY).address.lower() == ADDRESS


def test_a_cipher_that_is_not_known_is_named_and_nobody_elses_account_opened(deml: Run, tmp_path: Path):
    with pytest.raises(UnsupportedKeystore, match="cipher is 'aes-128-cbc'"):
        decrypt(read_json(case("keystore-cbc/ks-real-cbc.json")), "w", Path("w"), PASSWORD)
    (tmp_path / "old.txt").write_text(PASSWORD)
    (tmp_path / "new.txt").write_text("a new password")
    done = deml(
        *("wallet", "import", "w", "--from", str(case("keystore-cbc/ks-real-cbc.json"))),
        *("--from-password-file", str(tmp_path / "old.txt"), "--password-file", str(tmp_path / "new.txt")),
    )
    assert done.exit_code == 1
    assert "UNSUPPORTED_KEYSTORE" in done.stderr
    assert not (tmp_path / "home" / "keystore").exists()


def test_the_account_that_a_file_names_must_be_its_keys():
    with pytest.raises(WrongAccount, match=f"{'0' * 40}.*{ADDRESS}"):
        decrypt(read_json(case("keystore-cbc/ks-wrong-address.json")), "w", Path("w"), PASSWORD)
    for address in (ADDRESS, ADDRESS[2:], ADDRESS[2:].upper(), Account.from_key(KEY).address, None, ""):
        assert opened(document() | {"address": address}) == KEY
    for address in ("0x" + "1" * 40, "1" * 40):
        with pytest.raises(WrongAccount):
            opened(document() | {"address": address})
    for address in ("0x12", 7, "someone"):
        with pytest.raises(BadKeystore, match="address"):
            opened(document() | {"address": address})


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"cipher": "aes-256-ctr"}, "cipher is 'aes-256-ctr'"),
        ({"cipher": None}, "cipher is 'None'"),
        ({"cipher": "aes-128-ctr\n\x1b[2J"}, r"cipher is 'aes-128-ctr\[2J'"),
        ({"version": 1}, "version is '1'"),
        ({"version": 4}, "version is '4'"),
        ({"version": True}, "version is 'True'"),
        ({"kdf": "argon2"}, "kdf is 'argon2'"),
        ({"dklen": 16}, "dklen is '16'"),
    ],
)
def test_what_is_not_known_is_named(parts: dict[str, Any], named: str):
    with pytest.raises(UnsupportedKeystore, match=named):
        opened(changed(**parts))


def test_another_hash_under_pbkdf2_is_named():
    made = read_json(case("keystore-cbc/ks-real-cbc.json"))
    made["crypto"] |= {"cipher": "aes-128-ctr", "kdfparams": made["crypto"]["kdfparams"] | {"prf": "hmac-sha512"}}
    with pytest.raises(UnsupportedKeystore, match="prf is 'hmac-sha512'"):
        check_format(made, Path("w"))


@pytest.mark.parametrize(
    "parts",
    [
        {"n": 2**24},
        {"r": 2**20},
        {"p": 2**24},
        {"n": -1},
        {"n": "4096"},
        {"n": 4095},
        {"mac": "xyz"},
        {"ciphertext": 1},
    ],
)
def test_files_that_would_take_all_memory_or_make_no_sense_are_refused(parts: dict[str, Any]):
    with pytest.raises(BadKeystore):
        opened(changed(**parts))


@pytest.mark.parametrize("rounds", [10**12, 2**70, 0, -1, "262144", 1.5, True, None, float("inf")])
def test_a_file_that_would_take_for_ever_by_pbkdf2_is_refused(rounds: Any):
    made = read_json(case("keystore-cbc/ks-real-cbc.json"))
    made["crypto"] |= {"cipher": "aes-128-ctr", "kdfparams": made["crypto"]["kdfparams"] | {"c": rounds}}
    with pytest.raises(BadKeystore, match="kdf"):
        opened(made)


@pytest.mark.parametrize(
    "parts",
    [
        {"ciphertext": "zz"},
        {"ciphertext": ""},
        {"ciphertext": "00" * 5_000},
        {"mac": ""},
        {"mac": None},
        {"iv": "zz"},
        {"iv": ""},
        {"iv": "00" * 40},
        {"salt": 5},
        {"salt": None},
        {"salt": "zz"},
        {"cipherparams": None},
        {"cipherparams": []},
        {"kdfparams": "none"},
    ],
    ids=str,
)
def test_files_with_parts_that_are_none_are_refused_by_name(parts: dict[str, Any]):
    made = document()
    crypto = made["crypto"]
    for name, value in parts.items():
        inner = next((one for one in ("cipherparams", "kdfparams") if name in crypto[one]), None)
        (crypto if inner is None else crypto[inner])[name] = value
    with pytest.raises(DemlError):
        opened(made)


@pytest.mark.parametrize("part", ["crypto", "version", "address"])
def test_names_in_capitals_count(part: str, tmp_path: Path):
    made = document()
    made[part.capitalize()] = made.pop(part)
    (tmp_path / "w.json").write_text(json.dumps(made))
    assert opened(read_json(tmp_path / "w.json")) == KEY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_script_gives_both_passwords_by_files_of_any_encoding(encoding: str, deml: Run, tmp_path: Path):
    source, old, new = tmp_path / "UTC--1", tmp_path / "old.txt", tmp_path / "new.txt"
    source.write_text(json.dumps(document()), encoding=encoding)
    old.write_text(PASSWORD + "\r\n", encoding=encoding, newline="")
    new.write_text("a new password\n", encoding=encoding)
    arguments = ("wallet", "import", "w", "--from", str(source), "--json")
    done = deml(*arguments, "--from-password-file", str(old), "--password-file", str(new))
    assert json.loads(done.stdout)["address"] == ADDRESS
    stored = read_json(tmp_path / "home" / "keystore" / "w.json") if (tmp_path / "home").exists() else None
    assert stored is None or decrypt(stored, "w", Path("w"), "a new password") == KEY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_key_in_hex_may_have_a_byte_order_mark(encoding: str, deml: Run, tmp_path: Path):
    (tmp_path / "key").write_text(KEY.hex() + "\n", encoding=encoding)
    (tmp_path / "new.txt").write_text("a new password\n")
    done = deml(
        *("wallet", "import", "w", "--from", str(tmp_path / "key")),
        *("--password-file", str(tmp_path / "new.txt"), "--json"),
    )
    assert json.loads(done.stdout)["address"] == ADDRESS


def test_the_advice_without_a_terminal_is_one_that_works(deml: Run, tmp_path: Path):
    (tmp_path / "pw.txt").write_text(PASSWORD)
    source = str(case("keystore-in-scripts/ks-scrypt.json"))
    done = deml("wallet", "import", "w", "--from", source, "--password-file", str(tmp_path / "pw.txt"))
    assert "NO_PASSWORD" in done.stderr
    assert "--from-password-file FILE" in done.stderr
    followed = ("--from-password-file", str(tmp_path / "pw.txt"), "--password-file", str(tmp_path / "pw.txt"))
    assert deml("wallet", "import", "w", "--from", source, *followed).exit_code == 0
    done = deml("wallet", "import", "v", "--password-file", str(tmp_path / "pw.txt"))
    assert "NO_TERMINAL" in done.stderr
    assert "--from FILE" in done.stderr


def test_a_wrong_password_of_the_file_is_said(deml: Run, tmp_path: Path):
    (tmp_path / "pw.txt").write_text("something else")
    source = str(case("keystore-in-scripts/ks-scrypt.json"))
    files = ("--from-password-file", str(tmp_path / "pw.txt"), "--password-file", str(tmp_path / "pw.txt"))
    assert "WRONG_PASSWORD" in deml("wallet", "import", "w", "--from", source, *files).stderr


def test_a_stored_wallet_whose_file_names_another_account_does_not_open(tmp_path: Path):
    made = encrypt(KEY, PASSWORD) | {"address": "22" * 20}
    with pytest.raises(WrongAccount):
        decrypt(made, "alice", tmp_path / "alice.json", PASSWORD)
    with pytest.raises(WrongPassword):
        decrypt(made, "alice", tmp_path / "alice.json", "guess")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"version": 3}'])
def test_what_is_no_keystore_is_said_without_quoting_it(content: bytes, tmp_path: Path):
    (tmp_path / "w.json").write_bytes(content)
    with pytest.raises(BadKeystore):
        decrypt(read_json(tmp_path / "w.json"), "w", tmp_path / "w.json", PASSWORD)
