"""Suites of contracts: what mixes two suites is refused before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict

import pytest

from deml.base.errors import DemlError
from deml.base.types import Address, Amount
from deml.shell.deployment import CARTESI_2_2 as TRUSTED
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import connect
from deml_sdk.chain.ethereum import Chain
from deml_sdk.errors import MixedContracts, NoContract, OtherAvailability, OtherSuite
from deml_sdk.suites import CARTESI_2_2, CARTESI_3_0_ALPHA, fits_image
from tests.support.fake_chain import APP, INPUT_BOX, PORTAL, TOKEN, WALLET, FakeChain
from tests.support.fake_services import Services


@pytest.fixture
def chain(services: Services, fake: FakeChain) -> Iterator[Chain]:
    made = Chain(connect(services.url), APP, PORTAL)
    yield made
    made.close()


def test_the_image_trusts_the_contracts_of_one_suite():
    assert asdict(TRUSTED) == CARTESI_2_2.image_contracts


def refused(chain: Chain) -> list[type[DemlError]]:
    """What refuses an input and a deposit."""
    found: list[type[DemlError]] = []
    attempts: tuple[Callable[[], object], ...] = (
        lambda: chain.input_call(b"\x01"),
        lambda: chain.deposit_calls(WALLET.address, TOKEN, Amount(1), b"\x01"),
    )
    for attempt in attempts:
        with pytest.raises(DemlError) as caught:
            attempt()
        found.append(type(caught.value))
    return found


def test_a_portal_of_another_suite_than_the_applications_is_refused(chain: Chain, fake: FakeChain, services: Services):
    fake.say(APP, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((CARTESI_2_2.input_box,)))
    fake.say(PORTAL, contracts.INPUT_BOX, CARTESI_3_0_ALPHA.input_box)
    assert refused(chain) == [MixedContracts] * 2
    with pytest.raises(MixedContracts, match=r"\(cartesi-2\.2\).*\(cartesi-3\.0-alpha\)"):
        _ = chain.input_box
    assert services.calls("eth_sendRawTransaction") == []


@pytest.mark.parametrize(
    ("input_box", "portal"),
    [
        (CARTESI_3_0_ALPHA.input_box, CARTESI_3_0_ALPHA.erc20_portal),
        (CARTESI_2_2.input_box, CARTESI_2_2.erc721_portal),
        (CARTESI_2_2.input_box, PORTAL),
        (INPUT_BOX, CARTESI_2_2.erc20_portal),
    ],
)
def test_contracts_that_agree_but_not_with_the_image_are_refused(
    services: Services, fake: FakeChain, input_box: Address, portal: Address
):
    """An image of 2.2 reads what a portal of 3.0 adds, and credits nobody: the deposit is lost."""
    fake.say(APP, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((input_box,)))
    fake.say(portal, contracts.INPUT_BOX, input_box)
    with closing(Chain(connect(services.url), APP, portal)) as chain:
        assert refused(chain) == [OtherSuite] * 2
    assert services.calls("eth_sendRawTransaction") == []


def test_the_images_own_contracts_and_those_of_no_known_suite_are_taken(services: Services, fake: FakeChain):
    assert fits_image(INPUT_BOX, PORTAL), "a deployment of one's own, with an image of its own"
    fake.say(APP, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((CARTESI_2_2.input_box,)))
    fake.say(CARTESI_2_2.erc20_portal, contracts.INPUT_BOX, CARTESI_2_2.input_box)
    with closing(Chain(connect(services.url), APP, CARTESI_2_2.erc20_portal)) as chain:
        assert chain.input_box == CARTESI_2_2.input_box
        assert chain.input_call(b"\x01").to == CARTESI_2_2.input_box


def test_an_input_box_without_code_is_refused(chain: Chain, services: Services):
    services.methods["eth_getCode"] = lambda given: "0x" if given[0].lower() == INPUT_BOX else "0x60"
    assert refused(chain) == [NoContract] * 2


def test_a_portal_without_code_is_refused(chain: Chain, fake: FakeChain):
    del fake.views[PORTAL, contracts.INPUT_BOX.function.selector.hex()]
    assert refused(chain) == [NoContract] * 2


@pytest.mark.parametrize(
    "availability",
    [
        b"",
        bytes.fromhex("8579fd0c") + bytes(96),
        contracts.IN_INPUT_BOX.selector,
        contracts.IN_INPUT_BOX.selector + b"\xff" * 32,
    ],
)
def test_an_application_that_reads_elsewhere_is_refused(chain: Chain, fake: FakeChain, availability: bytes):
    fake.say(APP, contracts.DATA_AVAILABILITY, availability)
    assert refused(chain) == [OtherAvailability] * 2
