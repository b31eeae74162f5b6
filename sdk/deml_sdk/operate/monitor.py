"""A monitor: looks at chain and node again and again, runs the dapp beside them, and never ends by an outage."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from deml.base.answers import Stats
from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.types import ETHER, Address
from deml.wire import answers
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import shown_address
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.trust import read_trust
from deml_sdk.errors import BadAnswer
from deml_sdk.node.client import NodeClient
from deml_sdk.operate.claims import StatedClaim, read_told
from deml_sdk.operate.figures import ChainFigures, Figures, NodeFigures, TokenFigures
from deml_sdk.operate.replay import Replay
from deml_sdk.progress import SILENT, Observer

LOOK_SECONDS: Final = 15.0
"""Pause between two looks: little more than an Ethereum slot."""

BLOCKS_A_LOOK: Final = 50_000
"""Blocks that one look reads at most, so that figures appear while a long history is still being replayed."""

ENABLED: Final = "ENABLED"


class Monitor:
    """Watches one Application.

    Parameters
    ----------
    chain, node
        What is asked; made anew for every look that finds none, so that a start without services is no failure.
    deployment
        Contracts that the image trusts.
    observer
        Told when a service is gone and when it is back, of each false claim, and of each input that met a bug.
    """

    def __init__(
        self,
        chain: Callable[[], Chain],
        node: Callable[[], NodeClient],
        deployment: Deployment,
        observer: Observer = SILENT,
    ) -> None:
        self.figures = Figures()
        self._chain, self._node, self._observer = chain, node, observer
        self._replay = Replay(deployment)
        self._read_until: int | None = None
        self._claims: set[StatedClaim] = set()
        self._denounced: set[StatedClaim] = set()
        self._accepted = -1
        self._changes = 0
        self._told: dict[str, str] = {}

    def look(self) -> Figures:
        """Learn what is new; what cannot be had stays as it was, and its service is down."""
        self._attempt("chain", lambda: replace(self.figures, chain=self._look_at_chain(self._chain())))
        self._attempt("node", lambda: replace(self.figures, node=self._look_at_node(self._chain(), self._node())))
        self.figures = replace(self.figures, looked_at=time.time())
        return self.figures

    def _attempt(self, service: str, act: Callable[[], Figures]) -> None:
        try:
            self.figures = act()
        except DemlError as error:
            if self._told.get(service) != str(error):
                self._observer.warn(str(error))
            self._told[service] = str(error)
        else:
            if self._told.pop(service, None) is not None:
                self._observer.note(f"The {service} is back.")
        self.figures = replace(self.figures, up={**self.figures.up, service: service not in self._told})

    # The chain

    def _look_at_chain(self, chain: Chain) -> ChainFigures:
        latest, finalised = chain.latest_block(), chain.finalized_block()
        trust = read_trust(chain)
        upto = self._read_on(chain, trust.consensus, finalised.number)
        recent = self._recent_claims(chain, trust.consensus, finalised.number, latest.number)
        claims = self._claims | recent
        checked = [one for one in claims if one.last_block <= upto]
        right = len(checked) - len(self._false_ones(checked))
        (sent,) = chain.read("InputBox", chain.input_box, contracts.NUMBER_OF_INPUTS, chain.app)
        (epoch_length,) = chain.read("consensus", trust.consensus, contracts.EPOCH_LENGTH)
        replay = self._replay
        return ChainFigures(
            latest=latest,
            finalised=finalised,
            sent=sent,
            replayed=replay.inputs,
            right=right,
            wrong=len(checked) - right,
            unchecked=len(claims) - len(checked),
            unclaimed=self._unclaimed(epoch_length, upto),
            owned=trust.owned,
            consensus_changes=self._changes,
            jobs={str(phase): count for phase, count in replay.jobs(latest.timestamp).items()},
            reserved_bytes=replay.reserved_bytes,
            bugs=replay.bugs,
            vouchers=len(replay.waiting),
            tokens=self._tokens(chain, upto) if upto == finalised.number else self._known_tokens(),
        )

    def _read_on(self, chain: Chain, consensus: Address, finalised: int) -> int:
        """Run the inputs of final blocks that are new; return the last block whose inputs have all been run."""
        if self._read_until is None:
            (made,) = chain.read("Application", chain.app, contracts.DEPLOYED_AT)
            self._read_until = made - 1
        last = min(finalised, self._read_until + BLOCKS_A_LOOK)
        if last > self._read_until:
            told = read_told(chain, consensus, self._read_until + 1, last)
            first = self._replay.inputs
            if [number for number, _ in told.inputs] != list(range(first, first + len(told.inputs))):
                raise BadAnswer("chain", shown_address(chain.web3), f"inputs from {first} on are missing in its logs")
            for number, raw in told.inputs:
                before = self._replay.bugs
                self._replay.run(raw)
                if self._replay.bugs > before:
                    self._observer.warn(
                        f"Input {number} met a bug of the dapp. Report it, with the input (SECURITY.md)."
                    )
            for output in told.executed:
                self._replay.waiting.pop(output, None)
            self._claims |= {*told.submitted, *told.accepted}
            self._accepted = max([self._accepted, *(one.last_block for one in told.accepted)])
            self._changes += told.changes
            self._read_until = last
        return self._read_until

    def _recent_claims(self, chain: Chain, consensus: Address, finalised: int, latest: int) -> set[StatedClaim]:
        """Claims in blocks that are not final: a false one must be known at once, though a re-org may take it back."""
        if self._read_until != finalised or latest <= finalised:
            return set()
        told = read_told(chain, consensus, finalised + 1, latest)
        return {*told.submitted, *told.accepted}

    def _false_ones(self, checked: list[StatedClaim]) -> list[StatedClaim]:
        """Claims that the inputs do not lead to; each is told of once, by its block and both roots."""
        found = [one for one in checked if one.root != self._replay.root_at(one.last_block)]
        for one in sorted({*found} - self._denounced, key=lambda one: one.last_block):
            self._observer.warn(
                f"A claim is false: for block {one.last_block} it states the root 0x{one.root.hex()}, and the inputs "
                f"lead to 0x{self._replay.root_at(one.last_block).hex()}."
            )
        self._denounced |= {*found}
        return found

    def _unclaimed(self, epoch_length: int, upto: int) -> int:
        epochs = {block // epoch_length for block in self._replay.blocks_after(self._accepted)}
        return sum((one + 1) * epoch_length <= upto + 1 for one in epochs)

    def _tokens(self, chain: Chain, block: int) -> dict[Address, TokenFigures]:
        owed = self._replay.owed()
        return {token: TokenFigures(_held(chain, token, hex(block)), amounts) for token, amounts in owed.items()}

    def _known_tokens(self) -> dict[Address, TokenFigures]:
        return dict(self.figures.chain.tokens) if self.figures.chain is not None else {}

    # The node

    def _look_at_node(self, chain: Chain, node: NodeClient) -> NodeFigures:
        processed = node.processed_inputs()
        (sent,) = chain.read("InputBox", chain.input_box, contracts.NUMBER_OF_INPUTS, chain.app)
        differs = None
        if processed == self._replay.inputs:
            said = answers.read(Stats, node.inspect("stats"), "stats")
            if node.processed_inputs() == processed:
                own = (self._replay.accepted, self._replay.reserved_bytes)
                differs = (said.inputs, said.reserved_bytes) != own
        state = str(node.application().get("state", ENABLED)).upper()
        return NodeFigures(processed, max(0, sent - processed), state == ENABLED, differs)


def _held(chain: Chain, token: Address, block: str) -> int:
    return chain.ether(chain.app, block) if token == ETHER else chain.balance(token, chain.app, block)
