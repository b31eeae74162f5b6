"""A salt comes back from the wallet alone, or from an encrypted file where the wallet cannot sign twice alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keyfile import keyfile

from deml.base.types import Address
from deml_sdk.wallet.keystore import WrongPassword
from deml_sdk.wallet.salts import Context, SaltLost, SaltVault, holdout_salt, model_salt
from deml_sdk.wallet.wallets import devnet_wallet

APP = Address("0x" + "ab" * 20)
OTHER_APP = Address("0x" + "ac" * 20)
NONCE = b"\x07" * 32


class Forgetful:
    """A wallet whose signatures differ each time, as those of smart accounts do."""

    address = Address("0x" + "cd" * 20)

    def __init__(self) -> None:
        self.signed = 0

    def sign_typed_data(self, message: dict[str, object]) -> bytes:
        self.signed += 1
        return bytes([self.signed]) * 65


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SaltVault:
    real = keyfile.create_keyfile_json
    monkeypatch.setattr(keyfile, "create_keyfile_json", lambda *given, **named: real(*given, **named, iterations=2))
    return SaltVault(tmp_path / "salts", lambda: "correct horse")


def test_a_lost_disk_loses_nothing(tmp_path: Path):
    salts = [
        model_salt(devnet_wallet("client1"), 31337, APP, 7, SaltVault(tmp_path / disk, lambda: "unused")).value
        for disk in ("old", "new")
    ]
    assert salts[0] == salts[1]
    assert len(salts[0]) == 32
    assert list(tmp_path.iterdir()) == [], "nothing needs keeping"


def test_salts_are_those_that_the_page_derives(vault: SaltVault):
    """The same numbers stand in web/test/salt.test.ts."""
    wallet = devnet_wallet("client1")
    made = model_salt(wallet, 31337, APP, 7, vault), holdout_salt(wallet, 31337, APP, bytes(range(32)), vault)
    assert [one.value.hex() for one in made] == [
        "56da6b5f6a3843c260ae067cc1fb2d8bb42cb29199284d331d2f3d16e6475ae1",
        "a946b3c6a7ce8edc80e98ad5859cb81b0b7bc6cbb376f1dce00fd974e982744b",
    ]


def test_salts_differ_by_everything_a_commitment_binds(vault: SaltVault):
    one, two = devnet_wallet("client1"), devnet_wallet("client2")
    salts = [
        model_salt(one, 31337, APP, 7, vault),
        model_salt(one, 31337, APP, 8, vault),
        model_salt(one, 31337, OTHER_APP, 7, vault),
        model_salt(two, 31337, APP, 7, vault),
        holdout_salt(one, 31337, APP, (7).to_bytes(32, "big"), vault),
        holdout_salt(one, 31337, APP, NONCE, vault),
    ]
    assert len({salt.value for salt in salts}) == len(salts)


def test_the_signed_data_is_wellformed_eip712_and_warns():
    data = Context("model", 31337, APP, (7).to_bytes(32, "big")).typed_data(devnet_wallet("client1").address)
    signature = devnet_wallet("client1").sign_typed_data(data)
    signer = Account.recover_message(encode_typed_data(full_message=data), signature=signature)
    assert signer.lower() == devnet_wallet("client1").address
    assert data["domain"]["chainId"] == 31337
    assert "Sign it only in" in data["message"]["warning"]


def test_the_recovery_id_does_not_matter(vault: SaltVault):
    wallet = devnet_wallet("client1")

    class OldStyle:
        address = wallet.address

        def sign_typed_data(self, message: dict[str, object]) -> bytes:
            signature = wallet.sign_typed_data(message)
            return signature[:64] + bytes([signature[64] - 27])

    assert model_salt(OldStyle(), 31337, APP, 7, vault).value == model_salt(wallet, 31337, APP, 7, vault).value


def test_differing_signatures_make_a_random_salt_in_an_encrypted_backup(vault: SaltVault):
    wallet = Forgetful()
    made = model_salt(wallet, 1, APP, 7, vault)
    assert made.backup is not None
    assert made.backup.stat().st_mode & 0o777 == 0o600
    assert made.value.hex() not in made.backup.read_text()
    assert model_salt(wallet, 1, APP, 7, vault, create=False) == made
    assert wallet.signed == 2, "found without signing again"


def test_two_random_salts_have_nothing_in_common(vault: SaltVault):
    assert model_salt(Forgetful(), 1, APP, 7, vault).value != model_salt(Forgetful(), 1, APP, 8, vault).value


def test_a_lost_backup_is_an_error_and_not_another_salt(vault: SaltVault):
    made = model_salt(Forgetful(), 1, APP, 7, vault)
    assert made.backup is not None
    made.backup.unlink()
    with pytest.raises(SaltLost) as caught:
        model_salt(Forgetful(), 1, APP, 7, vault, create=False)
    assert str(made.backup) in str(caught.value)


def test_a_backup_needs_its_password(vault: SaltVault, tmp_path: Path):
    model_salt(Forgetful(), 1, APP, 7, vault)
    with pytest.raises(WrongPassword):
        model_salt(Forgetful(), 1, APP, 7, SaltVault(tmp_path / "salts", lambda: "guess"))


def test_a_salt_is_not_shown_by_accident(vault: SaltVault):
    salt = model_salt(devnet_wallet("client1"), 31337, APP, 7, vault)
    assert salt.value.hex() not in repr(salt)
    assert repr(salt.value) not in repr(salt)
